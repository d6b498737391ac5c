// Saves and hand-ins: whose, what, and above all when. The verdict of SPEC.md row by row, probed around every boundary.

import fc from 'fast-check';
import t from 'tap';
import type { AnswerValue } from '../../server/core/types.js';
import { hm, MINUTE, orderOf } from './support/sample-plan.js';
import {
  byRoom,
  codeOf,
  collected,
  ended,
  paused,
  ready,
  running,
  saveOf,
  suspended,
  typesOf,
  type Scene,
} from './support/scene.js';

const nothing = { events: [], refusal: null };
const swap = (toSeatId: string, candidateId = 'c1') =>
  ({ type: 'swap-machine', sessionId: 'am', candidateId, toSeatId, reason: '死机' }) as const;
const submit = (madeAt: number, lease = 1) => ({ type: 'submit', candidateId: 'c1', lease, madeAt }) as const;

/** What a decision does with an answer, in one word. */
function fate(decision: ReturnType<Scene['save']>): string {
  const [event] = decision.events;
  if (event?.type === 'answer-contested') return event.why;
  return event?.type ?? codeOf(decision) ?? 'nothing';
}

void t.test('[SV1] a save belongs to a lease of this very PC', async (t) => {
  const scene = running().at('09:10');
  t.equal(fate(scene.save('s1', 'c1')), 'answer-saved');
  t.equal(fate(scene.save('s2', 'c1')), 'foreign-lease', 'another PC');
  t.equal(fate(scene.save('s1', 'c1', { lease: 2 })), 'foreign-lease', 'a lease that is not');
  t.equal(fate(scene.pc('s1', { ...saveOf(scene, 'c1'), candidateId: 'c2' } as never)), 'foreign-lease');
  t.equal(
    fate(scene.pc('s1', { ...saveOf(scene, 'c1'), candidateId: 'constructor' } as never)),
    'foreign-lease',
  );
  t.equal(fate(collected().save('s1', 'c1')), 'after-collection');
});

void t.test('[SV2] the same or a lower revision is nothing to do, and no refusal', async (t) => {
  const scene = running().at('09:10');
  scene.save('s1', 'c1', { rev: 5 });
  for (const rev of [5, 4, 1]) t.same(scene.save('s1', 'c1', { rev, value: { options: ['b'] } }), nothing);
  t.equal(fate(scene.save('s1', 'c1', { rev: 6, value: { options: ['b'] } })), 'answer-saved');
  t.same(scene.candidate().answers['q1']?.value, { options: ['b'] });
  for (const rev of [0, -1, 1.5, Number.NaN])
    t.equal(fate(scene.save('s1', 'c1', { rev })), 'stale-revision');
});

void t.test('[SV2] what is contested is known too', async (t) => {
  const scene = ended().at('10:00', 50);
  t.equal(fate(scene.save('s1', 'c1', { rev: 9, madeAt: hm('10:00', -1) })), 'connected-at-end');
  t.same(scene.save('s1', 'c1', { rev: 9, madeAt: hm('10:00', -1) }), nothing);
  t.same(scene.save('s1', 'c1', { rev: 8, madeAt: hm('10:00', 1) }), nothing);
  t.equal(fate(scene.save('s1', 'c1', { rev: 10, madeAt: hm('10:00', -1) })), 'connected-at-end');
  t.equal(
    fate(scene.save('s1', 'c1', { rev: 9, itemId: 'q3', value: { options: [] }, madeAt: hm('10:00', -1) })),
    'connected-at-end',
  );
  t.equal(scene.candidate().contested.length, 2);
});

void t.test('[SV4] rows 1 and 2: before the start nothing counts', async (t) => {
  const before = ready();
  t.equal(fate(before.save('s1', 'c1')), 'wrong-phase');
  const scene = running().at('09:10');
  const tries: [number, string][] = [
    [-30_001, 'too-early'],
    [-30_000, 'answer-saved'],
    [-1, 'answer-saved'],
    [0, 'answer-saved'],
  ];
  for (const [addedMs, verdict] of tries)
    t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('09:00', addedMs) })), verdict);
  t.equal(scene.candidate().answers['q1']?.madeAt, hm('09:00'), 'never before the start');
  t.equal(fate(scene.save('s1', 'c1', { madeAt: 1.5 })), 'bad-amount');
});

void t.test('[SV4] row 3: while writing goes on a save counts, whenever it was made', async (t) => {
  const scene = running().at('09:20');
  scene.save('s1', 'c1', { madeAt: hm('09:25') });
  t.match(
    scene.candidate().answers['q1'],
    { madeAt: hm('09:20'), savedAt: hm('09:20') },
    'never after its arrival',
  );
  scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
  scene.at('09:25').staff('chief', { type: 'resume-session', sessionId: 'am' });
  t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('09:22') })), 'answer-saved');
});

void t.test(
  '[SV3][SV4] rows 4 and 7: in a pause what was made before it counts, the rest waits',
  async (t) => {
    const rows: [number, string][] = [
      [-1_000, 'answer-saved'],
      [-1, 'answer-saved'],
      [0, 'paused'],
      [1, 'paused'],
      [1_000, 'paused'],
    ];
    for (const [addedMs, verdict] of rows)
      t.equal(
        fate(
          paused()
            .at('09:30:05')
            .save('s1', 'c1', { madeAt: hm('09:30', addedMs) }),
        ),
        verdict,
        `${addedMs} ms`,
      );
  },
);

void t.test('[SV3][SV4] rows 5 and 6: nothing written at or after the stop counts', async (t) => {
  const around = [-1, 0, 1, 1_000];
  const verdicts = (scene: Scene, stop: number) =>
    around.map((addedMs) => fate(scene.save('s1', 'c1', { madeAt: stop + addedMs, lease: 1 })));
  const late = ['connected-at-end', 'after-deadline', 'after-deadline', 'after-deadline'];
  t.same(verdicts(ended().at('10:00:02'), hm('10:00')), late, 'time');
  const byChief = running().at('09:20');
  byChief.staff('chief', { type: 'end-session', sessionId: 'am', reason: '不可抗力' });
  t.same(verdicts(byChief.at('09:20:02'), hm('09:20')), late, 'the session was ended');
  const told = ['connected-at-end', 'already-ended', 'already-ended', 'already-ended'];
  const removed = running().at('09:20');
  removed.staff('proctor', {
    type: 'end-candidate',
    sessionId: 'am',
    candidateId: 'c1',
    reason: 'disturbing',
    text: '喧哗',
  });
  t.same(verdicts(removed.at('09:20:02'), hm('09:20')), told, 'ended by staff');
  const handedIn = running().at('09:20');
  handedIn.pc('s1', submit(hm('09:20')));
  t.same(verdicts(handedIn.at('09:20:02'), hm('09:20')), told, 'handed in');
  const moved = running().at('09:20');
  moved.staff('proctor', swap('b1'));
  t.same(verdicts(moved.at('09:20:02'), hm('09:20')), late, 'moved to another PC');
});

void t.test('[SV3] the earliest stop counts', async (t) => {
  const scene = running().at('09:20');
  scene.staff('proctor', swap('b1'));
  scene.at('09:30');
  scene.tick();
  scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
  scene.at('09:35');
  t.equal(fate(scene.save('s1', 'c1', { lease: 1, madeAt: hm('09:25') })), 'after-deadline');
  const early = running({ minutes: 20 }).at('09:19');
  early.tick();
  early.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
  t.equal(fate(early.at('09:30').save('s1', 'c1', { madeAt: hm('09:18') })), 'answer-saved');
});

void t.test('[SV4] an end that lies in the run before a pause is an end', async (t) => {
  const scene = running({ minutes: 20 }).at('09:20');
  // The tick is missing: the pause is recorded at the very end.
  const by = { kind: 'staff', staffId: 'chief', station: 'x' } as const;
  scene.give({ type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵', by });
  const save = { ...saveOf(scene, 'c1'), by: scene.sitting('s1') };
  t.equal(codeOf(scene.at('09:21').give({ ...save, madeAt: hm('09:20') } as never)), 'after-deadline');
});

void t.test(
  '[SV4][SV6] row 8: after the hand-over window nothing is lost, and nothing counts by itself',
  async (t) => {
    const alone = (addedMs: number) => {
      const scene = running().at('09:50');
      scene.disconnect('s1');
      scene.at('10:00').tick();
      scene.at('10:15', addedMs).connect('s1');
      return fate(scene.save('s1', 'c1', { madeAt: hm('09:59') }));
    };
    t.same([-1_000, -1, 0, 1, 1_000].map(alone), [
      'answer-saved',
      'answer-saved',
      'window-over',
      'window-over',
      'window-over',
    ]);
  },
);

void t.test(
  '[SV4][SV5] rows 9 and 10: a PC that was without the room counts, one that was there is contested',
  async (t) => {
    const scene = running().at('09:50');
    scene.disconnect('s1');
    scene.at('09:52').connect('s1');
    scene.at('10:00').tick();
    scene.at('10:00:05');
    const made = (time: string, addedMs = 0) =>
      fate(scene.save('s1', 'c1', { madeAt: hm(time, addedMs), rev: hm(time, addedMs) - hm('08:00') }));
    t.equal(made('09:49'), 'answer-saved', 'in flight when the line died');
    t.equal(made('09:51'), 'answer-saved');
    t.equal(made('09:52', -1), 'answer-saved');
    t.equal(made('09:52'), 'connected-at-end', 'it could have said so in time');
    t.equal(made('09:59'), 'connected-at-end');
  },
);

void t.test(
  '[SV5] a PC that comes back after the end, and one that is still away by the journal',
  async (t) => {
    const scene = running().at('09:59');
    scene.disconnect('s1', hm('09:58'));
    t.same(scene.lease().offline, [{ from: hm('09:58'), to: null }], 'away since it was last heard');
    scene.at('10:00').tick();
    t.equal(fate(scene.at('10:05').save('s1', 'c1', { madeAt: hm('09:59:30') })), 'answer-saved');
    const after = ended().at('10:01');
    after.disconnect('s1');
    after.at('10:02').connect('s1');
    t.equal(
      fate(after.save('s1', 'c1', { madeAt: hm('09:59') })),
      'connected-at-end',
      'away only after the end',
    );
  },
);

void t.test('[SV4][SV8] an older PC never overwrites a newer one; its version is kept', async (t) => {
  const scene = running().at('09:10');
  scene.save('s1', 'c1', { rev: 3, value: { options: ['a'] } });
  scene.disconnect('s1');
  scene.at('09:12').staff('proctor', swap('b1'));
  scene.logIn('c1', 'b1');
  scene.save('b1', 'c1', { lease: 2, rev: 1, value: { options: ['b'] } });
  scene.at('09:13').connect('s1');
  t.equal(
    fate(scene.save('s1', 'c1', { lease: 1, rev: 4, value: { options: ['c'] }, madeAt: hm('09:11') })),
    'other-lease-newer',
  );
  t.match(scene.candidate().answers['q1'], { lease: 2, value: { options: ['b'] } });
  t.match(scene.candidate().contested, [{ itemId: 'q1', record: { lease: 1, value: { options: ['c'] } } }]);
  t.equal(
    fate(
      scene.save('s1', 'c1', {
        lease: 1,
        rev: 4,
        itemId: 'q3',
        value: { options: ['true'] },
        madeAt: hm('09:11'),
      }),
    ),
    'answer-saved',
    'what the newer PC did not answer counts',
  );
  t.equal(
    fate(scene.save('b1', 'c1', { lease: 2, rev: 1, itemId: 'q3', value: { options: ['false'] } })),
    'answer-saved',
  );
});

void t.test('[SV7] the value fits the item that was dealt', async (t) => {
  const rows: [string, AnswerValue, string][] = [
    ['q1', { options: ['a'] }, 'answer-saved'],
    ['q1', { options: [] }, 'answer-saved'],
    ['q1', { options: ['a', 'b'] }, 'wrong-answer-type'],
    ['q1', { options: ['z'] }, 'unknown-option'],
    ['q1', { blanks: ['a'] }, 'wrong-answer-type'],
    ['q2', { options: ['a', 'c'] }, 'answer-saved'],
    ['q2', { options: ['a', 'a'] }, 'wrong-answer-type'],
    ['q3', { options: ['true', 'false'] }, 'wrong-answer-type'],
    ['q4', { blanks: ['三个字', ''] }, 'answer-saved'],
    ['q4', { blanks: ['四个字了', ''] }, 'answer-too-long'],
    ['q4', { blanks: ['𠮷𠮷𠮷', ''] }, 'answer-saved'],
    ['q4', { blanks: ['e\u0301e\u0301e\u0301', ''] }, 'answer-saved'],
    ['q4', { blanks: ['e\u0301e\u0301e\u0301e', ''] }, 'answer-too-long'],
    ['q4', { blanks: ['a'] }, 'wrong-answer-type'],
    ['q4', { blanks: ['a', 'b', 'c'] }, 'wrong-answer-type'],
    ['q4', { options: ['a'] }, 'wrong-answer-type'],
    ['q5', { options: ['a'] }, 'unknown-item'],
    ['q9', { options: ['a'] }, 'unknown-item'],
    ['constructor', { options: [] }, 'unknown-item'],
  ];
  for (const [itemId, value, verdict] of rows)
    t.equal(
      fate(running().at('09:10').save('s1', 'c1', { itemId, value })),
      verdict,
      `${itemId} ${JSON.stringify(value)}`,
    );
});

void t.test('[SV7] without a dealt order, or one of a paper that is not, no item is known', async (t) => {
  const scene = running().at('09:10');
  scene.candidate().order = null;
  t.equal(fate(scene.save('s1', 'c1')), 'unknown-item');
  scene.candidate().order = orderOf('lost');
  t.equal(fate(scene.save('s1', 'c1')), 'unknown-item');
  const odd = orderOf();
  odd.sections[0]?.items.push({ itemId: 'q8', options: [] });
  scene.candidate().order = odd;
  t.equal(fate(scene.save('s1', 'c1', { itemId: 'q8' })), 'unknown-item');
});

void t.test('[SV7][VW6] the count of answered items follows the answers', async (t) => {
  const scene = running().at('09:10');
  const steps: [string, AnswerValue, number][] = [
    ['q1', { options: ['a'] }, 1],
    ['q1', { options: ['b'] }, 1],
    ['q4', { blanks: ['', ''] }, 1],
    ['q4', { blanks: ['', 'x'] }, 2],
    ['q1', { options: [] }, 1],
    ['q4', { blanks: ['', ''] }, 0],
  ];
  for (const [itemId, value, answered] of steps) {
    scene.save('s1', 'c1', { itemId, value });
    t.equal(scene.candidate().answered, answered);
  }
});

void t.test('[SV1][SV7] any stranger message is a refusal that changes nothing', async () => {
  const scene = running().at('09:10');
  const before = JSON.stringify(scene.state);
  const value = fc.oneof(
    fc.record({ options: fc.array(fc.string()) }),
    fc.record({ blanks: fc.array(fc.string({ unit: 'binary' })) }),
  );
  const fields = fc.record({
    lease: fc.integer({ min: 2 }),
    rev: fc.integer(),
    itemId: fc.string(),
    madeAt: fc.integer(),
    value,
  });
  fc.assert(
    fc.property(fc.string(), fields, (candidateId, rest) => {
      const command = {
        type: 'save-answer',
        candidateId,
        marked: false,
        ...rest,
        by: scene.sitting('s1'),
      } as const;
      return scene.give(command).refusal !== null && JSON.stringify(scene.state) === before;
    }),
  );
});

void t.test('[SB1] a hand-in ends now, or where the PC was alone at the instant that it says', async (t) => {
  const scene = running().at('09:20', 40);
  t.match(scene.pc('s1', submit(hm('09:20'))).events, [
    { type: 'candidate-submitted', madeAt: hm('09:20', 40) },
  ]);
  t.same(scene.candidate().ended, { at: hm('09:20', 40), reason: 'submitted' });
  const alone = running().at('09:20');
  alone.disconnect('s1');
  alone.at('09:40').connect('s1');
  alone.pc('s1', submit(hm('09:25')));
  t.same(alone.candidate().ended, { at: hm('09:25'), reason: 'submitted' });
});

void t.test('[SB2] judged like a save: early, paused, late, foreign', async (t) => {
  t.equal(codeOf(ready().pc('s1', submit(hm('08:59')))), 'wrong-phase');
  t.equal(
    codeOf(
      running()
        .at('09:10')
        .pc('s2', submit(hm('09:10'))),
    ),
    'foreign-lease',
  );
  t.equal(
    codeOf(
      paused()
        .at('09:31')
        .pc('s1', submit(hm('09:31'))),
    ),
    'paused',
  );
  t.match(
    paused()
      .at('09:31')
      .pc('s1', submit(hm('09:29'))).events,
    [{ madeAt: hm('09:31') }],
  );
  t.equal(codeOf(suspended().pc('s1', submit(hm('10:05')))), 'after-deadline');
  const moved = running().at('09:20');
  moved.staff('proctor', swap('b1'));
  t.equal(codeOf(moved.pc('s1', submit(hm('09:19')))), 'foreign-lease');
  t.equal(codeOf(collected().pc('s1', submit(hm('09:59')))), 'after-collection');
});

void t.test(
  '[SB2] after the end it is nothing to do, except for a PC that was alone and had handed in before',
  async (t) => {
    const scene = ended().at('10:00', 30);
    t.same(scene.pc('s1', submit(hm('10:00', -1))), nothing, 'connected');
    t.same(scene.pc('s1', submit(hm('10:00', 1))), nothing, 'late');
    const alone = running().at('09:50');
    alone.disconnect('s1');
    alone.at('10:00').tick();
    alone.at('10:02').connect('s1');
    t.same(typesOf(alone.pc('s1', submit(hm('09:55')))), ['candidate-submitted']);
    t.same(alone.candidate().ended, { at: hm('09:55'), reason: 'submitted' });
    t.same(alone.pc('s1', submit(hm('09:54'))), nothing, 'once');
    const stopped = running().at('09:20');
    stopped.disconnect('s1');
    stopped.at('09:30').staff('chief', { type: 'end-session', sessionId: 'am', reason: '不可抗力' });
    stopped.at('09:31').connect('s1');
    stopped.pc('s1', submit(hm('09:25')));
    t.same(stopped.candidate().ended, { at: hm('09:25'), reason: 'submitted' });
    const removed = running().at('09:20');
    removed.staff('chief', {
      type: 'end-candidate',
      sessionId: 'am',
      candidateId: 'c1',
      reason: 'violation',
      text: '作弊',
    });
    t.same(removed.pc('s1', submit(hm('09:19'))), nothing);
    t.equal(removed.candidate().ended?.reason, 'violation');
  },
);

void t.test(
  '[SB2] after a hand-in the session still accepts what that PC wrote before it alone',
  async (t) => {
    const scene = running().at('09:20');
    scene.disconnect('s1');
    scene.at('09:40').connect('s1');
    scene.pc('s1', submit(hm('09:30')));
    t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('09:30', -1), rev: 1 })), 'answer-saved');
    t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('09:30'), rev: 2 })), 'already-ended');
  },
);

void t.test(
  '[CK6] while the clock is in doubt the PC says when; before its end it counts, after it does not',
  async (t) => {
    const scene = running().at('09:40');
    scene.tick();
    // The new boot's clock lies behind: room time stands at 09:41 while it is 10:10 outside.
    scene.at('09:41').restart('boot-2');
    t.equal(scene.state.clock.trusted, false);
    for (const [addedMs, verdict] of [
      [-1_000, 'answer-saved'],
      [-1, 'answer-saved'],
      [0, 'after-deadline'],
      [1, 'after-deadline'],
    ] as const)
      t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('10:00', addedMs) })), verdict, `${addedMs} ms`);
    t.equal(scene.candidate().answers['q1']?.madeAt, hm('10:00', -1));
    t.match(scene.pc('s1', submit(hm('09:59:59'))).events, [{ madeAt: hm('09:59:59') }]);
    t.equal(
      codeOf(scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: hm('10:01') })),
      'after-deadline',
    );
    const again = running().at('09:40');
    again.at('09:41').restart('boot-2');
    again.connect('s1');
    t.match(again.at('09:42').pc('s1', submit(hm('09:50'))).events, [{ madeAt: hm('09:50') }]);
  },
);

void t.test('[CK6] in doubt the hand-over window does not close', async (t) => {
  const scene = running().at('09:50');
  scene.disconnect('s1');
  scene.at('10:00').tick();
  scene.at('10:20').restart('boot-2');
  scene.connect('s1');
  t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('09:59') })), 'answer-saved');
  scene.when({ type: 'compare-clock', deviationsMs: [0, 0, 0], aheadMs: [0, 0, 0], by: byRoom });
  t.equal(fate(scene.save('s1', 'c1', { madeAt: hm('09:59'), rev: 900 })), 'window-over');
  t.equal(scene.session.handOverUntil, hm('10:15'), `${15 * MINUTE} ms after the end`);
});
