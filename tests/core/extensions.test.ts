// Time given back: who stands for which half, the ceiling, codes of the org, expiry.

import t from 'tap';
import { candidateEndsAt } from '../../server/core/deadlines.js';
import type { OrgAuthorisation } from '../../server/core/commands.js';
import { hm, MINUTE } from './support/sample-plan.js';
import { codeOf, ended, paused, running, typesOf, type Scene } from './support/scene.js';

const ask = (minutes: number, requestId = 'r1', candidateId = 'c1') =>
  ({
    type: 'request-extension',
    sessionId: 'am',
    requestId,
    candidateId,
    ms: minutes * MINUTE,
    reason: '重启',
  }) as const;
const approve = (requestId = 'r1', authorisation: OrgAuthorisation | null = null) =>
  ({ type: 'approve-extension', sessionId: 'am', requestId, authorisation }) as const;
const reject = (requestId = 'r1', reason = '无依据') =>
  ({ type: 'reject-extension', sessionId: 'am', requestId, reason }) as const;
const code = (counter: number): OrgAuthorisation => ({ ok: true, counter });
const endOf = (scene: Scene, candidateId = 'c1') =>
  candidateEndsAt(scene.session, scene.candidate(candidateId));

void t.test('[EX1] a request names an amount, a reason and somebody who writes', async (t) => {
  const scene = running({ without: ['c3'] }).at('09:10');
  for (const minutes of [0, -1, 1 / 7]) t.equal(codeOf(scene.staff('chief', ask(minutes))), 'bad-amount');
  t.equal(codeOf(scene.staff('chief', { ...ask(5), reason: '' })), 'needs-reason');
  t.equal(codeOf(scene.staff('chief', ask(5, 'r1', 'c3'))), 'not-admitted');
  scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: scene.now });
  t.equal(codeOf(scene.staff('chief', ask(5, 'r1', 'c2'))), 'already-ended');
  t.equal(codeOf(scene.staff('chief', ask(5))), null);
  t.equal(codeOf(scene.staff('inspector', ask(5))), 'nothing-to-do', 'the same request');
});

void t.test('[EX1] a request expires to the millisecond', async (t) => {
  for (const [addedMs, refused] of [
    [-1_000, null],
    [-1, null],
    [0, 'request-expired'],
    [1, 'request-expired'],
  ] as const) {
    const scene = running().at('09:10');
    scene.staff('chief', ask(5));
    scene.at('09:20', addedMs);
    t.equal(codeOf(scene.staff('inspector', approve())), refused, `${addedMs} ms`);
  }
});

void t.test('[EX2] two different people, whoever asks', async (t) => {
  const rows: [string, string[], string[]][] = [
    ['chief', ['inspector'], ['extension-approved', 'time-granted']],
    ['deputy', ['inspector'], ['extension-approved', 'time-granted']],
    ['inspector', ['chief'], ['extension-approved', 'time-granted']],
    ['inspector', ['deputy'], ['extension-approved', 'time-granted']],
    ['proctor', ['chief', 'inspector'], ['extension-approved', 'extension-approved', 'time-granted']],
    ['proctor', ['inspector', 'deputy'], ['extension-approved', 'extension-approved', 'time-granted']],
  ];
  for (const [asker, approvers, types] of rows) {
    const scene = running().at('09:10');
    scene.staff(asker, ask(5));
    t.same(
      approvers.flatMap((staffId) => typesOf(scene.staff(staffId, approve()))),
      types,
      `${asker}, ${approvers.join()}`,
    );
    t.equal(endOf(scene), hm('10:05'));
  }
});

void t.test('[EX2] no half twice, and no person for both', async (t) => {
  const scene = running().at('09:10');
  scene.staff('chief', ask(5));
  t.equal(codeOf(scene.staff('chief', approve())), 'already-signed');
  t.equal(codeOf(scene.staff('deputy', approve())), 'already-signed');
  const second = running().at('09:10');
  second.staff('proctor', ask(5));
  second.staff('inspector', approve());
  t.equal(codeOf(second.staff('inspector', approve())), 'already-signed');
  // Both roles, one person: stands for the chief's half alone.
  second.given({
    type: 'extension-requested',
    sessionId: 'am',
    requestId: 'r2',
    candidateId: 'c1',
    ms: 1,
    reason: 'x',
    requestedBy: 'both',
    as: 'second',
  });
  t.equal(codeOf(second.staff('both', approve('r2'))), 'same-person');
  t.equal(endOf(second), hm('10:00'));
  t.equal(
    codeOf(second.staff('technician', approve('r2'))),
    'needs-second-approval',
    'an inspector was sent',
  );
});

void t.test(
  '[EX3] the ceiling holds in total per candidate: at it yes, a millisecond above it no',
  async (t) => {
    const scene = running().at('09:10');
    scene.staff('chief', ask(10));
    scene.staff('inspector', approve());
    scene.staff('chief', { ...ask(5, 'r2'), ms: 5 * MINUTE + 1 });
    t.match(scene.staff('inspector', approve('r2')).refusal, {
      code: 'over-ceiling',
      params: { minutes: 15 },
    });
    scene.staff('inspector', { ...ask(5, 'r3'), ms: 5 * MINUTE + 1 });
    t.equal(codeOf(scene.staff('chief', approve('r3'))), 'over-ceiling', 'from the other side');
    scene.staff('chief', ask(5, 'r4'));
    t.equal(codeOf(scene.staff('inspector', approve('r4'))), null);
    t.equal(endOf(scene), hm('10:15'));
    scene.staff('chief', ask(15, 'r5', 'c2'));
    t.equal(codeOf(scene.staff('inspector', approve('r5'))), null, 'another candidate has another total');
  },
);

void t.test('[EX3] above the ceiling the chief may stand for a request before the org does', async (t) => {
  const scene = running().at('09:10');
  scene.staff('proctor', ask(40));
  t.equal(codeOf(scene.staff('inspector', approve())), 'over-ceiling');
  t.same(typesOf(scene.staff('chief', approve())), ['extension-approved']);
  t.match(scene.staff('inspector', approve('r1', code(3))).events, [
    { type: 'extension-approved', as: 'second', by: 'org-code' },
    { type: 'time-granted', ms: 40 * MINUTE, counter: 3 },
  ]);
  t.equal(endOf(scene), hm('10:40'));
  t.same(scene.state.usedCounters, [3]);
});

void t.test('[EX4] where no inspector is sent the second half is the code of the org', async (t) => {
  const scene = running({ policy: { inspectorSent: false } }).at('09:10');
  t.match(scene.staff('inspector', ask(5)).events, [{ as: 'none' }]);
  t.equal(codeOf(scene.staff('inspector', approve())), 'needs-second-approval');
  t.equal(codeOf(scene.staff('technician', approve())), 'needs-second-approval', 'without a code');
  t.equal(
    codeOf(scene.staff('technician', approve('r1', code(1)))),
    'needs-second-approval',
    'the chief has to want it',
  );
  t.same(typesOf(scene.staff('chief', approve('r1', code(1)))), [
    'extension-approved',
    'extension-approved',
    'time-granted',
  ]);
  t.match(scene.session.approvals['r1'], { chief: 'chief', second: 'org-code', closed: 'granted' });
});

void t.test('[EX4][OC1] wrong and used codes of the org give nothing', async (t) => {
  const scene = running({ policy: { codeTries: 2 } }).at('09:10');
  scene.staff('chief', ask(5));
  t.match(scene.staff('chief', approve('r1', { ok: false })), {
    refusal: { code: 'wrong-org-code', params: { left: 1 } },
    events: [{ type: 'code-refused', command: 'approve-extension' }],
  });
  scene.staff('chief', approve('r1', code(1)));
  scene.staff('chief', ask(5, 'r2'));
  t.equal(codeOf(scene.staff('chief', approve('r2', code(1)))), 'org-code-used');
  scene.staff('chief', approve('r2', { ok: false }));
  scene.staff('chief', approve('r2', { ok: false }));
  t.equal(codeOf(scene.staff('chief', approve('r2', code(2)))), 'codes-locked');
  t.equal(codeOf(scene.staff('inspector', approve('r2'))), null, 'two people in the room still may');
});

void t.test('[EX5] what is decided is decided', async (t) => {
  const scene = running().at('09:10');
  t.equal(codeOf(scene.staff('chief', approve('none'))), 'unknown-request');
  t.equal(codeOf(scene.staff('chief', reject('none'))), 'unknown-request');
  t.equal(codeOf(scene.staff('chief', approve('constructor'))), 'unknown-request');
  scene.staff('chief', ask(5));
  t.equal(codeOf(scene.staff('inspector', reject('r1', ' '))), 'needs-reason');
  scene.staff('inspector', reject());
  for (const command of [approve(), reject()])
    t.equal(codeOf(scene.staff('inspector', command)), 'nothing-to-do');
  t.equal(codeOf(scene.staff('chief', ask(5))), 'nothing-to-do', 'a number is used once');
  scene.staff('chief', ask(5, 'r2'));
  scene.staff('inspector', approve('r2'));
  t.equal(codeOf(scene.staff('inspector', approve('r2'))), 'nothing-to-do', 'a second click');
  scene.staff('chief', ask(5, 'r3', 'c2'));
  scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: scene.now });
  t.equal(codeOf(scene.staff('inspector', approve('r3'))), 'already-ended');
});

void t.test('[EX6] a grant moves one end by exactly its amount, in a pause too', async (t) => {
  const scene = running().at('09:10');
  scene.staff('chief', { ...ask(5), ms: 12_345 });
  scene.staff('inspector', approve());
  t.same([endOf(scene), endOf(scene, 'c2')], [hm('10:00', 12_345), hm('10:00')]);
  t.match(scene.at('10:00').tick().at(-1), { type: 'time-ended', candidateIds: ['c2', 'c3'] });
  t.equal(scene.session.phase, 'running');
  t.match(scene.at('10:00', 12_345).tick(), [
    { type: 'time-ended', candidateIds: ['c1'], endsAt: hm('10:00', 12_345) },
    { type: 'session-ended', endsAt: hm('10:00', 12_345) },
  ]);
  const still = paused().at('09:40');
  still.staff('chief', ask(5));
  still.staff('inspector', approve());
  still.at('09:50').staff('chief', { type: 'resume-session', sessionId: 'am' });
  t.equal(endOf(still), hm('10:25'));
  t.equal(codeOf(ended().staff('chief', ask(5))), 'wrong-phase');
});
