// A rehearsal's PCs and the rules: where they are taken, what they may not outlast, and what is written down about them.

import t from 'tap';
import { seatRow, takesSimulated } from '../../server/core/views.js';
import { samplePackage } from './support/sample-plan.js';
import { codeOf, collected, installed, running, typesOf, type Scene } from './support/scene.js';

const pair = (seatId: string, pcId: string) =>
  ({ type: 'pair-seat', seatId, pcId, simulated: true }) as const;

function practicePackage(sequence: number) {
  const offered = { ...samplePackage(), sequence };
  return { ...offered, sessions: offered.sessions.map((plan) => ({ ...plan, practice: true })) };
}

/** A room with practice sessions only, where b2 is free. */
function practiceRoom(): Scene {
  const scene = installed();
  scene.room({ type: 'install-package', package: practicePackage(2) });
  scene.staff('sysadmin', { type: 'unpair-seat', seatId: 'b2', reason: '演练' });
  return scene;
}

void t.test(
  '[SM1] a simulated PC is bound to a seat where everything is practice, and the seat says so',
  async (t) => {
    const scene = practiceRoom();
    t.equal(takesSimulated(scene.state), true);
    const decision = scene.staff('sysadmin', pair('b2', 'pc-sim'));
    t.match(decision.events.at(-1), { type: 'seat-paired', seatId: 'b2', pcId: 'pc-sim', simulated: true });
    t.equal(scene.state.seats['b2']?.simulated, true);
    t.notOk('simulated' in (scene.state.seats['s1'] ?? {}), 'a machine is not');
    const row = (seatId: 'b2' | 's1') => {
      const seat = scene.state.seats[seatId];
      return seat === undefined ? {} : seatRow(null, seat, null, null);
    };
    t.match(row('b2'), { simulated: true }, 'staff see it');
    t.notOk('simulated' in row('s1'));
  },
);

void t.test(
  '[SM1] where one session is real it is refused, the refusal is an event, and no seal breaks',
  async (t) => {
    const scene = installed();
    scene.staff('sysadmin', { type: 'unpair-seat', seatId: 'b2', reason: '演练' });
    scene.staff('sysadmin', { type: 'sign-seal', sessionId: 'am' });
    t.equal(takesSimulated(scene.state), false);
    const decision = scene.staff('sysadmin', pair('b2', 'pc-sim'));
    t.equal(codeOf(decision), 'simulated-pc');
    t.same(typesOf(decision), ['command-refused']);
    t.equal(scene.session.seal.brokenBy, null);
    t.equal(scene.state.seats['b2']?.pcId, null);
  },
);

void t.test('[SM1] one that holds a seat all the same is refused whatever it asks', async (t) => {
  const scene = running();
  const machine = scene.state.seats['b2']?.pcId ?? '';
  scene.staff('sysadmin', { type: 'unpair-seat', seatId: 'b2', reason: '演练' });
  scene.given({ type: 'seat-paired', seatId: 'b2', pcId: 'pc-sim', simulated: true });
  const by = { kind: 'seat', seatId: 'b2', pcId: 'pc-sim' } as const;
  const logIn = { type: 'log-in', sessionId: 'am', ticketNo: 'x', password: 'x', by } as const;
  t.equal(codeOf(scene.give(logIn)), 'simulated-pc');
  t.equal(
    codeOf(scene.give({ type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now, by })),
    'simulated-pc',
  );
  t.not(machine, '');
});

void t.test('[SM1] what is collected is no longer at stake', async (t) => {
  const { session } = collected();
  t.equal(takesSimulated({ sessions: { am: session } }), true);
  t.equal(takesSimulated(collected().state), false, 'the afternoon is still to come');
});

void t.test('[SM2] a package with anything real unpairs it, a practice one does not', async (t) => {
  const scene = practiceRoom();
  scene.staff('sysadmin', pair('b2', 'pc-sim'));
  scene.room({ type: 'connect-seat', seatId: 'b2', pcId: 'pc-sim' });
  const again = scene.room({ type: 'install-package', package: practicePackage(3) });
  t.notOk(typesOf(again).includes('seat-unpaired'));
  t.match(scene.state.seats['b2'], { pcId: 'pc-sim', simulated: true, connected: true });
  const offered = samplePackage();
  const seats = [...offered.seats, { seatId: 'b9', label: 'B9', spare: true }];
  const real = scene.room({ type: 'install-package', package: { ...offered, sequence: 4, seats } });
  t.match(
    real.events.filter(({ type }) => type === 'seat-unpaired'),
    [{ seatId: 'b2' }],
  );
  t.match(scene.state.seats['b2'], { pcId: null, connected: false });
  t.notOk('simulated' in (scene.state.seats['b2'] ?? {}));
  t.ok(scene.state.seats['s1']?.pcId, 'machines stay paired');
});

void t.test('[SM2] a machine that takes the seat is simulated no more', async (t) => {
  const scene = practiceRoom();
  scene.staff('sysadmin', pair('b2', 'pc-sim'));
  scene.given({ type: 'seat-paired', seatId: 'b2', pcId: 'pc-real' });
  t.notOk('simulated' in (scene.state.seats['b2'] ?? {}));
});

void t.test('[SM3] that one was sent away is an event and changes nothing', async (t) => {
  const scene = installed();
  const before = structuredClone(scene.state.seats);
  const decision = scene.room({ type: 'record-simulated-refused', address: '10.0.0.9' });
  t.same(decision.events, [{ type: 'simulated-refused', address: '10.0.0.9' }]);
  t.same(scene.state.seats, before);
});
