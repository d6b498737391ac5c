// The door: check-in and its outcomes, the late cut-off, corrections.

import t from 'tap';
import { hm } from './support/sample-plan.js';
import { checkIn, codeOf, ended, entered, paused, ready, running, typesOf } from './support/scene.js';

const refuseEntry = (candidateId: string, reason: string | null) =>
  ({ ...checkIn(candidateId), outcome: 'refused', documentSeen: false, reason }) as const;
const correct = (candidateId: string) =>
  ({ type: 'correct-check-in', sessionId: 'am', candidateId, reason: '登记错误' }) as const;

void t.test('[CI1] document and ticket, both', async (t) => {
  for (const [documentSeen, ticketSeen] of [
    [false, true],
    [true, false],
    [false, false],
  ] as const)
    t.equal(
      codeOf(entered().staff('proctor', { ...checkIn('c1'), documentSeen, ticketSeen })),
      'needs-document-and-ticket',
    );
  const scene = entered();
  t.same(typesOf(scene.admit('c1')), ['candidate-admitted']);
  t.match(scene.candidate(), { attendance: 'admitted', checkedInAt: hm('08:30') });
});

void t.test('[CI1] refused with a reason; who comes back with the document is admitted', async (t) => {
  const scene = entered();
  t.equal(codeOf(scene.staff('proctor', refuseEntry('c1', null))), 'needs-reason');
  t.equal(codeOf(scene.staff('proctor', refuseEntry('c1', ' '))), 'needs-reason');
  scene.staff('proctor', refuseEntry('c1', '未带证件'));
  t.match(scene.candidate(), { attendance: 'refused', refusedReason: '未带证件', checkedInAt: null });
  t.equal(codeOf(scene.at('08:50').admit('c1')), null);
  t.match(scene.candidate(), { attendance: 'admitted', refusedReason: null });
});

void t.test('[CI2] nobody is admitted twice; entry goes on while the exam runs or is paused', async (t) => {
  const scene = entered();
  scene.admit('c1');
  t.equal(codeOf(scene.admit('c1')), 'already-checked-in');
  t.equal(
    codeOf(
      running({ without: ['c3'] })
        .at('09:10')
        .admit('c3'),
    ),
    null,
  );
  t.equal(codeOf(ended().admit('c1')), 'wrong-phase');
});

void t.test(
  '[CI3] what was noted first counts from when it happened, and only within this entry',
  async (t) => {
    const scene = entered().at('08:40');
    const noted = (happenedAt: number) => scene.staff('proctor', { ...checkIn('c1'), happenedAt });
    t.equal(codeOf(noted(hm('08:40', 1))), 'bad-amount');
    t.equal(codeOf(noted(hm('08:30', -1))), 'bad-amount');
    t.equal(codeOf(noted(hm('08:31'))), null);
    t.equal(scene.candidate().checkedInAt, hm('08:31'));
  },
);

void t.test(
  '[LC1] check-in closes half an hour after the start, pause or not: probed around it',
  async (t) => {
    for (const [addedMs, code] of [
      [-1_000, null],
      [-1, null],
      [0, 'late-cut-off'],
      [1, 'late-cut-off'],
      [1_000, 'late-cut-off'],
    ] as const) {
      t.equal(
        codeOf(
          running({ without: ['c3'] })
            .at('09:30', addedMs)
            .admit('c3'),
        ),
        code,
        `${addedMs} ms`,
      );
      const scene = running({ without: ['c3'] }).at('09:10');
      scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
      t.equal(codeOf(scene.at('09:30', addedMs).admit('c3')), code, `${addedMs} ms, paused`);
      const untold = running({ without: ['c3'] }).at('09:30', addedMs);
      const command = { ...checkIn('c3'), by: { kind: 'staff', staffId: 'proctor', station: 'x' } } as const;
      t.equal(codeOf(untold.would(command)), code, `${addedMs} ms, without the tick`);
    }
    const scene = running({ without: ['c3'] }).at('09:31');
    t.same(scene.admit('c3').refusal?.params, { at: hm('09:30') });
    t.equal(codeOf(scene.staff('proctor', refuseEntry('c3', '迟到'))), 'late-cut-off');
  },
);

void t.test(
  '[LC2] who was admitted before the cut-off logs in after it and has lost that time',
  async (t) => {
    const scene = running({ without: ['c3'] }).at('09:29:59', 999);
    scene.admit('c3');
    scene.at('09:45');
    t.equal(codeOf(scene.logIn('c3', 's3')), null);
    t.match(scene.at('10:00').tick()[0], { candidateIds: ['c1', 'c2', 'c3'], endsAt: hm('10:00') });
  },
);

void t.test('[LC3] who never came is recorded as absent, once; who was refused stays refused', async (t) => {
  const scene = running({ without: ['c2', 'c3'] }).at('09:20');
  scene.staff('proctor', refuseEntry('c2', '替考嫌疑'));
  t.same(scene.at('09:30', -1).tick(), []);
  t.same(scene.at('09:30').tick(), [{ type: 'entry-closed', sessionId: 'am', absent: ['c3'] }]);
  t.same(scene.tick(), []);
  t.match([scene.candidate('c2').attendance, scene.candidate('c3').attendance], ['refused', 'absent']);
});

void t.test('[CI4] a wrong check-in is corrected until the log-in', async (t) => {
  const scene = entered();
  t.equal(codeOf(scene.staff('proctor', correct('c1'))), 'nothing-to-do');
  scene.admit('c1');
  t.equal(codeOf(scene.staff('proctor', { ...correct('c1'), reason: '' })), 'needs-reason');
  scene.staff('proctor', correct('c1'));
  t.match(scene.candidate(), { attendance: 'expected', checkedInAt: null });
  t.equal(codeOf(ready().staff('proctor', correct('c1'))), 'already-logged-in');
  const ending = running({ without: ['c3'] });
  ending.admit('c3');
  ending.staff('chief', {
    type: 'end-candidate',
    sessionId: 'am',
    candidateId: 'c3',
    reason: 'illness',
    text: '急病',
  });
  t.equal(codeOf(ending.staff('proctor', correct('c3'))), 'already-ended');
});

void t.test(
  '[CI4] after the cut-off a corrected candidate is absent, and comes in only as noted before it',
  async (t) => {
    const scene = running({ without: ['c2', 'c3'] }).at('09:20');
    scene.staff('proctor', refuseEntry('c3', '认错人'));
    scene.at('09:35').tick();
    scene.staff('chief', correct('c3'));
    t.match(scene.candidate('c3'), { attendance: 'absent', refusedReason: null });
    t.equal(codeOf(scene.admit('c3')), 'late-cut-off');
    t.equal(codeOf(scene.staff('proctor', correct('c2'))), 'nothing-to-do');
    const noted = { ...checkIn('c3'), happenedAt: hm('09:30') };
    t.equal(codeOf(scene.staff('proctor', noted)), 'late-cut-off');
    t.equal(codeOf(scene.staff('proctor', { ...noted, happenedAt: hm('09:30', -1) })), null);
    t.equal(scene.candidate('c3').attendance, 'admitted');
  },
);

void t.test('[CI4] a correction takes a planned move back too', async (t) => {
  const scene = paused().at('09:20');
  const open = entered();
  open.admit('c1');
  open.swap('c1', 'b1');
  open.staff('proctor', correct('c1'));
  t.equal(open.candidate().movingTo, null);
  t.equal(scene.session.phase, 'paused');
});
