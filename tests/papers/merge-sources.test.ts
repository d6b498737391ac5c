// Theory and practical of one plan, written in two folders, as one package.

import t from 'tap';
import { mergeSources } from '../../server/papers/merge-sources.js';
import { loadSource, SourceError, type LoadedSource } from '../../server/papers/source.js';

const theory = await loadSource('samples/theory');
const practical = await loadSource('samples/practical');

function faultsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof SourceError) return error.problems;
    throw error;
  }
  return [];
}

void t.test('the sample plan holds both: sessions, papers, and everybody in both', (t) => {
  const { plan, roster, papers } = mergeSources([theory, practical]);
  t.same(
    plan.sessions.map(({ sessionId, subject }) => [sessionId, subject.mode, subject.weight]),
    [
      ['theory-am', 'theory', 30],
      ['practical-pm', 'practical', 70],
    ],
  );
  t.equal(roster.length, 40);
  t.ok(roster.every(({ sessions }) => sessions.join() === 'theory-am,practical-pm'));
  t.same([...papers.keys()].sort(), ['practical-main', 'theory-main', 'theory-reserve']);
  t.equal(theory.plan.sessions.length, 1, 'what was read stays as it was');
  t.ok(theory.roster.every(({ sessions }) => sessions.join() === 'theory-am'));
  t.end();
});

void t.test('one folder alone is itself', (t) => {
  t.same(mergeSources([theory]).plan, theory.plan);
  t.end();
});

void t.test('folders that do not belong together are refused with every difference', (t) => {
  const [person] = practical.roster;
  if (person === undefined) return t.fail('a roster was expected');
  const other: LoadedSource = {
    ...practical,
    plan: {
      ...practical.plan,
      room: { ...practical.plan.room, name: '别的考场' },
      policy: { ...practical.plan.policy, lateCutOffMs: 1 },
      sessions: theory.plan.sessions,
    },
    roster: [{ ...person, name: '别的名字' }],
    photos: new Map([[person.candidateId, { bytes: Buffer.from('another face'), type: 'image/jpeg' }]]),
    papers: new Map([...theory.papers].map(([name, paper]) => [name, { ...paper, folder: 'elsewhere' }])),
  };
  const problems = faultsOf(() => mergeSources([theory, other])).join('\n');
  for (const part of [/room/, /policy/, /theory-am/, /c001.*资料/, /c001.*照片/, /theory-main/])
    t.match(problems, part);
  t.end();
});

void t.test('somebody who sits only one of the subjects stays on the roster', (t) => {
  const fewer = { ...practical, roster: practical.roster.slice(1) };
  const { roster } = mergeSources([theory, fewer]);
  t.same(roster.find(({ candidateId }) => candidateId === 'c001')?.sessions, ['theory-am']);
  const more = mergeSources([{ ...theory, roster: theory.roster.slice(1) }, practical]);
  t.same(more.roster.find(({ candidateId }) => candidateId === 'c001')?.sessions, ['practical-pm']);
  t.end();
});
