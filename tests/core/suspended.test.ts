// A session that came to its end while the server was away (rule 7).

import t from 'tap';
import { candidateEndsAt, nextDeadline, remainingMs } from '../../server/core/deadlines.js';
import { hm, MINUTE } from './support/sample-plan.js';
import { byRoom, codeOf, running, suspended, typesOf, type Scene } from './support/scene.js';

const close = { type: 'close-suspended', sessionId: 'am' } as const;
const goOn = { type: 'continue-suspended', sessionId: 'am' } as const;

/** The last entry at `last`, the server back at `back`. */
function outage(last: [string, number?], back: [string, number?]): Scene {
  const scene = running().at('09:50');
  scene.tick();
  scene
    .at(...last)
    .give({ type: 'sample-clock', bootId: 'boot-1', wallAt: scene.now, monoMs: 1, by: byRoom });
  scene.at(...back).restart();
  return scene;
}

void t.test(
  '[SU1] an end in the outage suspends, an end before or after it does not: probed around it',
  async (t) => {
    const after = (last: [string, number?], back: [string, number?]) => {
      const scene = outage(last, back);
      return scene
        .tick()
        .map(({ type }) => type)
        .filter((type) => type !== 'reminder-given');
    };
    const over = ['time-ended', 'session-ended'];
    t.same(after(['09:58'], ['10:05']), ['session-suspended']);
    t.same(after(['09:59:59', 999], ['10:00']), ['session-suspended']);
    t.same(after(['09:58'], ['10:00', 1]), ['session-suspended']);
    t.same(after(['09:58'], ['10:00', -1]), [], 'back in time');
    t.same(after(['10:00'], ['10:05']), over, 'the last entry was made at the end');
    t.same(after(['10:00', 1], ['10:05']), over, 'the end came before the outage, its event did not');
  },
);

void t.test('[SU1] nobody ends by himself while it is suspended, and the clock stands', async (t) => {
  const scene = suspended();
  t.match(scene.events.at(-1), { type: 'session-suspended', from: hm('09:58') });
  t.match(scene.session, { phase: 'suspended', suspended: { from: hm('09:58'), at: hm('10:05') } });
  t.equal(nextDeadline(scene.state), hm('10:35'));
  t.same(scene.at('10:35', -1).tick(), []);
  t.equal(scene.candidate().ended, null);
});

void t.test('[SU1] one end in the outage suspends the whole room', async (t) => {
  const scene = running().at('09:50');
  scene.tick();
  scene.extend('c1', 10 * MINUTE);
  scene.at('09:58').room({ type: 'sample-clock', bootId: 'boot-1', wallAt: scene.now, monoMs: 1 });
  scene.at('10:05').restart();
  t.same(typesOf({ events: scene.tick(), refusal: null }), ['session-suspended']);
  t.equal(remainingMs(scene.session, scene.candidate(), scene.now), 5 * MINUTE);
});

void t.test('[SU2] PCs hand in what was made before the own end', async (t) => {
  const scene = suspended().at('10:06');
  scene.connect('s1');
  const made = (time: string, addedMs = 0) => {
    const madeAt = hm(time, addedMs);
    const decision = scene.save('s1', 'c1', { madeAt, rev: madeAt - hm('08:00') });
    return decision.events[0]?.type ?? codeOf(decision);
  };
  t.same(
    [made('09:57:59'), made('09:59'), made('10:00', -1)],
    ['answer-saved', 'answer-saved', 'answer-saved'],
  );
  t.same(
    [made('10:00'), made('10:00', 1), made('10:06')],
    ['after-deadline', 'after-deadline', 'after-deadline'],
  );
  t.match(scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: hm('09:59:30') }).events, [
    { type: 'candidate-submitted', madeAt: hm('09:59:30') },
  ]);
});

void t.test(
  '[SU2] who has time left writes on later: what was made before the suspension counts, the rest waits',
  async (t) => {
    const scene = withTimeLeft().at('10:06');
    scene.connect('s1');
    const made = (addedMs: number) => {
      const decision = scene.save('s1', 'c1', { madeAt: hm('10:05', addedMs), rev: 60_000 + addedMs });
      return decision.events[0]?.type ?? codeOf(decision);
    };
    t.same([-1, 0, 1].map(made), ['answer-saved', 'suspended', 'suspended']);
  },
);

void t.test('[SU3] chief and inspector, two different people, each once', async (t) => {
  for (const [first, second] of [
    ['chief', 'inspector'],
    ['inspector', 'deputy'],
  ] as const) {
    const scene = suspended().at('10:06');
    t.same(typesOf(scene.staff(first, close)), ['suspended-approved']);
    t.equal(codeOf(scene.staff(first, close)), 'already-signed');
    t.equal(typesOf(scene.staff(second, close))[0], 'suspended-approved');
    t.equal(scene.session.phase, 'ended');
  }
  const scene = suspended().at('10:06');
  scene.staff('inspector', close);
  scene.session.suspended!.second = 'both';
  t.equal(codeOf(scene.staff('both', close)), 'same-person');
  t.equal(codeOf(scene.staff('technician', close)), 'not-allowed', 'an inspector was sent');
  t.equal(codeOf(scene.staff('proctor', close)), 'not-allowed');
});

void t.test('[SU3] where no inspector is sent the org technician is the second', async (t) => {
  const scene = suspended({ policy: { inspectorSent: false } }).at('10:06');
  scene.staff('chief', goOn);
  t.equal(codeOf(scene.staff('inspector', goOn)), 'not-allowed');
  t.same(typesOf(scene.staff('technician', goOn)), ['suspended-approved', 'session-continued']);
});

void t.test('[SU3] half an approval for closing is none for going on', async (t) => {
  const scene = suspended().at('10:06');
  scene.staff('chief', close);
  t.same(typesOf(scene.staff('inspector', goOn)), ['suspended-approved']);
  t.match(scene.session.suspended, { act: 'continue', chief: null, second: 'inspector' });
  t.same(typesOf(scene.staff('chief', goOn)), ['suspended-approved', 'session-continued']);
});

void t.test('[SU4] closed, every end stands where it lay', async (t) => {
  const scene = suspended().at('10:20');
  scene.staff('chief', close);
  t.match(scene.staff('inspector', close).events, [
    { type: 'suspended-approved', act: 'close' },
    { type: 'time-ended', candidateIds: ['c1', 'c2', 'c3'], endsAt: hm('10:00') },
    { type: 'session-ended', reason: 'suspension-closed', endsAt: hm('10:00') },
  ]);
  t.same(scene.candidate().ended, { at: hm('10:00'), reason: 'time' });
  t.match(scene.session, {
    phase: 'ended',
    endedAt: hm('10:00'),
    handOverUntil: hm('10:35'),
    suspended: null,
  });
});

void t.test('[SU4] without a decision it closes after half an hour, to the millisecond', async (t) => {
  const scene = suspended().at('10:35', -1);
  t.same(scene.tick(), []);
  t.match(scene.at('10:35').tick(), [{ type: 'time-ended', endsAt: hm('10:00') }, { type: 'session-ended' }]);
  t.match(scene.session, { phase: 'ended', endedAt: hm('10:00') });
  const late = suspended().at('11:00');
  t.equal(codeOf(late.staff('chief', close)), 'wrong-phase', 'too late to decide');
});

void t.test('[SU4] a door that was open in a short exam is closed with it', async (t) => {
  const scene = running({ minutes: 20, without: ['c3'] }).at('09:18');
  scene.room({ type: 'sample-clock', bootId: 'boot-1', wallAt: scene.now, monoMs: 1 });
  scene.at('09:25').restart();
  scene.tick();
  t.equal(scene.session.phase, 'suspended');
  t.match(scene.at('09:55').tick(), [
    { type: 'time-ended', candidateIds: ['c1', 'c2'] },
    { type: 'entry-closed', absent: ['c3'] },
    { type: 'session-ended', endsAt: hm('09:20') },
  ]);
});

/** c1 was given fifteen minutes more: ten were left when the server came back. */
function withTimeLeft(): Scene {
  const scene = running().at('09:50');
  scene.tick();
  scene.extend('c1', 15 * MINUTE);
  scene.at('09:58').room({ type: 'sample-clock', bootId: 'boot-1', wallAt: scene.now, monoMs: 1 });
  scene.at('10:05').restart();
  scene.tick();
  return scene;
}

void t.test('[SU5] who has time left when it is closed goes on with it', async (t) => {
  const scene = withTimeLeft().at('10:20');
  scene.staff('chief', close);
  t.match(scene.staff('inspector', close).events, [
    { type: 'suspended-approved' },
    { type: 'time-ended', candidateIds: ['c2', 'c3'], endsAt: hm('10:00') },
    { type: 'session-continued', gapFrom: hm('10:05') },
  ]);
  t.match(scene.session, { phase: 'running', suspended: null });
  t.equal(candidateEndsAt(scene.session, scene.candidate()), hm('10:30'));
  t.match(scene.at('10:30').tick().slice(-2), [
    { type: 'time-ended', candidateIds: ['c1'], endsAt: hm('10:30') },
    { type: 'session-ended', endsAt: hm('10:30') },
  ]);
});

void t.test('[SU6] continued, all go on with what was left at the last entry', async (t) => {
  const scene = suspended().at('10:10');
  scene.connect('s2');
  scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: hm('09:59') });
  scene.at('10:20').staff('chief', goOn);
  scene.staff('inspector', goOn);
  t.same(scene.session.runs, [
    { from: hm('09:00'), to: hm('09:58') },
    { from: hm('10:20'), to: null },
  ]);
  t.equal(candidateEndsAt(scene.session, scene.candidate()), hm('10:22'));
  t.equal(scene.candidate('c2').ended?.reason, 'submitted');
  t.same(scene.at('10:22', -1).tick(), []);
  t.match(scene.at('10:22').tick(), [
    { type: 'time-ended', candidateIds: ['c1', 'c3'] },
    { type: 'session-ended' },
  ]);
});

void t.test(
  '[SU1][CK7] an outage whose length is not known yet suspends too, once the clock is trusted',
  async (t) => {
    const scene = running().at('09:50');
    scene.tick();
    scene.at('09:52').restart('boot-2');
    t.equal(nextDeadline(scene.state), null);
    scene
      .at('09:53')
      .when({ type: 'compare-clock', deviationsMs: [1, 2, 3], aheadMs: [1, 2, 3], by: byRoom });
    t.same(scene.state.outage, { from: hm('09:50'), to: null });
    // Room time jumps to the wall clock, which was right.
    scene.at('10:10');
    t.same(typesOf({ events: scene.tick(), refusal: null }), ['session-suspended']);
    scene.give({ type: 'sample-clock', bootId: 'boot-2', wallAt: scene.now, monoMs: 1, by: byRoom });
    t.same(scene.state.outage, { from: hm('09:50'), to: hm('10:10') });
  },
);
