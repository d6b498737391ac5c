// Several subjects of one plan, each written in a folder of its own, as one package: theory in the morning, practical in the
// afternoon, the same room, people and tickets.

import { isDeepStrictEqual } from 'node:util';
import { sharingFaults } from './shared-papers.js';
import { SourceError, type LoadedSource } from './source.js';

/** What has to be the same in every folder of a plan. */
const SHARED = [
  'org',
  'plan',
  'site',
  'room',
  'helpTelephone',
  'certificate',
  'seats',
  'staff',
  'policy',
] as const;

/**
 * One source of all sessions. Number, sequence and expiry of the package are those of the first folder.
 * @throws SourceError naming every difference between the folders
 */
export function mergeSources([first, ...others]: readonly [LoadedSource, ...LoadedSource[]]): LoadedSource {
  const problems: string[] = [];
  const merged: LoadedSource = {
    plan: { ...first.plan, sessions: [...first.plan.sessions] },
    roster: first.roster.map((entry) => ({ ...entry })),
    photos: new Map(first.photos),
    papers: new Map(first.papers),
    warnings: [...first.warnings],
  };
  for (const other of others) {
    for (const part of SHARED)
      if (!isDeepStrictEqual(first.plan[part], other.plan[part]))
        problems.push(`plan.json: ${part} 与第一个目录不同 / differs from that of the first folder`);
    addSessions(merged, other, problems);
    addPeople(merged, other, problems);
    addPapers(merged, other, problems);
    merged.warnings.push(...other.warnings.filter((line) => !merged.warnings.includes(line)));
  }
  problems.push(...sharingFaults(merged.plan));
  if (problems.length > 0) throw new SourceError(problems);
  return merged;
}

function addSessions({ plan }: LoadedSource, other: LoadedSource, problems: string[]): void {
  for (const session of other.plan.sessions) {
    if (plan.sessions.some(({ sessionId }) => sessionId === session.sessionId))
      problems.push(`plan.json: 场次重复 / two sessions are called ${session.sessionId}`);
    plan.sessions.push(session);
  }
}

function addPeople(merged: LoadedSource, other: LoadedSource, problems: string[]): void {
  for (const { sessions, ...person } of other.roster) {
    const known = merged.roster.find(({ candidateId }) => candidateId === person.candidateId);
    if (known === undefined) merged.roster.push({ ...person, sessions: [...sessions] });
    else {
      const { sessions: before, ...same } = known;
      if (!isDeepStrictEqual(same, person))
        problems.push(`roster.json: ${person.candidateId} 资料不一致 / is written differently`);
      known.sessions = [...before, ...sessions];
    }
  }
  for (const [candidateId, photo] of other.photos) {
    const known = merged.photos.get(candidateId);
    if (known !== undefined && !known.bytes.equals(photo.bytes))
      problems.push(`photos/: ${candidateId} 照片不一致 / has two photos`);
    merged.photos.set(candidateId, photo);
  }
}

/** One paper in two folders is one paper where it is the same to the last byte. */
function addPapers({ papers }: LoadedSource, other: LoadedSource, problems: string[]): void {
  const ids = new Set([...papers.values()].map(({ paper }) => paper.paperId));
  for (const [name, paper] of other.papers) {
    const known = papers.get(name);
    if (known === undefined ? ids.has(paper.paper.paperId) : !isDeepStrictEqual(known, paper))
      problems.push(`papers/${name}: 试卷重复 / two different papers have this name`);
    papers.set(name, paper);
  }
}
