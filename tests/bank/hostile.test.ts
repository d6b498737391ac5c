// Outside files that mean harm, or are broken: each ends in a named refusal or in findings, never in anything else.

import { deflateRawSync, crc32 } from 'node:zlib';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { BankZip, isSafeZipPath, resolveInZip } from '../../server/bank/bank-zip.js';
import { BankRefusal } from '../../server/bank/findings.js';
import { readPaperFolder, writePaperFolder } from '../../server/bank/paper-folder.js';
import { readBank, readBankFile } from '../../server/bank/read-bank.js';
import { paperToQti } from '../../server/bank/to-qti.js';
import { paperToSpreadsheet } from '../../server/bank/to-spreadsheet.js';
import {
  bankOf,
  HEADINGS,
  qti21Item,
  qti21Package,
  sheetRows,
  workbookParts,
  zipOf,
  zipRenamed,
} from './support/made-files.js';

const nowhere = () => Promise.resolve(null);
const read = (bytes: Buffer) => readBank(bytes, 'bank', nowhere);
const good = ['单选题', '题干', '甲', '乙', '丙', '丁', 'A', '1'];

async function refusal(bytes: Buffer): Promise<string> {
  try {
    await read(bytes);
  } catch (error) {
    if (error instanceof BankRefusal) return error.code;
    throw error;
  }
  return 'taken';
}

/** What is put in the place of what: numbers out of bounds, other types, references to nowhere. */
const SWAPS: readonly (readonly [string, string])[] = [
  ['"1"', '"-1"'],
  ['"2"', '"99999999999"'],
  ['"s"', '"n"'],
  ['"0"', '"NaN"'],
  ['r="', 'r="ZZZ'],
  ['ref="', 'ref="A1:XFD1048576" was="'],
  ['<v>', '<v>9e999'],
  ['<t', '<t xml:space="default"'],
  ['identifier="', 'identifier="__proto__'],
  ['href="', 'href="../../'],
  ['Target="', 'Target="/'],
  ['</', '<!-- --></'],
  ['qti-', 'qti-x'],
  ['qti-value', 'qti-prompt'],
  ['row', 'col'],
  ['<c ', '<c t="d" s="999" '],
  ['from>', 'to>'],
  ['select="', 'select="0'],
  ['RESPONSE', 'RESPONSE_2'],
  ['&quot;', '&#34;&#34;'],
  ['case', 'single'],
  ['essay', 'case'],
  ['files', '__proto__'],
  ['stimuli/', 'items/'],
  ['span', 'qti-media-interaction'],
  ['20971520', '1e99'],
  ['sales.xlsx', '../sales.exe'],
];

async function partsOf(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await BankZip.open(bytes);
  const parts = new Map<string, Buffer>();
  for (const path of zip.paths) parts.set(path, (await zip.read(path)) ?? Buffer.alloc(0));
  return parts;
}

void t.test('files that are no bank say what they are', async (t) => {
  t.equal(await refusal(Buffer.alloc(0)), 'file-kind');
  t.equal(await refusal(Buffer.from('<html><table><tr><td>题干</td></tr></table></html>')), 'file-kind');
  t.equal(await refusal(Buffer.from('题干,答案\n')), 'file-kind');
  t.equal(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex')), 'book-bad');
  t.equal(await refusal(Buffer.from('504b0304', 'hex')), 'zip-damaged');
  t.equal(await refusal(await zipOf({ 'a.txt': 'x' })), 'qti-no-manifest');
  t.equal(await refusal(await zipOf({ '[Content_Types].xml': '<a/>' })), 'file-kind');
  await t.rejects(readBankFile('/nowhere/bank.xlsx'), { code: 'file-missing' });
});

void t.test('[bomb] an entry that declares or unpacks to too much is not unpacked', async (t) => {
  const large = 65 * 1024 * 1024;
  t.equal(await refusal(storedEntry('imsmanifest.xml', Buffer.alloc(1000), large)), 'zip-limit');
  const zeros = Buffer.alloc(20 * 1024 * 1024);
  t.equal(await refusal(deflatedEntry('imsmanifest.xml', zeros, 100)), 'zip-damaged', 'longer than declared');
});

void t.test('names that leave the package', async (t) => {
  const parts = { 'imsmanifest.xml': '<manifest/>', 'aaaaaaa.xml': 'x' };
  for (const name of ['../../a.xml', '/aaaaaa.xml', 'C:/aaaa.xml', 'a/../aa.xml', '..\\..\\a.xml'])
    t.match(await refusal(await zipRenamed(parts, 'aaaaaaa.xml', name)), /^zip-(name|damaged)$/, name);
  t.equal(
    await refusal(await zipRenamed({ ...parts, 'aaaaaab.xml': 'y' }, 'aaaaaab.xml', 'aaaaaaa.xml')),
    'zip-twice',
  );
  for (const path of ['..', '../a', 'a/..', '/a', 'c:a', 'a\\b', 'a\u0000b', './a', ''])
    t.notOk(isSafeZipPath(path), path);
  t.equal(resolveInZip('a/b.xml', '../c.png'), 'c.png');
  t.equal(resolveInZip('a/b.xml', '../../c.png'), null);
  for (const outside of [
    'http://x/y.png',
    '//x/y.png',
    'file:///etc/passwd',
    'data:image/png;base64,AA',
    '%2e%2e/%2e%2e/x',
  ])
    t.equal(resolveInZip('a/b.xml', outside), null, outside);
});

void t.test('[XML] no DTD, no entities, no depth, no half documents', async (t) => {
  const manifest = (head: string, inside = '') =>
    zipOf({ 'imsmanifest.xml': `<?xml version="1.0"?>${head}<manifest>${inside}</manifest>` });
  const laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>';
  t.equal(await refusal(await manifest(laughs, '&y;')), 'xml-dtd');
  t.equal(await refusal(await manifest('<!DOCTYPE a SYSTEM "file:///etc/passwd">')), 'xml-dtd');
  t.equal(await refusal(await manifest('', '&nbsp;')), 'xml-bad');
  t.equal(await refusal(await manifest('', '<a>'.repeat(300) + '</a>'.repeat(300))), 'xml-limit');
  t.equal(await refusal(await manifest('', '<a>')), 'xml-bad');
  t.equal(await refusal(await manifest('', '<p:a/>')), 'xml-bad');
  const sheet = (text: string) => zipOf(workbookParts('', { 'xl/worksheets/sheet1.xml': text }));
  t.equal(await refusal(await sheet('<!DOCTYPE x><worksheet/>')), 'xml-dtd');
  t.equal(await refusal(await sheet('')), 'xml-bad');
});

void t.test('a huge sheet is read to its limit, and the rest is named', async (t) => {
  const head = sheetRows([[...HEADINGS]]);
  const empty = Array.from(
    { length: 60_000 },
    (_, n) => `<row r="${n + 2}"><c r="A${n + 2}" s="1"/></row>`,
  ).join('');
  const far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>';
  const found = await read(await zipOf(workbookParts(head + empty + far)));
  t.ok(found.findings.faults.some(({ code }) => code === 'sheet-too-large'));
  t.equal(found.taken, 0);
});

void t.test('one unsound item does not take the others with it', async (t) => {
  const bytes = await qti21Package({
    a: qti21Item({ id: 'a' }),
    b: '<!DOCTYPE x><assessmentItem/>',
    c: '<assessmentItem',
    d: qti21Item({ id: 'd' }),
  });
  const { taken, findings } = await read(bytes);
  t.equal(taken, 2);
  t.strictSame(
    findings.faults.map(({ where, code }) => [where, code]),
    [
      ['items/b.xml', 'xml-dtd'],
      ['items/c.xml', 'xml-bad'],
    ],
  );
});

void t.test('pictures beside the bank: by bare name only, never out of the folder', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bank-'));
  mkdirSync(join(folder, 'bank'));
  const png = await readFile(join(process.cwd(), 'samples', 'bank', 'shop-day.png'));
  writeFileSync(join(folder, 'secret.png'), png);
  writeFileSync(join(folder, 'bank', 'Own.PNG'), png);
  const head = [...HEADINGS, '图片'];
  const rows = ['../secret.png', '..', '/etc/passwd', 'C:\\a.png', 'own', '没有.png'].map((name, index) => [
    ...good.slice(0, 1),
    `第 ${index} 题`,
    ...good.slice(2),
    name,
  ]);
  const file = join(folder, 'bank', 'bank.xlsx');
  writeFileSync(file, await bankOf([head, ...rows]));
  const { taken, findings, media } = await readBankFile(file);
  t.equal(taken, 1, 'the one that lies beside it, whatever its ending');
  t.strictSame(
    findings.faults.map(({ code }) => code),
    ['picture-name', 'picture-name', 'picture-name', 'picture-name', 'picture-missing'],
  );
  t.strictSame([...media.keys()].length, 1);
});

void t.test('a paper folder that holds anything is not written over', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'paper-'));
  const { paper, media } = await readPaperFolder(join(process.cwd(), 'samples/theory/papers/theory-main'));
  writeFileSync(join(folder, 'x'), 'x');
  await t.rejects(writePaperFolder(folder, paper, media), /不为空/);
  await t.rejects(writePaperFolder(join(folder, 'new'), paper, new Map([['../out.png', Buffer.alloc(1)]])));
  symlinkSync('/nowhere', join(folder, 'link'));
});

void t.test('[property] bytes of any kind end in findings or in a named refusal', async (t) => {
  const xlsx = await readFile(join(process.cwd(), 'samples/bank/messy.xlsx'));
  const { paper } = await readPaperFolder(join(process.cwd(), 'samples/theory/papers/theory-reserve'));
  const { bytes: qti } = await paperToQti(paper, new Map(), { withKeys: true });
  const seeds = [xlsx, qti];
  const broken = fc
    .record({
      seed: fc.constantFrom(...seeds),
      changes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 30,
      }),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ seed, changes, cut }) => {
      const bytes = Buffer.from(seed);
      for (const [at, value] of changes) bytes[Math.floor(at * (bytes.length - 1))] = value;
      return cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length));
    });
  await fc.assert(
    fc.asyncProperty(fc.oneof(broken, fc.uint8Array({ maxLength: 300 }).map(Buffer.from)), async (bytes) => {
      await refusal(bytes);
    }),
    { numRuns: 250 },
  );
  t.pass('nothing else was thrown');
});

void t.test('[property] sound zips with parts that were tampered with end the same way', async (t) => {
  const { paper } = await readPaperFolder(join(process.cwd(), 'samples/theory/papers/theory-reserve'));
  const { bytes: qti } = await paperToQti(paper, new Map(), { withKeys: true });
  const xlsx = await readFile(join(process.cwd(), 'samples/bank/messy.xlsx'));
  const practical = await readPaperFolder(join(process.cwd(), 'samples/practical/papers/practical-main'));
  const cases = [
    (await paperToQti(practical.paper, practical.media, { withKeys: true })).bytes,
    (await paperToSpreadsheet(practical.paper)).bytes,
  ];
  const seeds = await Promise.all([xlsx, qti, ...cases].map(partsOf));
  const tampered = fc.record({
    seed: fc.constantFrom(...seeds),
    part: fc.nat(),
    swaps: fc.array(fc.tuple(fc.constantFrom(...SWAPS), fc.nat(40)), { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(tampered, async ({ seed, part, swaps }) => {
      const texts = [...seed].filter(([path]) => /(xml|rels)$/.test(path));
      const [path, content] = texts[part % texts.length] ?? ['', Buffer.alloc(0)];
      let text = content.toString('utf8');
      for (const [[from, to], nth] of swaps) {
        let seen = 0;
        text = text.replaceAll(from, (found) => (seen++ === nth || nth > 30 ? to : found));
      }
      await refusal(await zipOf({ ...Object.fromEntries(seed), [path]: text }));
    }),
    { numRuns: 120 },
  );
  t.pass('nothing else was thrown');
});

void t.test('[property] a tampered .xls ends the same way, even where its reader crashes', async (t) => {
  const xls = await readFile(join(process.cwd(), 'samples/bank/messy-libreoffice.xls'));
  const tampered = fc
    .array(fc.tuple(fc.nat(xls.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 })
    .map((changes) => {
      const bytes = Buffer.from(xls);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  await fc.assert(
    fc.asyncProperty(tampered, async (bytes) => {
      await refusal(bytes);
    }),
    { numRuns: 15 },
  );
  // A chain of sectors that runs in a circle.
  const circle = Buffer.from(xls);
  const table = (circle.readUInt32LE(76) + 1) * 512;
  for (let at = 0; at < 512; at += 4) circle.writeUInt32LE(1, table + at);
  t.equal(await refusal(circle), 'book-bad');
});

void t.test(
  '[property] cells and item bodies of any text end in findings or in a named refusal',
  async (t) => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('____；|', 'A、B', 'HTML:<p>', '【图1】', '单选题', '1'),
    );
    // Letters that XML cannot hold are for the test above.
    const sound = cell.map((text) =>
      [...text].filter((letter) => letter >= ' ' && letter < '\ufffe').join(''),
    );
    const type = fc.constantFrom('单选题', '多选题', '判断题', '填空题');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(type, sound, sound, sound, sound, sound, sound, sound), { maxLength: 4 }),
        async (rows) => {
          await refusal(await bankOf([[...HEADINGS], ...rows]));
        },
      ),
      { numRuns: 150 },
    );
    const markup = fc
      .array(
        fc.constantFrom(
          '<p>',
          '</p>',
          '<b>',
          '</b>',
          '<table><tr><td>',
          '</td></tr></table>',
          '<br/>',
          '文',
          '<textEntryInteraction responseIdentifier="RESPONSE"/>',
          '<img src="x.png"/>',
          '<math/>',
          '<div>',
          '</div>',
          '&amp;',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(markup, async (body) => {
        await refusal(await qti21Package({ a: qti21Item({ body }) }));
      }),
      { numRuns: 150 },
    );
    t.pass('nothing else was thrown');
  },
);

/** A zip of one entry written byte by byte, with the sizes that the caller wants it to declare. */
function entryZip(name: string, content: Buffer, method: number, declared: number, crc: number): Buffer {
  const file = Buffer.from(name);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(content.length, 14);
  fields.writeUInt32LE(declared, 18);
  fields.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, file, content]);
  const central = Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, Buffer.alloc(14), file]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

function storedEntry(name: string, content: Buffer, declared: number): Buffer {
  return entryZip(name, content, 8, declared, 0);
}

function deflatedEntry(name: string, content: Buffer, declared: number): Buffer {
  return entryZip(name, deflateRawSync(content), 8, declared, crc32(content));
}
