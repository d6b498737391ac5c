// What leaves as QTI 3.0 or as a spreadsheet comes back the same: made papers, and the sample papers.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { BankZip } from '../../server/bank/bank-zip.js';
import { withInner } from '../../server/bank/item-files.js';
import { readPaperFolder } from '../../server/bank/paper-folder.js';
import { readBank } from '../../server/bank/read-bank.js';
import { paperToQti } from '../../server/bank/to-qti.js';
import { paperToSpreadsheet } from '../../server/bank/to-spreadsheet.js';
import { madePaper } from './support/made-papers.js';

const nowhere = () => Promise.resolve(null);
const sample = (name: string) => readPaperFolder(join(process.cwd(), 'samples', 'theory', 'papers', name));

void t.test('any paper comes back from QTI 3.0 as it was, media byte by byte', async () => {
  await fc.assert(
    fc.asyncProperty(madePaper, async ({ paper, media }) => {
      const { bytes, findings } = await paperToQti(paper, media, { withKeys: true });
      const back = await readBank(bytes, 'paper.zip', nowhere);
      assert.deepEqual(findings.faults, []);
      assert.ok(findings.notes.every(({ code }) => code === 'qti-upload-one' || code === 'qti-words'));
      assert.deepEqual(back.findings.all, []);
      assert.deepEqual(back.paper, paper);
      assert.deepEqual([...back.media].sort(), [...media].sort());
    }),
    { numRuns: 100 },
  );
});

void t.test('any paper comes back from a spreadsheet, but for what the export named', async () => {
  await fc.assert(
    fc.asyncProperty(madePaper, async ({ paper, media }) => {
      const { bytes, findings } = await paperToSpreadsheet(paper);
      const back = await readBank(bytes, 'paper.xlsx', (name) => Promise.resolve(media.get(name) ?? null));
      assert.deepEqual(findings.all, [], 'the template has a place for all of it');
      assert.deepEqual(back.findings.faults, []);
      assert.deepEqual(back.paper, paper);
    }),
    { numRuns: 60 },
  );
});

for (const name of ['theory-main', 'theory-reserve']) {
  void t.test(`${name} comes back from both`, async (t) => {
    const { paper, media } = await sample(name);
    const qti = await paperToQti(paper, media, { withKeys: true });
    t.strictSame((await readBank(qti.bytes, 'x.zip', nowhere)).paper, paper);
    const sheet = await paperToSpreadsheet(paper);
    t.strictSame(sheet.findings.all, []);
    const back = await readBank(sheet.bytes, 'x.xlsx', (file) => Promise.resolve(media.get(file) ?? null));
    t.strictSame(back.paper, paper);
    t.strictSame(back.findings.faults, []);
  });
}

void t.test('a package without keys holds no key in any form, and no item comes back', async (t) => {
  const { paper, media } = await sample('theory-main');
  const { bytes } = await paperToQti(paper, media, { withKeys: false });
  const zip = await BankZip.open(bytes);
  const items = paper.sections.flatMap((section) => section.items);
  for (const path of zip.paths.filter((one) => one.endsWith('.xml'))) {
    const text = (await zip.read(path))?.toString('utf8') ?? '';
    assert.doesNotMatch(text, /correct|map-entry|mapping|response-processing|pointsWhenMissing/i, path);
    const item = items.find(({ itemId }) => text.includes(`identifier="${itemId}" title=`));
    if (item?.type === 'fill-in')
      for (const { accept } of item.blanks) assert.ok(!text.includes(`"${accept[0]}"`), path);
  }
  const back = await readBank(bytes, 'x.zip', nowhere);
  t.equal(back.taken, 0);
  t.ok(back.findings.faults.every(({ code }) => code === 'qti-no-key' || code === 'no-item'));
});

void t.test('a practical package without keys holds nothing that people mark by', async (t) => {
  const { paper, media } = await readPaperFolder(
    join(process.cwd(), 'samples', 'practical', 'papers', 'practical-main'),
  );
  const { bytes } = await paperToQti(paper, media, { withKeys: false });
  const zip = await BankZip.open(bytes);
  const items = paper.sections.flatMap((section) => section.items.flatMap(withInner));
  const secrets = items.flatMap((item) =>
    'marking' in item
      ? [
          item.marking.reference.replace(/<[^>]*>/g, '').slice(0, 12),
          ...item.marking.rubric.map(({ what }) => what),
        ]
      : [],
  );
  t.ok(secrets.length > 20);
  for (const path of zip.paths.filter((one) => one.endsWith('.xml'))) {
    const text = String(await zip.read(path));
    for (const secret of secrets) assert.ok(!text.includes(secret), `${path}: ${secret}`);
    assert.doesNotMatch(text, /scorer|kaochang-(reference|rubric|points)|marking/, path);
  }
  const back = await readBank(bytes, 'x.zip', nowhere);
  t.equal(back.taken, 0);
  t.strictSame(
    new Set(back.findings.faults.map(({ code }) => code)),
    new Set(['qti-no-key', 'qti-case-part', 'no-item']),
  );
});

void t.test('the same paper gives the same bytes', async (t) => {
  const { paper, media } = await sample('theory-main');
  const [one, other] = [
    await paperToQti(paper, media, { withKeys: true }),
    await paperToQti(paper, media, { withKeys: true }),
  ];
  t.ok(one.bytes.equals(other.bytes));
});
