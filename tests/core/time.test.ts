// The arithmetic of time: half-open intervals, exact ends, reminders, what a tick gives.

import fc from 'fast-check';
import t from 'tap';
import { decide } from '../../server/core/decide.js';
import {
  candidateEndsAt,
  changesDeadlines,
  endOfAllowance,
  nextDeadline,
  remainingMs,
  usedMs,
} from '../../server/core/deadlines.js';
import type { EventType } from '../../server/core/events.js';
import { candidateAt, entryOf } from '../../server/core/state-access.js';
import { hm, MINUTE } from './support/sample-plan.js';
import { byRoom, codeOf, ended, installed, paused, running, Scene, typesOf } from './support/scene.js';

void t.test('[TM1][TM3] the end lies between two milliseconds: probed 1 ms and 1 s around it', async (t) => {
  const rows: [number, string | null][] = [
    [-1_000, null],
    [-1, null],
    [0, 'after-deadline'],
    [1, 'after-deadline'],
    [1_000, 'after-deadline'],
  ];
  for (const [addedMs, code] of rows) {
    const scene = running().at('10:00', addedMs);
    t.equal(codeOf(scene.save('s1', 'c1')), code, `${addedMs} ms from the end`);
    t.equal(scene.candidate().ended?.at ?? null, addedMs < 0 ? null : hm('10:00'));
  }
});

void t.test(
  '[TM2] what is left is the allowance minus the runs, and stands still in a pause and after the end',
  async (t) => {
    const scene = running();
    const left = (at: string) => remainingMs(scene.session, scene.candidate(), hm(at)) / MINUTE;
    t.same(['08:00', '09:00', '09:20', '10:00', '11:00'].map(left), [60, 60, 40, 0, 0]);
    scene
      .at('09:20')
      .staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
    t.same(['09:20', '09:45'].map(left), [40, 40]);
    scene.at('09:45').staff('chief', { type: 'resume-session', sessionId: 'am' });
    t.same(['09:45', '09:50'].map(left), [40, 35]);
    scene.at('09:50').pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: hm('09:50') });
    t.equal(left('10:20'), 35);
    t.equal(remainingMs(scene.session, scene.candidate('c2'), hm('10:20')) / MINUTE, 5);
  },
);

void t.test(
  '[TM2][TM3] the end is the first instant at which the used time reaches the allowance',
  async () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(gaps, fc.boolean(), fc.integer({ min: 1, max: 300 }), (lengths, open, allowance) => {
        let at = 1_000;
        const runs = lengths.map(([run, pause]) => {
          const interval: { from: number; to: number | null } = { from: at, to: at + run };
          at += run + pause;
          return interval;
        });
        if (open) runs.push({ from: at, to: null });
        const end = endOfAllowance(runs, allowance);
        if (end === null) return usedMs(runs, 1e9) < allowance && !open;
        return usedMs(runs, end) === allowance && usedMs(runs, end - 1) < allowance;
      }),
    );
  },
);

void t.test(
  '[TM3] the end is unknown while the session stands still, and where it lay once it has passed',
  async (t) => {
    t.equal(candidateEndsAt(installed().session, installed().candidate()), null);
    const scene = paused();
    t.equal(candidateEndsAt(scene.session, scene.candidate()), null);
    t.equal(candidateEndsAt(ended().session, ended().candidate()), hm('10:00'));
  },
);

void t.test('[TM3] minutes may be fractions; the end stays a whole millisecond', async (t) => {
  const scene = running({ minutes: 0.7501 });
  t.equal(candidateEndsAt(scene.session, scene.candidate()), hm('09:00', 45_006));
});

void t.test('[TM4] a late tick gives the exact ends, in the order in which they were due', async (t) => {
  const scene = running().at('09:10');
  scene.staff('chief', extension('r1', 'c2', 5));
  scene.staff('inspector', approval('r1'));
  scene.at('10:20');
  const { events } = scene.give({ type: 'tick', by: byRoom });
  t.same(
    events.map((event) => [event.type, 'endsAt' in event ? event.endsAt : null]),
    [
      ['entry-closed', null],
      ['time-ended', hm('10:00')],
      ['time-ended', hm('10:05')],
      ['session-ended', hm('10:05')],
    ],
  );
  t.match(events[1], { candidateIds: ['c1', 'c3'] });
  t.same(
    ['c1', 'c2', 'c3'].map((id) => scene.candidate(id).ended),
    [hm('10:00'), hm('10:05'), hm('10:00')].map((at) => ({ at, reason: 'time' })),
  );
});

void t.test('[TM4][RM1] what is due at different times comes in that order', async (t) => {
  const scene = running({ policy: { lateCutOffMs: 50 * MINUTE, approvalExpiresMs: 7 * MINUTE } }).at('09:45');
  scene.tick();
  scene.at('09:46').staff('proctor', extension('r1', 'c1', 5));
  scene.at('09:57');
  t.same(typesOf(scene.give({ type: 'tick', by: byRoom })), [
    'entry-closed',
    'extension-closed',
    'reminder-given',
  ]);
});

void t.test(
  '[TM5] at the deadline a tick makes something happen, a millisecond before it nothing',
  async (t) => {
    const scene = running().at('09:05');
    scene.staff('proctor', extension('r1', 'c1', 5));
    const seen: [string, string][] = [];
    for (let next = nextDeadline(scene.state); next !== null; next = nextDeadline(scene.state)) {
      scene.at(next, -1);
      t.same(scene.would({ type: 'tick', by: byRoom }).events, [], 'nothing before');
      scene.at(next);
      const events = scene.tick();
      t.not(events.length, 0);
      for (const { type } of events) seen.push([new Date(next).toISOString().slice(11, 16), type]);
    }
    t.same(seen, [
      ['09:15', 'extension-closed'],
      ['09:30', 'entry-closed'],
      ['09:45', 'reminder-given'],
      ['09:55', 'reminder-given'],
      ['10:00', 'time-ended'],
      ['10:00', 'session-ended'],
    ]);
  },
);

void t.test('[TM5] nothing is due in a room without a session', async (t) => {
  t.equal(nextDeadline(new Scene().state), null);
  t.same(new Scene().tick(), []);
  t.equal(nextDeadline(installed().state), null);
});

void t.test(
  '[TM6] saves, connections and looks at the clock move no deadline; ends and grants do',
  async (t) => {
    const still: EventType[] = ['answer-saved', 'clock-sampled', 'seat-connected', 'candidate-logged-in'];
    const moving: EventType[] = ['time-granted', 'session-paused', 'candidate-submitted', 'clock-confirmed'];
    for (const type of still) t.equal(changesDeadlines(type), false, type);
    for (const type of moving) t.equal(changesDeadlines(type), true, type);
  },
);

void t.test('[TM7] without the tick before it a save is judged by stamps all the same', async (t) => {
  const scene = running().at('10:00', 1);
  const command = { ...saveCommand(scene), by: scene.sitting('s1') };
  t.equal(codeOf(scene.give(command)), 'after-deadline');
  t.equal(typesOf(scene.give({ ...command, madeAt: hm('10:00', -1) }))[0], 'answer-contested');
  const submit = { type: 'submit', candidateId: 'c1', lease: 1, by: scene.sitting('s1') } as const;
  t.equal(codeOf(scene.give({ ...submit, madeAt: scene.now })), 'after-deadline');
  t.same(scene.give({ ...submit, madeAt: hm('10:00', -1) }), { events: [], refusal: null });
});

void t.test('[RM1] a reminder comes once, to the millisecond, for all who are reminded alike', async (t) => {
  const scene = running().at('09:44:59', 999);
  scene.tick();
  t.same(scene.tick(), []);
  t.same(scene.at('09:45').tick(), [
    { type: 'reminder-given', sessionId: 'am', candidateIds: ['c1', 'c2', 'c3'], beforeEndMs: 15 * MINUTE },
  ]);
  t.same(scene.tick(), []);
  scene.at('09:50').pc('s3', { type: 'submit', candidateId: 'c3', lease: 1, madeAt: hm('09:50') });
  t.match(scene.at('09:55').tick(), [{ candidateIds: ['c1', 'c2'], beforeEndMs: 5 * MINUTE }]);
});

void t.test(
  '[RM1] of several missed reminders only the shortest is given, and none to whom the time is over',
  async (t) => {
    const scene = running().at('09:57');
    t.match(scene.tick(), [{ type: 'entry-closed' }, { type: 'reminder-given', beforeEndMs: 5 * MINUTE }]);
    t.same(scene.candidate().remindersGiven, [15 * MINUTE, 5 * MINUTE]);
    t.same(scene.at('09:58').tick(), []);
    const late = running({ policy: { remindersBeforeEndMs: [5 * MINUTE, 15 * MINUTE] } }).at('09:57');
    t.match(
      late.tick(),
      [{ type: 'entry-closed' }, { beforeEndMs: 5 * MINUTE }],
      'in any order of the policy',
    );
    t.same(
      running()
        .at('10:00')
        .tick()
        .filter(({ type }) => type === 'reminder-given'),
      [],
    );
  },
);

void t.test('[RM1] who ends later is reminded later', async (t) => {
  const scene = running().at('09:10');
  scene.staff('chief', extension('r1', 'c2', 5));
  scene.staff('inspector', approval('r1'));
  scene.at('09:45').tick();
  t.match(scene.at('09:50').tick(), [{ candidateIds: ['c2'], beforeEndMs: 15 * MINUTE }]);
});

void t.test('[RM1] a reminder as long as the whole time is never given', async (t) => {
  const scene = running({ minutes: 15 });
  t.equal(nextDeadline(scene.state), hm('09:10'), 'the shorter one comes first');
  t.equal(decide(scene.state, { type: 'tick', by: byRoom }, hm('09:01')).events.length, 0);
});

void t.test('[RM2] time given back makes a reminder that lies ahead again due again', async (t) => {
  const scene = running().at('09:57');
  scene.tick();
  scene.staff('chief', extension('r1', 'c1', 7));
  scene.staff('inspector', approval('r1'));
  t.same(scene.candidate().remindersGiven, [15 * MINUTE], 'ten minutes are left: 15 lies behind, 5 ahead');
  t.match(scene.at('10:02').tick(), [
    { type: 'time-ended', candidateIds: ['c2', 'c3'] },
    { type: 'reminder-given', candidateIds: ['c1'], beforeEndMs: 5 * MINUTE },
  ]);
});

function extension(requestId: string, candidateId: string, minutes: number) {
  const ms = minutes * MINUTE;
  return { type: 'request-extension', sessionId: 'am', requestId, candidateId, ms, reason: '重启' } as const;
}

function approval(requestId: string) {
  return { type: 'approve-extension', sessionId: 'am', requestId, authorisation: null } as const;
}

function saveCommand(scene: Scene) {
  const { madeAt, rev } = { madeAt: scene.now, rev: 1 };
  const value = { options: ['a'] };
  return {
    type: 'save-answer',
    candidateId: 'c1',
    lease: 1,
    itemId: 'q1',
    rev,
    value,
    marked: false,
    madeAt,
  } as const;
}

void t.test('[WH3] an id that is a word of the language names nothing', async (t) => {
  t.equal(entryOf({} as Record<string, number>, 'constructor'), undefined);
  t.equal(entryOf({ a: 1 }, 'a'), 1);
  const { state } = running();
  const [session] = Object.values(state.sessions);
  const [candidateId = ''] = Object.keys(session?.candidates ?? {});
  const sessionId = session?.plan.sessionId ?? '';
  t.equal(candidateAt(state, sessionId, candidateId), session?.candidates[candidateId]);
  t.equal(candidateAt(state, sessionId, 'constructor'), undefined);
  t.equal(candidateAt(state, 'constructor', candidateId), undefined);
});
