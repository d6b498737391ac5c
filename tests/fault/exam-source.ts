// The papers of exams with faults: the small exam with texts to be written over and over, and the sample practical paper with files
// to be handed in, each with items of every other kind beside them.

import { join } from 'node:path';
import { loadSource, type LoadedSource } from '../../server/papers/source.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import { smallSource, type SmallExamOptions } from '../support/small-exam.js';

export type PaperKind = 'theory' | 'practical';

/** Texts beside the small exam's own items: what is written over and over is what gets lost. */
const TEXTS: ItemSource[] = [1, 2].map((n) => ({
  ...{ itemId: `t${n}`, type: 'essay', points: 5, stem: `<p>论述 ${n}</p>`, maxLength: 2_000 },
  marking: { reference: '<p>要点</p>', rubric: [{ what: '论点', points: 5 }] },
}));

/** @throws SourceError where the sample paper is not as it should be */
export async function examSource(kind: PaperKind, options: SmallExamOptions): Promise<LoadedSource> {
  if (kind === 'theory') return smallSource({ ...options, more: TEXTS });
  const source = smallSource(options);
  const main = source.papers.get('main');
  const [session] = source.plan.sessions;
  const [practical] = (await loadSource(join('samples', 'practical'))).papers.values();
  if (main === undefined || session === undefined || practical === undefined)
    throw new Error('An exam without a paper');
  session.subject.mode = 'practical';
  source.papers.set('main', {
    ...practical,
    paper: {
      ...practical.paper,
      paperId: main.paper.paperId,
      sections: [...practical.paper.sections, ...main.paper.sections],
    },
  });
  return source;
}
