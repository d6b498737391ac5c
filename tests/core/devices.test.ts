// Devices of the room: what they are, what they said, their alarms and who saw them, what is commanded and attested, and what
// becomes of an exam when the power will not last.

import t from 'tap';
import type { AlarmCode } from '../../server/core/alarm-codes.js';
import type { RoomCommand, StaffCommand } from '../../server/core/commands.js';
import type { Readings } from '../../server/core/readings.js';
import type { DeviceCard } from '../../server/core/types.js';
import { hm } from './support/sample-plan.js';
import {
  codeOf,
  ended,
  entered,
  installed,
  paused,
  running,
  sealed,
  typesOf,
  type Scene,
} from './support/scene.js';

const UPS: DeviceCard = { deviceId: 'ups-1', kind: 'ups', name: '服务器 UPS', adapter: 'nut' };
const JAMMER: DeviceCard = { deviceId: 'jam-1', kind: 'jammer', name: '屏蔽器', adapter: 'relay' };
const BELL: DeviceCard = { deviceId: 'bell-1', kind: 'contact', name: '电铃', adapter: 'modbus' };
const ALL = [UPS, JAMMER, BELL];

function equip(scene: Scene, devices: DeviceCard[] = ALL): Scene {
  scene.room({ type: 'configure-devices', devices });
  return scene;
}

function report(
  scene: Scene,
  changes: { raise?: AlarmCode[]; clear?: AlarmCode[] } = {},
  said: Partial<Extract<RoomCommand, { type: 'report-device' }>> = {},
) {
  const { raise = [], clear = [] } = changes;
  return scene.room({
    ...{ type: 'report-device', deviceId: 'ups-1', readings: { 'mains.present': false }, fault: null },
    ...{ changes: { raise, clear } },
    ...said,
  });
}

const seen = (alarmId: string, note = '已派人查看'): StaffCommand => ({
  type: 'acknowledge-alarm',
  alarmId,
  note,
});
const command = (deviceId: string, act: 'on' | 'off' | 'ring', reason = '开考'): StaffCommand => ({
  ...{ type: 'command-device', deviceId, act, reason },
});

void t.test(
  '[DV1] a list that differs is an event and breaks the seals; the same one is nothing',
  async (t) => {
    const scene = sealed();
    t.same(typesOf(scene.room({ type: 'configure-devices', devices: ALL })), [
      'seal-broken',
      'devices-configured',
    ]);
    t.equal(scene.session.seal.brokenBy, 'devices-configured');
    t.same(Object.keys(scene.state.devices), ['ups-1', 'jam-1', 'bell-1']);
    t.same(
      scene.room({ type: 'configure-devices', devices: [BELL, UPS, JAMMER] }).events,
      [],
      'in whatever order',
    );
    for (const devices of [
      [UPS, JAMMER],
      [...ALL, { ...UPS, deviceId: 'ups-2' }],
      [{ ...UPS, name: '另一台' }, JAMMER, BELL],
      [{ ...UPS, adapter: 'snmp' }, JAMMER, BELL],
      [{ ...UPS, simulated: true as const }, JAMMER, BELL],
      [{ ...UPS, deviceId: 'ups-9' }, JAMMER, BELL],
    ])
      t.same(typesOf(scene.room({ type: 'configure-devices', devices })).slice(-1), ['devices-configured']);
  },
);

void t.test(
  '[DV1] what stays is known, another kind is another device, alarms of what is gone are over',
  async (t) => {
    const scene = equip(installed());
    report(scene, { raise: ['on-battery'] });
    report(scene, { raise: ['jammer-off'] }, { deviceId: 'jam-1', readings: { 'jammer.reported': false } });
    equip(scene, [
      { ...UPS, name: '新名字' },
      { ...JAMMER, kind: 'meter' },
    ]);
    t.match(scene.state.devices['ups-1'], { card: { name: '新名字' }, readings: { 'mains.present': false } });
    t.match(scene.state.devices['jam-1'], { card: { kind: 'meter' }, readings: {}, readAt: null });
    t.match(scene.room({ type: 'configure-devices', devices: [UPS] }).events, [
      { type: 'alarm-cleared', alarmId: 'al2', deviceId: 'jam-1', code: 'jammer-off' },
      { type: 'devices-configured' },
    ]);
    t.match(scene.state.alarms, { al1: { clearedAt: null }, al2: { clearedAt: scene.now } });
    t.same(typesOf(scene.room({ type: 'configure-devices', devices: [] })), [
      'alarm-cleared',
      'devices-configured',
    ]);
  },
);

void t.test('[DV3] what a device said last stays while it is silent, with its age', async (t) => {
  const scene = equip(installed());
  const readings: Readings = { 'mains.present': true, 'battery.charge': 97 };
  t.same(report(scene, {}, { readings }).events, [
    { type: 'device-read', deviceId: 'ups-1', readings, fault: null },
  ]);
  scene.at('08:05');
  report(scene, { raise: ['silent'] }, { readings: null, fault: 'silent' });
  t.match(scene.state.devices['ups-1'], { readings, readAt: hm('08:00'), fault: 'silent' });
  scene.at('08:06');
  report(scene, { clear: ['silent'] }, { readings: { 'battery.charge': 96 } });
  t.same(
    scene.state.devices['ups-1']?.readings,
    { 'battery.charge': 96 },
    'never mixed with what was before',
  );
  t.match(scene.state.devices['ups-1'], { readAt: hm('08:06'), fault: null });
  t.equal(codeOf(report(scene, {}, { deviceId: 'ups-7' })), 'unknown-device');
});

void t.test('[DV4] one alarm of each code and device; it leaves when it is over and was seen', async (t) => {
  const scene = equip(installed());
  t.match(report(scene, { raise: ['on-battery', 'silent', 'silent'], clear: ['ups-alarm'] }).events, [
    { type: 'device-read' },
    {
      type: 'alarm-raised',
      alarmId: 'al1',
      deviceId: 'ups-1',
      seatId: null,
      code: 'on-battery',
      severity: 'red',
    },
    { type: 'alarm-raised', alarmId: 'al2', code: 'silent', severity: 'amber' },
  ]);
  t.same(typesOf(report(scene, { raise: ['on-battery'] })), ['device-read'], 'it stands already');
  t.match(report(scene, { raise: ['silent'] }, { deviceId: 'jam-1' }).events[1], { alarmId: 'al3' });

  t.match(report(scene, { clear: ['silent', 'silent'] }).events, [
    { type: 'device-read' },
    { type: 'alarm-cleared', alarmId: 'al2', deviceId: 'ups-1', seatId: null, code: 'silent' },
  ]);
  t.same(typesOf(report(scene, { clear: ['silent'] })), ['device-read'], 'over once');
  t.match(scene.state.alarms['al2'], { clearedAt: scene.now, acknowledged: null }, 'nobody saw it yet');
  scene.staff('proctor', seen('al2'));
  t.notOk(scene.state.alarms['al2']);

  scene.at('08:10').staff('proctor', seen('al1'));
  t.match(scene.state.alarms['al1'], {
    clearedAt: null,
    acknowledged: { by: 'proctor', at: hm('08:10'), note: '已派人查看' },
  });
  report(scene, { clear: ['on-battery'] });
  t.notOk(scene.state.alarms['al1']);
  t.match(report(scene, { raise: ['on-battery'] }).events[1], { alarmId: 'al4' }, 'no number is given twice');
});

void t.test('[DV4] raised again before anybody saw it, it is the same alarm, to be seen anew', async (t) => {
  const scene = equip(installed());
  report(scene, { raise: ['on-battery'] });
  report(scene, { clear: ['on-battery'] });
  t.match(report(scene.at('08:20'), { raise: ['on-battery', 'ups-off'] }).events.slice(1), [
    { alarmId: 'al1', code: 'on-battery' },
    { code: 'ups-off' },
  ]);
  t.match(scene.state.alarms['al1'], { raisedAt: hm('08:20'), clearedAt: null, acknowledged: null });
  t.equal(Object.keys(scene.state.alarms).length, 2);
});

void t.test('[DV4] acknowledging needs an alarm, a note, and happens once', async (t) => {
  const scene = equip(installed());
  report(scene, { raise: ['on-battery'] });
  t.equal(codeOf(scene.staff('sysadmin', seen('al1', '  '))), 'needs-reason');
  t.equal(codeOf(scene.staff('sysadmin', seen('al7'))), 'unknown-alarm');
  t.equal(codeOf(scene.staff('sysadmin', seen('constructor'))), 'unknown-alarm');
  t.equal(codeOf(scene.staff('clerk', seen('al1'))), 'not-allowed');
  t.match(scene.staff('sysadmin', seen('al1')).events, [
    { type: 'alarm-acknowledged', alarmId: 'al1', deviceId: 'ups-1', code: 'on-battery', by: 'sysadmin' },
  ]);
  t.equal(codeOf(scene.staff('chief', seen('al1'))), 'nothing-to-do');
});

void t.test(
  '[DV5] mains lost by the journal and a battery that is low: the exam is paused, the stop announced',
  async (t) => {
    for (const code of ['battery-low', 'forced-shutdown'] as const) {
      const scene = equip(running()).at('09:10');
      report(scene, { raise: ['on-battery'] });
      scene.room({ type: 'report-mains', present: false });
      t.equal(scene.session.phase, 'running', 'no clock stops by itself');
      scene.at('09:20');
      t.match(report(scene, { raise: [code] }).events.slice(2), [
        { type: 'session-paused', sessionId: 'am', cause: 'power' },
        { type: 'shutdown-announced', reason: code },
      ]);
      t.match(scene.session, { phase: 'paused', pauseReason: 'power', runs: [{ to: hm('09:20') }] });
      t.same(
        typesOf(report(scene, { raise: ['silent'] })),
        ['device-read', 'alarm-raised'],
        'announced once',
      );
      scene.restart();
      scene.room({ type: 'report-mains', present: true });
      t.equal(codeOf(scene.at('09:40').staff('chief', { type: 'resume-session', sessionId: 'am' })), null);
    }
  },
);

void t.test('[DV5] in whichever order the two come', async (t) => {
  const scene = equip(running()).at('09:10');
  t.same(
    typesOf(report(scene, { raise: ['battery-low'] })),
    ['device-read', 'alarm-raised'],
    'mains are there',
  );
  t.same(typesOf(scene.room({ type: 'report-mains', present: false })), [
    ...['mains-lost', 'session-paused', 'shutdown-announced'],
  ]);
  const over = equip(running()).at('09:10');
  report(over, { raise: ['battery-low', 'silent'] });
  report(over, { clear: ['battery-low'] });
  t.same(typesOf(over.room({ type: 'report-mains', present: false })), ['mains-lost'], 'it is low no more');
  t.same(typesOf(over.room({ type: 'report-mains', present: true })), ['mains-restored']);
  t.equal(codeOf(over.room({ type: 'report-mains', present: true })), 'nothing-to-do');
});

void t.test('[DV5] only an exam that runs is paused, and no clock that is in doubt', async (t) => {
  for (const scene of [installed(), entered(), paused(), ended()]) {
    equip(scene).room({ type: 'report-mains', present: false });
    const { phase } = scene.session;
    t.same(typesOf(report(scene, { raise: ['battery-low'] })).slice(2), ['shutdown-announced'], phase);
    t.equal(scene.session.phase, phase);
  }
  const doubtful = equip(running()).at('09:10');
  doubtful.restart('boot-2');
  doubtful.room({ type: 'report-mains', present: false });
  t.same(typesOf(report(doubtful, { raise: ['battery-low'] })).slice(2), ['shutdown-announced']);
  t.equal(doubtful.session.phase, 'running');
});

void t.test('[DV6] an act is an event with person and reason, and what came of it another', async (t) => {
  const scene = equip(entered());
  t.same(scene.staff('chief', command('bell-1', 'ring')).events, [
    { type: 'device-commanded', deviceId: 'bell-1', act: 'ring', by: 'chief', reason: '开考' },
  ]);
  t.same(scene.state.devices['bell-1']?.commanded, { act: 'ring', by: 'chief', at: scene.now });
  const acted = { type: 'note-act', deviceId: 'bell-1', act: 'ring', fault: 'timed-out' } as const;
  t.match(scene.room(acted).events, [{ type: 'device-acted', act: 'ring', fault: 'timed-out' }]);
  t.equal(codeOf(scene.room({ ...acted, deviceId: 'bell-7' })), 'unknown-device');
  const byRoom = { ...command('bell-1', 'ring'), by: { kind: 'room' } } as const;
  t.match(scene.when(byRoom).events, [{ type: 'device-commanded', by: 'room' }], 'the plan of the day rings');
  t.equal(codeOf(scene.when({ ...byRoom, by: scene.sitting('s1') })), 'not-allowed');
  t.equal(codeOf(scene.staff('proctor', command('bell-1', 'ring'))), 'not-allowed');
  t.equal(codeOf(scene.staff('chief', command('bell-1', 'ring', ' '))), 'needs-reason');
  t.equal(codeOf(scene.staff('chief', command('bell-7', 'ring'))), 'unknown-device');
  t.match(scene.staff('chief', command('jam-1', 'ring')).refusal, {
    code: 'device-cannot',
    params: { device: '屏蔽器' },
  });
  t.equal(
    codeOf(scene.staff('chief', command('ups-1', 'off'))),
    'device-cannot',
    'nobody switches a UPS off here',
  );
});

void t.test(
  '[DV7] a jammer goes on while a session is entered, else by the sysadmin who tests it',
  async (t) => {
    const before = equip(sealed());
    t.equal(codeOf(before.staff('chief', command('jam-1', 'on'))), 'jammer-not-armed');
    t.equal(codeOf(before.when({ ...command('jam-1', 'on'), by: { kind: 'room' } })), 'jammer-not-armed');
    t.equal(codeOf(before.staff('chief', command('jam-1', 'off'))), null, 'off at any time');
    t.equal(codeOf(before.staff('sysadmin', command('jam-1', 'on', '考前测试'))), null);
    t.equal(codeOf(before.staff('chief', command('bell-1', 'on'))), null, 'a relay is no jammer');
    const open = equip(entered());
    t.equal(codeOf(open.staff('chief', command('jam-1', 'on'))), null);
    t.equal(codeOf(open.when({ ...command('jam-1', 'on'), by: { kind: 'room' } })), null);
  },
);

void t.test(
  '[DV8] what cannot be measured is attested by a person, and the last word on it stands',
  async (t) => {
    const scene = equip(installed());
    const attest = (
      deviceId: string,
      what: 'jammer-effective' | 'runtime' | 'detector',
      value: string,
      note = '实测',
    ) => scene.staff('sysadmin', { type: 'attest-device', deviceId, what, value, note });
    t.match(attest('jam-1', 'jammer-effective', 'effective').events, [
      {
        type: 'device-attested',
        deviceId: 'jam-1',
        what: 'jammer-effective',
        value: 'effective',
        by: 'sysadmin',
      },
    ]);
    attest('jam-1', 'detector', '手持探测器 2 台');
    scene.at('08:30');
    attest('jam-1', 'jammer-effective', 'ineffective', '手机有信号');
    t.match(scene.state.devices['jam-1']?.attested, [
      { what: 'detector', value: '手持探测器 2 台' },
      { what: 'jammer-effective', value: 'ineffective', note: '手机有信号', by: 'sysadmin', at: hm('08:30') },
    ]);
    t.equal(codeOf(attest('ups-1', 'runtime', '7200')), null);
    t.same(scene.state.devices['ups-1']?.readings, {}, 'never a reading');
    for (const value of ['0', '-1', '1.5', '2 小时', '', '1000000'])
      t.equal(codeOf(attest('ups-1', 'runtime', value)), 'bad-amount', value);
    t.equal(codeOf(attest('jam-1', 'jammer-effective', 'yes')), 'bad-amount');
    t.equal(codeOf(attest('jam-1', 'detector', ' ')), 'bad-amount');
    t.equal(codeOf(attest('jam-1', 'runtime', '7200')), 'device-cannot');
    t.equal(codeOf(attest('ups-1', 'jammer-effective', 'effective')), 'device-cannot');
    t.equal(codeOf(attest('ups-7', 'runtime', '7200')), 'unknown-device');
    t.equal(codeOf(attest('ups-1', 'runtime', '7200', '')), 'needs-reason');
  },
);

void t.test('[DV10] a discharge that proves a runtime stands beside the word of a person', async (t) => {
  const scene = equip(installed());
  const PROVEN = { runtimeS: 7_600, seconds: 660, chargeFrom: 100, chargeTo: 94 };
  const record = (more: Partial<Extract<StaffCommand, { type: 'record-discharge' }>> = {}) =>
    scene.staff('sysadmin', {
      ...{ type: 'record-discharge', deviceId: 'ups-1', note: '年度放电', result: PROVEN },
      ...more,
    });
  scene.staff('sysadmin', {
    ...{ type: 'attest-device', deviceId: 'ups-1', what: 'runtime', value: '9000', note: '厂家负载表' },
  });
  const tested = { seconds: 660, chargeFrom: 100, chargeTo: 94 };
  t.match(record().events, [
    { type: 'device-attested', deviceId: 'ups-1', what: 'runtime', value: '7600', by: 'sysadmin', tested },
  ]);
  t.match(scene.state.devices['ups-1']?.attested, [
    { value: '9000', note: '厂家负载表' },
    { what: 'runtime', value: '7600', note: '年度放电', at: hm('08:00'), tested },
  ]);
  scene.at('08:30');
  record({ result: { ...PROVEN, runtimeS: 7_000 } });
  scene.staff('sysadmin', {
    ...{ type: 'attest-device', deviceId: 'ups-1', what: 'runtime', value: '8000', note: '更正' },
  });
  t.same(
    scene.state.devices['ups-1']?.attested.map(({ value }) => value),
    ['7000', '8000'],
    'the last test and the last word',
  );
  t.match(record({ result: null }), { refusal: { code: 'discharge-unproven', params: { why: 'none' } } });
  t.match(record({ result: { refused: 'too-short' } }), { refusal: { params: { why: 'too-short' } } });
  t.equal(codeOf(record({ note: ' ' })), 'needs-reason');
  t.equal(codeOf(record({ deviceId: 'jam-1' })), 'device-cannot');
  t.equal(codeOf(record({ deviceId: 'ups-7' })), 'unknown-device');
});

void t.test('[DV9] a read document names the candidate of the session, or nobody', async (t) => {
  const scene = entered();
  const read = {
    ...({ type: 'note-document-read', deviceId: 'reader-1', outcome: 'match' } as const),
    differing: ['name'],
  };
  t.same(scene.room({ ...read, sessionId: 'am', candidateId: 'c1' }).events, [
    {
      ...{
        type: 'document-read',
        sessionId: 'am',
        deviceId: 'reader-1',
        candidateId: 'c1',
        outcome: 'match',
      },
      differing: ['name'],
    },
  ]);
  t.same(scene.room({ ...read, sessionId: null, candidateId: 'c1', outcome: 'unreadable' }).events, [
    {
      ...{ type: 'document-read', deviceId: 'reader-1', candidateId: null, outcome: 'unreadable' },
      differing: ['name'],
    },
  ]);
  t.match(scene.room({ ...read, sessionId: 'am', candidateId: 'c1', readBy: 'proctor' }).events, [
    { type: 'document-read', candidateId: 'c1', readBy: 'proctor' },
  ]);
  t.equal(codeOf(scene.room({ ...read, sessionId: 'xx', candidateId: null })), 'unknown-session');
  t.equal(codeOf(scene.room({ ...read, sessionId: 'am', candidateId: 'c77' })), 'unknown-candidate');
});
