// What staff see of devices and alarms.

import t from 'tap';
import type { AlarmCode } from '../../server/core/alarm-codes.js';
import type { DeviceCard } from '../../server/core/types.js';
import { alarmRows, deviceRows, seatRow, todo } from '../../server/core/views.js';
import { hm } from './support/sample-plan.js';
import { installed, running, type Scene } from './support/scene.js';

const METER: DeviceCard = { deviceId: 'meter-1', kind: 'meter', name: '电表', adapter: 'modbus' };
const UPS: DeviceCard = { deviceId: 'ups-1', kind: 'ups', name: 'UPS', adapter: 'nut', simulated: true };

function equipped(scene: Scene): Scene {
  scene.room({ type: 'configure-devices', devices: [METER, UPS] });
  return scene;
}

function alarm(scene: Scene, deviceId: string, raise: AlarmCode[], clear: AlarmCode[] = []): void {
  scene.room({
    ...{ type: 'report-device', deviceId, readings: { 'battery.charge': 50 }, fault: null },
    changes: { raise, clear },
  });
}

void t.test('[VW7] each device with its readings and the worst alarm that stands', async (t) => {
  const scene = equipped(installed());
  t.same(deviceRows(scene.state), [
    {
      ...{ ...METER, readings: {}, readAt: null, fault: null, commanded: null, attested: [], worst: null },
    },
    { ...UPS, readings: {}, readAt: null, fault: null, commanded: null, attested: [], worst: null },
  ]);
  alarm(scene, 'ups-1', ['battery-charge-low', 'on-battery', 'silent']);
  alarm(scene, 'meter-1', ['silent']);
  t.match(deviceRows(scene.state), [
    { deviceId: 'meter-1', worst: 'amber' },
    { deviceId: 'ups-1', worst: 'red', readings: { 'battery.charge': 50 }, readAt: hm('08:00') },
  ]);
  alarm(scene, 'ups-1', [], ['on-battery']);
  t.equal(deviceRows(scene.state)[1]?.worst, 'amber', 'what is over colours nothing');
});

void t.test(
  '[VW7] alarms: red ones first, then the oldest; over or not, until somebody saw them',
  async (t) => {
    const scene = equipped(installed());
    alarm(scene, 'ups-1', ['silent']);
    alarm(scene.at('08:01'), 'ups-1', ['battery-low']);
    alarm(scene.at('08:02'), 'meter-1', ['silent']);
    scene.at('08:03').pc('s1', { type: 'report-internet', reached: true, probes: 2 });
    alarm(scene.at('08:04'), 'ups-1', [], ['battery-low']);
    t.match(alarmRows(scene.state), [
      { deviceId: 'ups-1', code: 'battery-low', clearedAt: hm('08:04') },
      { seatId: 's1', code: 'seat-reaches-internet' },
      { deviceId: 'ups-1', code: 'silent' },
      { deviceId: 'meter-1', code: 'silent' },
    ]);
  },
);

void t.test(
  '[VW5][VW7] what nobody acknowledged waits for a person, with and without a session',
  async (t) => {
    const scene = equipped(running()).at('09:10');
    alarm(scene, 'ups-1', ['on-battery', 'silent']);
    scene.staff('proctor', { type: 'acknowledge-alarm', alarmId: 'al2', note: '已查看' });
    alarm(scene.at('09:12'), 'ups-1', [], ['on-battery']);
    const expected = [
      {
        ...{ kind: 'alarm', alarmId: 'al1', deviceId: 'ups-1', seatId: null, code: 'on-battery' },
        ...{ severity: 'red', since: hm('09:10'), cleared: true },
      },
    ];
    t.same(todo(scene.state, scene.session, [], scene.now), expected);
    scene.at('09:13').room({ type: 'report-mains', present: false });
    alarm(scene.at('09:14'), 'meter-1', ['silent']);
    t.match(todo(scene.state, null, [], scene.now), [...expected, { kind: 'mains' }, { cleared: false }]);
  },
);

void t.test('[VW7] the seat says that its PC reaches the internet, until two rounds did not', async (t) => {
  const scene = installed();
  const flag = () => {
    const seat = scene.state.seats['s1'];
    return seat === undefined ? null : seatRow(null, seat, null, null).reachesInternet;
  };
  const round = (reached: boolean) => scene.pc('s1', { type: 'report-internet', reached, probes: 1 });
  t.equal(flag(), undefined);
  const flags = [false, true, false, false].map((reached) => [round(reached), flag()][1]);
  t.same(flags, [undefined, true, true, undefined]);
});
