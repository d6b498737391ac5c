// What both scorers, and a review, start from: bundles that hold, the package's keys, everybody on the rosters, and the marks
// that people gave.

import type { BundleReport } from '../../server/bundle/verify.js';
import type { Bag } from '../../server/bundle/verify-zip.js';
import { readPrivateKeys, readPublicKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import type {
  AnswerValue,
  Candidate,
  InstalledPackage,
  RosterEntry,
  Session,
  State,
} from '../../server/core/types.js';
import { openForOrg } from '../../server/papers/open-scoring.js';
import {
  checkMarks,
  tasksOf,
  type CheckedMarks,
  type MarkingTask,
} from '../../server/papers/scoring/marks.js';
import { isEmpty, scoreCandidate, type CandidateScore } from '../../server/papers/scoring/score.js';
import type { ScoringPart } from '../../server/protocol/package.js';
import type { PaperContent } from '../../server/protocol/seat.js';
import { readBundle } from './bundle.js';
import { lostFilesOf, type LostFile } from './lost-files.js';
import { readMarkingSheet } from './marking-sheet.js';

export interface ScoreOptions {
  bundle: string;
  /** Bundles of the plan's other subjects. */
  also?: string[];
  /** Where subjects come in packages of their own, each of them. */
  package: string | string[];
  orgKey: string;
  /** Public keys of the rooms. */
  trust: string[];
  /** Marking sheet that came back. */
  marks?: string;
}

interface SeatedPerson {
  entry: RosterEntry;
  /** 考试状态 */
  state: string;
  sat: boolean;
  dealt: string[];
  answers: Record<string, AnswerValue>;
  /** What people mark. */
  tasks: MarkingTask[];
  /** What the room had taken from this person and is not in the bundle. */
  lost: LostFile[];
}

/** One bundle, opened by the organisation. */
export interface Subject {
  people: SeatedPerson[];
  scoring: ScoringPart;
  session: Session;
  installed: InstalledPackage;
  content: PaperContent | null;
}

export interface ScoredCandidate extends SeatedPerson {
  /** Null for who did not sit the exam. */
  score: CandidateScore | null;
  /** What people gave, by item; never for an item whose file is lost: nobody has seen all of it. */
  marks: ReadonlyMap<string, number>;
}

export interface ScoredSubject extends Omit<Subject, 'people'> {
  candidates: ScoredCandidate[];
}

/**
 * Opens and scores all bundles. A bundle that lacks nothing but files which the room itself had lost is read all the same: what
 * they belong to stays pending.
 * @param use goes on reading the first bundle, while it is open
 * @throws Error when one does not hold, or they, the package or the marks do not fit
 */
export async function scoredSubjects(
  options: ScoreOptions,
  use?: (bag: Bag, session: Session) => Promise<void>,
): Promise<[ScoredSubject, ...ScoredSubject[]]> {
  const { bundle, also = [], marks: file } = options;
  const first = await openSubject(options, bundle, use);
  const others: Subject[] = [];
  for (const other of also) others.push(await openSubject(options, other));
  const tasks = [first, ...others].flatMap(({ people }) => people.flatMap((person) => person.tasks));
  const marks = file === undefined ? new Map<string, number>() : await readMarks(file, tasks);
  return [scored(first, marks), ...others.map((subject) => scored(subject, marks))];
}

async function readMarks(file: string, tasks: readonly MarkingTask[]): Promise<CheckedMarks['marks']> {
  const { marks, faults } = checkMarks(tasks, await readMarkingSheet(file));
  if (faults.length > 0)
    throw new Error(
      `评卷表有 ${faults.length} 处问题 / problems in the marking sheet:\n${faults.map((line) => `  ${line}`).join('\n')}`,
    );
  return marks;
}

async function openSubject(
  { package: packageFiles, orgKey, trust }: ScoreOptions,
  bundle: string,
  use?: (bag: Bag, session: Session) => Promise<void>,
): Promise<Subject> {
  const org = await readPrivateKeys(orgKey);
  const keys = await Promise.all(trust.map(readPublicKeys));
  const { report, state, lost } = await readBundle(bundle, keys, orgKey, async (read) => {
    const held = holds(read.report) && read.state !== null ? heldSession(read.state) : undefined;
    if (read.bag !== null && held !== undefined) await use?.(read.bag, held);
  });
  if (!holds(report) || state === null)
    throw new Error(
      `成绩包未通过核验 / the bundle does not hold: ${report.problems.map(({ fault, where }) => `${fault} ${where}`).join('; ')}`,
    );
  const installed = state.package;
  const session = heldSession(state);
  if (installed === null || session === undefined) throw new Error('The bundle has no collected session');
  const { scoring: parts, content } = await packageOf([packageFiles].flat(), installed.manifestHash, org);
  const scoring = parts.get(session.paper?.paperId ?? '');
  if (scoring === undefined) throw new Error('The package has no key for the paper');
  const people = Object.values(session.candidates).map((candidate) => seated(candidate, scoring, lost));
  return { people, scoring, session, installed, content: content.get(scoring.paperId) ?? null };
}

/** Whether all that is there can be believed; one lost file keeps nobody else's results back. */
function holds({ problems }: BundleReport): boolean {
  return problems.every(({ fault }) => fault === 'file-lost');
}

/** The session that the bundle is of. */
function heldSession({ sessions }: State): Session | undefined {
  return Object.values(sessions).find(({ collectedAt, wiped }) => collectedAt !== null && wiped === null);
}

/** @throws Error where no package is the one of the bundle */
async function packageOf(files: readonly string[], manifestHash: string, org: PrivateKeys) {
  for (const file of files) {
    const opened = await openForOrg(file, org, { trust: [org.public], serverVersion: '999.0.0' });
    if (opened.checked.manifestHash === manifestHash) return opened;
  }
  throw new Error('考试包与成绩包不匹配 / the package is not the one of the bundle');
}

function seated(candidate: Candidate, scoring: ScoringPart, lost: ReadonlySet<string>): SeatedPerson {
  const dealt = candidate.order?.sections.flatMap(({ items }) => items.map(({ itemId }) => itemId)) ?? [];
  const answers = Object.fromEntries(
    Object.entries(candidate.answers).map(([itemId, { value }]) => [itemId, value]),
  );
  const sat = candidate.attendance === 'admitted' && candidate.leases.length > 0;
  const written = new Set(dealt.filter((itemId) => !isEmpty(answers[itemId] ?? { text: '' })));
  const tasks = sat ? tasksOf(scoring, candidate.entry.candidateId, written) : [];
  return {
    entry: candidate.entry,
    state: stateOf(candidate),
    sat,
    dealt,
    answers,
    tasks,
    lost: lostFilesOf(candidate, lost),
  };
}

function scored({ people, ...subject }: Subject, marks: CheckedMarks['marks']): ScoredSubject {
  const candidates = people.map((person): ScoredCandidate => {
    const isLost = (itemId: string) => person.lost.some((file) => file.itemId === itemId && file.counts);
    const own = new Map(
      person.tasks.flatMap(({ itemId, code }) => {
        const points = marks.get(code);
        return points === undefined || isLost(itemId) ? [] : [[itemId, points] as const];
      }),
    );
    const score = person.sat ? scoreCandidate(subject.scoring, person.dealt, person.answers, own) : null;
    return { ...person, score, marks: own };
  });
  return { ...subject, candidates };
}

function stateOf({ attendance, leases, ended }: Candidate): string {
  if (attendance === 'absent' || attendance === 'expected') return '缺考';
  if (attendance === 'refused') return '未准入场';
  if (leases.length === 0) return '未登录';
  return ended?.reason === 'violation' ? '违规待处理' : '正常';
}
