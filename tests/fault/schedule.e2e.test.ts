// A short exam in which every kind of fault strikes once, most of them two at a time: the checker, which knows the notes of PCs,
// staff and driver and the bundle alone, finds nothing.

import t from 'tap';
import { SHORT_EXAM, SHORT_FAULTS } from './exam-shapes.js';
import { runExam } from './run-faults.js';
import { ALL_KINDS } from './schedule.js';

t.setTimeout(240_000);
// The kiosk says there what the room did not take; the notes have it.
const { warn } = console;
console.warn = () => undefined;
t.teardown(() => (console.warn = warn));

void t.test(
  'every kind of fault in one exam: nothing acknowledged is lost, every end is exact',
  async (t) => {
    const kinds = new Set(SHORT_FAULTS.map(({ kind }) => kind));
    t.strictSame(
      [...ALL_KINDS].filter((kind) => !kinds.has(kind) && kind !== 'extension'),
      [],
    );
    const { findings, figures } = await runExam({
      ...{ seed: 'every kind', exam: 1, shape: SHORT_EXAM, faults: SHORT_FAULTS },
      ...{ thinkMs: { least: 150, most: 700 }, keep: 'build/faults-of-ci' },
      say: (text) => t.comment(text),
    });
    t.strictSame(findings, []);
    t.comment(JSON.stringify(figures));
    t.ok((figures?.acknowledged ?? 0) > 100, `${figures?.acknowledged} acknowledged`);
    t.ok((figures?.serverStarts ?? 0) >= 5, `${figures?.serverStarts} starts of the server`);
  },
);
