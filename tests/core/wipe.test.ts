// The wipe after the org's receipt: what goes, what stays, and that a replay without the destroyed rows gives the same room.

import t from 'tap';
import type { Event, EventBody } from '../../server/core/events.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import type { State } from '../../server/core/types.js';
import { eventOf, rowOf } from '../../server/protocol/journal-event.js';
import { hm, samplePackage } from './support/sample-plan.js';
import {
  byRoom,
  codeOf,
  collected,
  handedOver,
  installed,
  saveOf,
  typesOf,
  type Scene,
} from './support/scene.js';

/** The state after the events, where rows of the wiped sessions say nothing any more. */
function replay(events: readonly Event[], wiped: readonly string[]): State {
  let state = initialState();
  for (const event of structuredClone(events) as Event[]) {
    const entry = rowOf(event, byRoom);
    state = evolve(state, eventOf(wiped.includes(entry.session) ? { ...entry, body: null } : entry));
  }
  return state;
}

const same = (scene: Scene, wiped: string[]) =>
  JSON.stringify(replay(scene.events, wiped)) === JSON.stringify(scene.state);

void t.test('[WP1] a package comes without its people, each session brings its own', async (t) => {
  const scene = installed();
  const [packaged, am, pm] = scene.events.filter(({ type }) => /installed/.test(type));
  t.notMatch(JSON.stringify(packaged), /考生/);
  t.match(am, { type: 'roster-installed', sessionId: 'am', roster: samplePackage().sessions[0]?.roster });
  t.match(pm, { type: 'roster-installed', sessionId: 'pm' });
  t.equal(rowOf(am as Event, byRoom).session, 'am', 'under the key of that session');
  t.same(Object.keys(scene.session.candidates), ['c1', 'c2', 'c3']);
  t.equal(scene.session.plan.roster.length, 3);
});

void t.test('[WP1] a package that comes again brings nobody into a session that is over', async (t) => {
  const scene = collected();
  const again: EventBody[] = scene.room({
    type: 'install-package',
    package: { ...samplePackage(), sequence: 2 },
  }).events;
  t.same(
    again.flatMap((event) => (event.type === 'roster-installed' ? [event.sessionId] : [])),
    ['pm'],
  );
  t.ok(scene.candidate('c1').answers, 'what was collected stays');
});

void t.test(
  '[WP2] the receipt takes people, answers and outlines; the course of the session stays',
  async (t) => {
    const before = collected().session;
    const { session, state } = handedOver();
    const left = JSON.stringify(state.sessions['am']);
    for (const word of ['考生', '2026070400', 'X1', 'q1', '示例学院']) t.notMatch(left, word, word);
    t.match(session, {
      phase: 'handed-over',
      startedAt: before.startedAt,
      endedAt: before.endedAt,
      collectedAt: before.collectedAt,
      receipt: 'r',
      bundle: { fileHash: 'h' },
      seal: before.seal,
      candidates: {},
      incidents: [],
      wiped: { at: session.handedOverAt, finishedAt: null },
    });
    t.match(JSON.stringify(state.sessions['pm']), '考生', 'the afternoon keeps its own');
  },
);

void t.test('[WP3] the wipe is done once it is said to be, and that is said once', async (t) => {
  const scene = handedOver().at('10:50');
  const done = { type: 'record-wipe', sessionId: 'am', packageHash: 'f'.repeat(64) } as const;
  t.same(scene.room(done).events, [{ type: 'wipe-finished', wiped: 'am', packageHash: 'f'.repeat(64) }]);
  t.equal(scene.session.wiped?.finishedAt, hm('10:50'));
  t.same(scene.room(done), { events: [], refusal: null });
  scene.state.sessions['am'] = { ...scene.session, wiped: null };
  t.same(scene.would({ ...done, by: byRoom }), { events: [], refusal: null }, 'nothing was to be wiped');
});

void t.test('[WP4] without the rows of the wiped session the replay gives the same room', async (t) => {
  const scene = handedOver({ reserve: true });
  t.ok(scene.state.usedCounters.length > 0, 'a code of the org was used in it');
  t.ok(same(scene, []), 'with its rows');
  t.ok(same(scene, ['am']), 'without');
  t.equal(
    replay(scene.events, ['am']).lastAt,
    scene.state.lastAt,
    'the time of a row that cannot be read is known',
  );
});

void t.test('[WP4] a stand-in, a newer package and the afternoon follow alike', async (t) => {
  const scene = collected();
  const away = { role: 'proctor', absentStaffId: 'proctor', reason: '病' } as const;
  scene.given({ type: 'stand-in-recorded', sessionId: 'am', staffId: 'clerk', ...away });
  scene.at('10:10').room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } });
  scene.at('10:30').room({ type: 'record-bundle', sessionId: 'am', fileHash: 'h', chainHead: 'c' });
  const receipt = { type: 'confirm-receipt', sessionId: 'am', receiptId: 'r-1', verified: true } as const;
  scene.staff('technician', receipt);
  t.same(scene.state.staff['clerk']?.standIn, []);
  for (const staffId of ['sysadmin', 'clerk']) scene.staff(staffId, { type: 'sign-seal', sessionId: 'pm' });
  t.equal(codeOf(scene.at('13:40').staff('chief', { type: 'open-entry', sessionId: 'pm' })), null);
  scene.room({ type: 'record-wipe', sessionId: 'am', packageHash: null });
  t.ok(same(scene, []));
  t.ok(same(scene, ['am']));
});

void t.test('[WP4] a refused act on a wiped session is an event of the room', async (t) => {
  const scene = handedOver();
  const refused = scene.staff('chief', { type: 'open-entry', sessionId: 'am' });
  t.same(refused.events, [{ type: 'command-refused', command: 'open-entry', code: 'wrong-phase' }]);
  t.equal(
    codeOf(scene.staff('chief', { type: 'answer-hand', sessionId: 'am', candidateId: 'c1' })),
    'wrong-phase',
  );
  const save = saveOf(collected(), 'c1');
  t.same(typesOf(scene.pc('s1', save)), [], 'nor does a PC that comes late leave a trace');
  t.equal(codeOf(scene.pc('s1', save)), 'foreign-lease');
  t.ok(same(scene, ['am']));
});
