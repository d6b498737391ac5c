// What both scorers, and a review, start from: a bundle that holds, the package's key, everybody on the roster.

import { readPrivateKeys, readPublicKeys } from '../../server/keys/key-files.js';
import type { AnswerValue, Candidate, RosterEntry } from '../../server/core/types.js';
import { openForOrg } from '../../server/papers/open-scoring.js';
import { scoreCandidate, type CandidateScore } from '../../server/papers/scoring/score.js';
import { readBundle } from './bundle.js';
import type { ScoreOptions } from './score.js';

export interface ScoredCandidate {
  entry: RosterEntry;
  /** Null for who did not sit the exam. */
  score: CandidateScore | null;
  /** 考试状态 */
  state: string;
  dealt: string[];
  answers: Record<string, AnswerValue>;
}

/** @throws Error when the bundle does not hold, or package and bundle do not belong together */
export async function eventStateOf({ bundle, package: packageFile, orgKey, trust = [] }: ScoreOptions) {
  const org = await readPrivateKeys(orgKey);
  const { report, state } = await readBundle(bundle, await Promise.all(trust.map(readPublicKeys)), orgKey);
  if (!report.ok || state === null)
    throw new Error(
      `成绩包未通过核验 / the bundle does not hold: ${report.problems.map(({ fault, where }) => `${fault} ${where}`).join('; ')}`,
    );
  const installed = state.package;
  const session = Object.values(state.sessions).find(({ collectedAt }) => collectedAt !== null);
  if (installed === null || session === undefined) throw new Error('The bundle has no collected session');
  const {
    scoring: parts,
    checked,
    content,
  } = await openForOrg(packageFile, org, { trust: [org.public], serverVersion: '999.0.0' });
  if (checked.manifestHash !== installed.manifestHash)
    throw new Error('考试包与成绩包不匹配 / the package is not the one of the bundle');
  const scoring = parts.get(session.paper?.paperId ?? '');
  if (scoring === undefined) throw new Error('The package has no key for the paper');
  const candidates = Object.values(session.candidates).map((candidate): ScoredCandidate => {
    const dealt = candidate.order?.sections.flatMap(({ items }) => items.map(({ itemId }) => itemId)) ?? [];
    const answers = Object.fromEntries(
      Object.entries(candidate.answers).map(([itemId, { value }]) => [itemId, value]),
    );
    const sat = candidate.attendance === 'admitted' && candidate.leases.length > 0;
    const score = sat ? scoreCandidate(scoring, dealt, answers) : null;
    return { entry: candidate.entry, score, state: stateOf(candidate), dealt, answers };
  });
  return { candidates, scoring, session, installed, content: content.get(scoring.paperId) ?? null };
}

function stateOf({ attendance, leases, ended }: Candidate): string {
  if (attendance === 'absent' || attendance === 'expected') return '缺考';
  if (attendance === 'refused') return '未准入场';
  if (leases.length === 0) return '未登录';
  return ended?.reason === 'violation' ? '违规待处理' : '正常';
}
