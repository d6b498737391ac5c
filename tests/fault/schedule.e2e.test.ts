// A short exam in which every kind of fault strikes once, most of them two at a time, with files to hand in and two seats in real
// browsers: the checker, which knows the notes of PCs, staff and driver and the bundle alone, finds nothing.

import t from 'tap';
import { SHORT_EXAM, SHORT_FAULTS } from './exam-shapes.js';
import { runExam } from './run-faults.js';
import { ALL_KINDS } from './schedule.js';

t.setTimeout(560_000);
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
      ...{ paper: 'practical', browsers: 2 },
      ...{ thinkMs: { least: 150, most: 700 }, keep: 'build/faults-of-ci' },
      say: (text) => t.comment(text),
    });
    t.strictSame(findings, []);
    t.comment(JSON.stringify(figures));
    t.ok((figures?.acknowledged ?? 0) > 100, `${figures?.acknowledged} acknowledged`);
    t.ok((figures?.inBrowsers ?? 0) > 10, `${figures?.inBrowsers} of them in real browsers`);
    t.ok((figures?.shownAsSaved ?? 0) > 2, `${figures?.shownAsSaved} answers shown as saved`);
    t.ok((figures?.filesAcknowledged ?? 0) > 10, `${figures?.filesAcknowledged} files acknowledged`);
    t.ok((figures?.filesInBundle ?? 0) > 5, `${figures?.filesInBundle} files in the bundle`);
    t.equal(figures?.swaps, 1, 'one candidate was moved');
    t.ok((figures?.serverStarts ?? 0) >= 5, `${figures?.serverStarts} starts of the server`);
  },
);
