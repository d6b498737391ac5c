// Whether candidate PCs reach the internet: found at once, believed to be gone after two rounds, forgotten with the PC.

import fc from 'fast-check';
import t from 'tap';
import { samplePackage, hm } from './support/sample-plan.js';
import { codeOf, installed, typesOf, type Scene } from './support/scene.js';

const round = (scene: Scene, reached: boolean, seatId = 's1') =>
  scene.pc(seatId, { type: 'report-internet', reached, probes: 3 });

void t.test('[NI1] it is written when it changes, and every ten minutes', async (t) => {
  const scene = installed();
  t.same(round(scene, false).events, [{ type: 'internet-checked', seatId: 's1', reached: false }]);
  t.same(scene.state.seats['s1']?.internet, { reached: false, at: hm('08:00'), cleanRounds: 2 });
  t.same(round(scene.at('08:05'), false), { events: [], refusal: null });
  t.same(round(scene.at('08:10', -1), false).events, []);
  t.same(typesOf(round(scene.at('08:10'), false)), ['internet-checked']);
  t.equal(scene.state.seats['s1']?.internet?.at, hm('08:10'));
  t.same(typesOf(round(scene, false, 's2')), ['internet-checked'], 'each seat for itself');
});

void t.test('[NI1] a round without a probe says nothing', async (t) => {
  const scene = installed();
  for (const probes of [0, -1, 1.5, NaN])
    t.equal(codeOf(scene.pc('s1', { type: 'report-internet', reached: false, probes })), 'bad-amount');
  t.notOk(scene.state.seats['s1']?.internet);
});

void t.test('[NI2] one round that reached it is an alarm, two without end it', async (t) => {
  const scene = installed();
  round(scene, false);
  t.match(round(scene.at('08:01'), true).events, [
    { type: 'internet-checked', seatId: 's1', reached: true },
    {
      type: 'alarm-raised',
      alarmId: 'al1',
      deviceId: null,
      seatId: 's1',
      code: 'seat-reaches-internet',
      severity: 'red',
    },
  ]);
  t.same(round(scene.at('08:02'), true).events, [], 'once');
  t.same(typesOf(round(scene.at('08:03'), false)), ['internet-checked'], 'one round proves little');
  t.match(scene.state.seats['s1']?.internet, { reached: false, cleanRounds: 1 });
  t.same(typesOf(round(scene.at('08:04'), true)), ['internet-checked'], 'it stands still');
  round(scene.at('08:05'), false);
  t.match(round(scene.at('08:06'), false).events, [
    { type: 'internet-checked', reached: false },
    { type: 'alarm-cleared', alarmId: 'al1', seatId: 's1', code: 'seat-reaches-internet' },
  ]);
  t.match(scene.state.alarms['al1'], { clearedAt: hm('08:06') });
  t.same(round(scene.at('08:07'), false).events, [], 'quiet again');
  t.match(round(scene.at('08:08'), true).events[1], { alarmId: 'al1' }, 'the same alarm: nobody saw it');
  t.match(round(scene.at('08:08'), true, 's2').events[1], { alarmId: 'al2', seatId: 's2' });
});

void t.test('[NI3] with the PC goes what it said', async (t) => {
  const scene = installed();
  round(scene, true);
  round(scene, true, 's2');
  t.same(typesOf(scene.staff('sysadmin', { type: 'unpair-seat', seatId: 's1', reason: '更换' })), [
    ...['seat-unpaired', 'alarm-cleared'],
  ]);
  t.notOk(scene.state.seats['s1']?.internet);
  scene.staff('sysadmin', { type: 'pair-seat', seatId: 's1', pcId: 'pc-new' });
  t.match(round(scene, false).events, [{ reached: false }], 'the next PC begins anew');
  t.same(scene.state.seats['s1']?.internet?.cleanRounds, 2);
  scene.staff('sysadmin', { type: 'unpair-seat', seatId: 's1', reason: '更换' });

  const known = scene.state.seats['s2']?.internet;
  scene.room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } });
  t.same(scene.state.seats['s2']?.internet, known, 'the same PC under another package');
  t.same(Object.keys(scene.state.alarms), ['al1', 'al2']);
  const seats = samplePackage().seats.filter(({ seatId }) => seatId !== 's2');
  scene.room({ type: 'install-package', package: { ...samplePackage(), sequence: 3, seats } });
  t.same(Object.keys(scene.state.alarms), ['al1'], 'a seat that is gone is in no alarm');
});

void t.test(
  '[NI2] whatever the rounds bring: raised at once, cleared by two clean ones in a row alone',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (rounds) => {
        const scene = installed();
        let stands = false;
        let clean = 0;
        for (const reached of rounds) {
          clean = reached ? 0 : clean + 1;
          const changes = typesOf(round(scene, reached)).filter((type) => type.startsWith('alarm-'));
          const expected =
            reached && !stands ? ['alarm-raised'] : stands && clean === 2 ? ['alarm-cleared'] : [];
          if (changes.join() !== expected.join()) return false;
          stands = reached || (stands && clean < 2);
        }
        return true;
      }),
    );
  },
);
