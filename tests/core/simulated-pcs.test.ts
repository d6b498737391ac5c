// A rehearsal's PCs and the rules: where they are taken, what they may not outlast, and what is written down about them.

import t from 'tap';
import { forbidsRehearsal, seatRow, takesSimulated } from '../../server/core/views.js';
import { samplePackage } from './support/sample-plan.js';
import {
  codeOf,
  collected,
  entered,
  installed,
  running,
  sealed,
  typesOf,
  type Scene,
} from './support/scene.js';
import { BEGUN, REHEARSED, SO_FAR } from './support/usual-commands.js';

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

void t.test(
  '[SM4] the room’s own PCs rehearse until a real session is sealed or anything is entered',
  async (t) => {
    const scene = installed();
    t.equal(forbidsRehearsal(scene.state), null, 'a real session that is only installed');
    scene.staff('sysadmin', { type: 'sign-seal', sessionId: 'am' });
    t.equal(forbidsRehearsal(scene.state), null, 'half a seal is none');
    t.equal(forbidsRehearsal(sealed().state), 'am', 'sealed');
    t.equal(forbidsRehearsal(entered().state), 'am', 'people come in');
    t.equal(forbidsRehearsal(running().state), 'am', 'it runs');
    t.equal(forbidsRehearsal(collected().state), null, 'what is collected is no longer at stake');
    const practised = sealed().state;
    const practice = Object.values(practised.sessions).map((session) => ({
      ...session,
      plan: { ...session.plan, practice: true },
    }));
    const sessions = Object.fromEntries(practice.map((session) => [session.plan.sessionId, session]));
    t.equal(
      forbidsRehearsal({ sessions, currentSession: null }),
      null,
      'a sealed practice session is nothing real',
    );
    t.equal(
      forbidsRehearsal({ sessions, currentSession: 'am' }),
      'am',
      'but one that is under way has the PCs',
    );
  },
);

void t.test(
  '[SM5] what a rehearsal came to is an event; the last one stands, and outlasts a package',
  async (t) => {
    const scene = installed();
    t.notOk('roomRehearsal' in scene.state);
    const { seats, sessions } = JSON.parse(JSON.stringify(scene.state)) as typeof scene.state;
    const decision = scene.room({ type: 'record-rehearsal', ...REHEARSED });
    t.same(decision.events, [{ type: 'room-rehearsed', ...REHEARSED }]);
    t.match(scene.state.roomRehearsal, { ...REHEARSED, at: scene.now });
    t.same(
      { seats: scene.state.seats, sessions: scene.state.sessions },
      { seats, sessions },
      'nothing of the room',
    );
    scene.room({ type: 'record-rehearsal', ...REHEARSED, runId: 'r2', lost: 1 });
    t.match(scene.state.roomRehearsal, { runId: 'r2', lost: 1 });
    const installing = scene.room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } });
    t.match(installing.events[0], {
      type: 'package-installed',
      carried: { equipment: { roomRehearsal: { runId: 'r2' } } },
    });
    t.match(scene.state.roomRehearsal, { runId: 'r2' });
  },
);

void t.test('[SM5] who began and who stopped one are events, and change nothing of the room', async (t) => {
  const scene = installed();
  const before = structuredClone(scene.state);
  const begun = scene.staff('sysadmin', { type: 'begin-rehearsal', ...BEGUN, underWay: null });
  t.same(begun.events, [{ type: 'rehearsal-begun', ...BEGUN, begunBy: 'sysadmin' }]);
  const joined = scene.staff('sysadmin', { type: 'begin-rehearsal', ...BEGUN, underWay: 'rehearsal' });
  t.same(joined, { events: [], refusal: null }, 'a second press joins it');
  const decision = scene.staff('technician', { type: 'stop-rehearsal', soFar: SO_FAR });
  t.same(decision.events, [{ type: 'rehearsal-stopped', ...SO_FAR, stoppedBy: 'technician' }]);
  const late = scene.staff('technician', { type: 'stop-rehearsal', soFar: null });
  t.same(late, { events: [], refusal: null }, 'nothing under way, nothing to stop');
  t.same(scene.state, before);
  scene.room({ type: 'record-rehearsal', ...REHEARSED, ended: 'stopped', stoppedBy: 'sysadmin' });
  t.match(scene.state.roomRehearsal, { ended: 'stopped', stoppedBy: 'sysadmin' });
});

void t.test(
  '[SM4][PF5][PW4] what is refused of rehearsal and check is on record with its reason',
  async (t) => {
    const begin = { type: 'begin-rehearsal', ...BEGUN, underWay: null } as const;
    const check = { type: 'run-preflight', rehearsing: false } as const;
    const cases = [
      [sealed(), 'sysadmin', begin, 'rehearsal-not-now'],
      [installed(), 'sysadmin', { ...begin, pcs: 0 }, 'no-idle-pcs'],
      [installed(), 'sysadmin', { ...begin, underWay: 'check' }, 'check-under-way'],
      [installed(), 'chief', begin, 'not-allowed'],
      [installed(), 'chief', { type: 'stop-rehearsal', soFar: SO_FAR }, 'not-allowed'],
      [installed(), 'chief', check, 'not-allowed'],
      [installed(), 'sysadmin', { ...check, rehearsing: true }, 'rehearsal-under-way'],
      [running(), 'sysadmin', check, 'wrong-phase'],
    ] as const;
    for (const [scene, staffId, command, code] of cases) {
      const { events, refusal } = scene.staff(staffId, command);
      t.equal(refusal?.code, code);
      t.same(events, [{ type: 'command-refused', command: command.type, code }]);
    }
    t.same(installed().staff('sysadmin', check), { events: [], refusal: null });
  },
);
