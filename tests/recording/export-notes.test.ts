// What the command tells the room of its exports: notes that survive anything, and a room that journals each once.

import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { notesIn, readNote, writeNote, type ExportNote } from '../../server/recording/export-notes.js';

const note = (more: Partial<ExportNote> = {}): ExportNote => ({
  ...{ exportId: randomUUID(), sessionId: 'am', target: '/media/usb', begunAt: 1, heardAt: 2, end: null },
  ...more,
});
const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const notes = fc
  .record({
    exportId: fc.uuid(),
    sessionId: fc.string({ minLength: 1, maxLength: 200 }),
    target: fc.string({ minLength: 1, maxLength: 500 }),
    begunAt: fc.nat(),
    heardAt: fc.nat(),
    end: fc.option(
      fc.record({
        at: fc.nat(),
        outcome: fc.constantFrom('done', 'failed', 'cancelled', 'interrupted'),
        reason: fc.option(
          fc.record({
            code: fc.constantFrom('no-space', 'failed'),
            zh: fc.string(),
            en: fc.string(),
          }),
        ),
        what: fc.option(
          fc.record({
            ...{ manifestHash: hash, files: fc.nat(), bytes: fc.nat(), lacking: fc.nat() },
            readFrom: fc.constantFrom('medium', 'cache'),
          }),
        ),
      }),
    ),
  })
  .map((one) => one as ExportNote);

void t.test('a note that was written is read again, whatever it says', async () => {
  await fc.assert(
    fc.asyncProperty(notes, async (one) => {
      const folder = join(mkdtempSync(join(tmpdir(), 'kaochang-notes-')), 'notes');
      await writeNote(folder, one);
      const [read, ...others] = await notesIn(folder);
      t.same([read, others], [one, []]);
    }),
    { numRuns: 50 },
  );
});

void t.test('whatever else lies there is no note', async (t) => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readNote(text) === null));
  fc.assert(
    fc.property(notes, fc.string({ minLength: 1 }), (one, name) => {
      const known = ['exportId', 'sessionId', 'target', 'begunAt', 'heardAt', 'end'];
      return known.includes(name) || readNote(JSON.stringify({ ...one, [name]: 1 })) === null;
    }),
  );
  const folder = t.testdir({});
  const one = note();
  mkdirSync(join(folder, `${randomUUID()}.json`));
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(one));
  writeFileSync(join(folder, `${one.exportId}.json.partial`), JSON.stringify(one));
  writeFileSync(join(folder, `${randomUUID()}.json`), Buffer.alloc(20_000, 32));
  t.same(await notesIn(folder), [], 'another name, half a note, a folder, a heap of bytes');
  t.same(await notesIn(join(folder, 'nowhere')), []);
  await writeNote(folder, one);
  t.equal(readdirSync(folder).includes(`${one.exportId}.json`), true);
  t.same(await notesIn(folder), [one]);
});
