// The reserve paper: on the org's word alone, in place of the main one, before the start.

import t from 'tap';
import type { OrgAuthorisation, StaffCommand } from '../../server/core/commands.js';
import { paperInForce } from '../../server/core/decide-paper.js';
import { hm, orderOf } from './support/sample-plan.js';
import {
  codeOf,
  ended,
  entered,
  installed,
  paused,
  ready,
  running,
  typesOf,
  type Scene,
} from './support/scene.js';

function enable(counter: number | null | 'wrong', paperId = 'reserve', reason = '主卷泄露'): StaffCommand {
  const authorisation: OrgAuthorisation | null =
    counter === null ? null : counter === 'wrong' ? { ok: false } : { ok: true, counter };
  return { type: 'enable-reserve', sessionId: 'am', paperId, reason, authorisation };
}
const open = (paperId: string, opened = true) =>
  ({ type: 'open-paper', sessionId: 'am', paperId, opened, codeId: 'k' }) as const;
const start = { type: 'start-session', sessionId: 'am' } as const;
const deal = (scene: Scene, paperId: string, candidateIds = ['c1', 'c2', 'c3']) =>
  scene.room({
    type: 'deal-paper',
    sessionId: 'am',
    paperId,
    orders: Object.fromEntries(candidateIds.map((id) => [id, orderOf(paperId)])),
  });

void t.test('[RP1] without the org’s code the reserve is neither dealt nor opened', async (t) => {
  const scene = ready();
  t.equal(codeOf(scene.staff('chief', open('reserve'))), 'reserve-not-enabled');
  t.equal(codeOf(scene.staff('chief', open('reserve', false))), 'reserve-not-enabled');
  t.equal(scene.session.failedCodes, 0, 'and no try of a start code is counted');
  t.equal(codeOf(deal(scene, 'reserve')), 'reserve-not-enabled');
  t.equal(codeOf(scene.staff('chief', enable(null))), 'needs-second-approval');
  t.match(scene.staff('chief', enable('wrong')), {
    refusal: { code: 'wrong-org-code' },
    events: [{ type: 'code-refused', command: 'enable-reserve' }],
  });
  t.equal(
    codeOf(scene.staff('chief', enable(1, 'main'))),
    'paper-not-opened',
    'the main paper is no reserve',
  );
  t.equal(codeOf(scene.staff('chief', enable(1, 'none'))), 'paper-not-opened');
  t.equal(codeOf(scene.staff('chief', enable(1, 'reserve', ' '))), 'needs-reason');
  t.equal(codeOf(scene.staff('proctor', enable(1))), 'not-allowed');
  t.equal(scene.session.reserve, null);
});

for (const staffId of ['technician', 'chief', 'deputy'])
  void t.test(`[RP1] the org’s code enables it, typed by the ${staffId}, once`, async (t) => {
    const scene = entered();
    t.same(scene.staff(staffId, enable(5)).events, [
      { type: 'reserve-enabled', sessionId: 'am', paperId: 'reserve', reason: '主卷泄露', counter: 5 },
    ]);
    t.equal(codeOf(scene.staff(staffId, enable(6))), 'nothing-to-do');
    t.ok(scene.state.usedCounters.includes(5));
  });

void t.test('[RP2][RP3] it takes the main paper’s place: dealt anew, opened with its own code', async (t) => {
  const scene = ready().at('09:00');
  t.same(scene.session.paper, { paperId: 'main', openedAt: hm('08:59') });
  scene.staff('technician', enable(1));
  t.match(scene.session, { reserve: 'reserve', paper: { paperId: 'reserve', openedAt: null } });
  t.same(paperInForce(scene.session)?.paperId, 'reserve');
  for (const { order } of Object.values(scene.session.candidates)) t.equal(order, null, 'orders are void');
  t.equal(codeOf(scene.staff('chief', start)), 'paper-not-opened');
  t.equal(codeOf(scene.staff('chief', open('main'))), 'paper-withdrawn');
  t.equal(codeOf(deal(scene, 'main')), 'paper-withdrawn');
  t.match(scene.staff('chief', open('reserve', false)), {
    refusal: { code: 'wrong-start-code' },
    events: [{ type: 'opening-failed', paperId: 'reserve' }],
  });
  t.same(typesOf(scene.staff('deputy', open('reserve'))), ['paper-opened']);
  t.equal(codeOf(scene.staff('chief', start)), 'paper-not-opened', 'nobody starts without an order');
  deal(scene, 'reserve', ['c1', 'c2']);
  t.match(scene.staff('chief', start).refusal, { code: 'paper-not-opened', params: { name: '考生3' } });
  deal(scene, 'reserve', ['c3']);
  t.equal(codeOf(scene.staff('chief', start)), null);
  scene.save('s1', 'c1', { itemId: 'q1' });
  t.match(scene.candidate('c1'), { order: { paperId: 'reserve' }, answered: 1 });
});

void t.test('[RP3] before the entry too; then the reserve is what is dealt', async (t) => {
  const scene = installed();
  t.equal(paperInForce(scene.session)?.paperId, 'main');
  t.equal(codeOf(scene.staff('technician', enable(1))), null);
  t.equal(paperInForce(scene.session)?.paperId, 'reserve');
  t.equal(paperInForce({ ...scene.session, plan: { ...scene.session.plan, papers: [] } }), null);
});

void t.test('[RP4] after the start no paper is exchanged', async (t) => {
  for (const scene of [running().at('09:10'), paused(), ended().at('10:01')]) {
    const before = JSON.stringify(scene.session.candidates);
    t.match(scene.staff('technician', enable(1)).refusal, {
      code: 'wrong-phase',
      params: { phase: scene.session.phase },
    });
    t.equal(codeOf(scene.staff('chief', open('reserve'))), 'wrong-phase');
    t.not(codeOf(deal(scene, 'reserve')), null);
    t.equal(JSON.stringify(scene.session.candidates), before);
  }
});

void t.test('[RP5] a newer package brings its session anew; the code stays used', async (t) => {
  const scene = installed();
  scene.staff('technician', enable(1));
  const newer = scene.state.package;
  if (newer === null) throw new Error('no package');
  scene.room({ type: 'install-package', package: { ...structuredClone(newer), sequence: 2 } });
  t.equal(scene.session.reserve, null);
  t.equal(codeOf(scene.staff('technician', enable(1))), 'org-code-used');
  t.equal(codeOf(scene.staff('technician', enable(2))), null);
});
