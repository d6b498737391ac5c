// Files that candidates handed in, from the disk of the room to the organisation: byte by byte in the bundle, named by their
// hashes, checked by a reader who builds nothing, gone from the room with the wipe.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import t from 'tap';
import { bundleVerify, receipt } from '../../scripts/commands/bundle.js';
import { reviewBundle } from '../../scripts/commands/review.js';
import { rescoreBundle, scoreBundle } from '../../scripts/commands/score.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { readReceipt } from '../../server/bundle/receipt.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import type { HandedInFile } from '../../server/core/types.js';
import { dataPaths } from '../../server/data-folder.js';
import { openWith } from '../../server/keys/age-box.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import { beginSession, must, openEngine, pc, preparedData } from '../support/direct-session.js';
import { filesOf, readBag, zipOf } from '../support/read-bag.js';
import { SESSION } from '../support/small-exam.js';

t.setTimeout(560_000);

const marking = { reference: '<p>略</p>', rubric: [{ what: '完整', points: 10 }] };
const files = { maxCount: 2, maxBytes: 2 ** 20, types: ['xlsx', 'txt'] };
const MORE: ItemSource[] = [
  { itemId: 'f1', type: 'file-upload', points: 10, stem: '<p>上交表格</p>', files, marking },
  { itemId: 'e1', type: 'essay', points: 10, stem: '<p>分析</p>', maxLength: 200, marking },
];

const folder = await preparedData({ candidates: 3, more: MORE });
const { data, exam } = folder;
const engine = await openEngine(data);
t.teardown(async () => {
  await engine.stop();
  folder.remove();
});
await beginSession(engine, exam);

const sentinel = Buffer.from('哨兵表格：华东区销售额'.repeat(200));
const table = randomBytes(300_000);
const fileOf = (bytes: Buffer, name: string): HandedInFile => ({
  fileHash: createHash('sha256').update(bytes).digest('hex'),
  ...{ size: bytes.length, name, type: '' },
});

function save(candidateId: string, seatId: string, itemId: string, rev: number, value: object): void {
  const answer = { itemId, rev, value, marked: false, madeAt: engine.room.now() };
  pc(engine, seatId, { type: 'save-answer', candidateId, lease: 1, ...answer } as never);
}

async function handIn(candidateId: string, seatId: string, bytes: Buffer, file: HandedInFile): Promise<void> {
  const place = { sessionId: SESSION, candidateId, fileHash: file.fileHash };
  await engine.files.begin(place, bytes.length);
  async function* once() {
    yield bytes;
  }
  await engine.files.append(place, 0, once());
  if (!(await engine.files.isWhole(place))) throw new Error('not whole');
  const { fileHash, size } = file;
  pc(engine, seatId, { type: 'receive-file', candidateId, lease: 1, fileHash, bytes: size });
}

const sheet = fileOf(table, '销售 分析.xlsx');
const note = fileOf(sentinel, 'note.txt');
const draft = randomBytes(100);
const old = fileOf(draft, 'old.txt');
save('c1', 's01', 'f1', 1, { files: [old] });
await handIn('c1', 's01', draft, old);
save('c1', 's01', 'f1', 2, { files: [sheet, note] });
save('c1', 's01', 'e1', 1, { text: '分析 <一>' });
await handIn('c1', 's01', table, sheet);
await handIn('c1', 's01', sentinel, note);
save('c2', 's02', 'f1', 1, { files: [sheet] });
await handIn('c2', 's02', table, sheet);
save('c3', 's03', 'f1', 1, { files: [note] });

const filesBelow = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name)));
const isReadable = filesBelow(data).some((bytes) => bytes.includes(sentinel.subarray(0, 60)));

const { room } = engine;
const by = { kind: 'staff', staffId: 'chief', station: 'test' } as const;
must(engine, { type: 'end-session', sessionId: SESSION, reason: '全部交卷', by });
for (const [candidateId, seatId] of [
  ['c1', 's01'],
  ['c2', 's02'],
] as const)
  pc(engine, seatId, { type: 'confirm-nothing-unsent', candidateId, lease: 1 });
const lagging = room.handle({
  ...{ type: 'confirm-nothing-unsent', candidateId: 'c3', lease: 1 },
  by: { kind: 'seat', seatId: 's03', pcId: 'pc-s03' },
});
const collect = { type: 'collect-session', sessionId: SESSION, by } as const;
const refused = room.handle({ ...collect, withoutSeats: [], reason: null });
must(engine, { ...collect, withoutSeats: ['s03'], reason: '文件已损坏' });
await engine.results.buildBundle(SESSION);
const sealedFile = new BundleFiles(data).sealed(SESSION);
const sealed = readFileSync(sealedFile);
const envelope = readFileSync(sealedFile + STATEMENT_SUFFIX);
const trust = [exam.room.public];
const whole = await verifyBundle({ file: sealed, envelope, trust, identity: exam.org.identity });
const inside = await filesOf(whole.bag);
const bag = await openWith(exam.org.identity, sealed);
const path = (n: number, file: HandedInFile) =>
  `data/candidates/9900002026070000000000000${n}/files/${file.fileHash}.${file.name.split('.').at(-1)}`;

const orgKey = join(exam.folder, 'org.key');
const roomPub = join(exam.folder, 'room.pub');
const opened = { bundle: sealedFile, package: [exam.file], orgKey, trust: [roomPub] };
writeFileSync(orgKey, JSON.stringify(exam.org));
writeFileSync(roomPub, JSON.stringify(exam.room.public));
const ticket = (n: number) => `9900002026070000000000000${n}`;

void t.test('nothing on the disk shows what was handed in', async (t) => {
  t.equal(isReadable, false);
});

void t.test('whose file never came lags, and is collected without it', async (t) => {
  t.equal(lagging.refusal?.code, 'files-missing');
  t.equal(refused.refusal?.code, 'still-unsent');
});

void t.test('the bundle holds what was handed in, byte by byte', async (t) => {
  t.match(whole.report, { ok: true, depth: 'all', files: 3, problems: [] });
  t.ok(inside.get(path(1, sheet))?.equals(table));
  t.ok(inside.get(path(1, note))?.equals(sentinel));
  t.ok(inside.get(path(2, sheet))?.equals(table), 'each candidate’s own');
  const paths = [...inside.keys()].filter((one) => one.includes('/files/'));
  t.equal(paths.length, 3, 'what was replaced, and what never came, is not in it');
  t.notOk(sealed.includes(sentinel.subarray(0, 60)));
});

void t.test('results refer to files and carry texts', async (t) => {
  const xml = (n: number) =>
    inside.get(`data/candidates/9900002026070000000000000${n}/result.xml`)?.toString('utf8') ?? '';
  t.match(xml(1), `baseType="file">`);
  t.match(xml(1), `<value>files/${sheet.fileHash}.xlsx</value>`);
  t.match(xml(1), `<value>files/${note.fileHash}.txt</value>`);
  t.match(xml(1), '<value>分析 &lt;一&gt;</value>');
  const answers = JSON.parse(
    inside.get('data/candidates/99000020260700000000000003/answers.json')?.toString('utf8') ?? '{}',
  ) as { answers: Record<string, { value: unknown }>; files?: object };
  t.same(answers.answers['f1']?.value, { files: [note] }, 'what was named is on record');
  t.notOk('files' in answers, 'and that it never came');
});

void t.test('a review shows the files and gives them out under their names', async (t) => {
  const out = join(folder.exam.folder, 'files');
  const options = { ...opened, files: out };
  const first = await reviewBundle({ ...options, ticket: '99000020260700000000000001' });
  t.match(first.text, `销售 分析.xlsx　${table.length} B　SHA-256 ${sheet.fileHash}　收到`);
  t.match(first.text, '已写出 2 个文件');
  t.same(readdirSync(out).sort(), ['f1-1-销售 分析.xlsx', 'f1-2-note.txt']);
  t.ok(readFileSync(join(out, 'f1-1-销售 分析.xlsx')).equals(table));
  const third = await reviewBundle({ ...options, ticket: '99000020260700000000000003' });
  t.match(third.text, `note.txt　${note.size} B　SHA-256 ${note.fileHash}　未收到`);
});

async function changed(change: (files: Map<string, Buffer>) => void): Promise<Buffer> {
  const copy = await readBag(bag);
  change(copy);
  return zipOf(copy);
}
const faultsAt = async (where: string, change: (files: Map<string, Buffer>) => void) => {
  const { report } = await verifyBundle({ file: await changed(change), envelope: null, trust });
  return report.problems.filter((one) => one.where === where).map(({ fault }) => fault);
};

void t.test('a file that was changed, taken out or put in is named', async (t) => {
  const where = path(1, sheet);
  const flipped = Buffer.from(table);
  flipped[1_000] = (flipped[1_000] ?? 0) ^ 1;
  t.same(await faultsAt(where, (files) => files.set(where, flipped)), ['file-hash', 'file-hash']);
  t.same(await faultsAt(where, (files) => files.delete(where)), ['file-missing', 'file-lost']);
  const planted = path(3, note);
  t.same(await faultsAt(planted, (files) => files.set(planted, sentinel)), ['file-added', 'derived']);
});

/** Ten points for every answer on a sheet for markers. @returns the sheet that comes back */
async function markAll(sheetFile: string): Promise<string> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(sheetFile);
  const lines = ['评卷号,得分'];
  book.worksheets[0]?.eachRow((row, at) => void (at > 1 && lines.push(`${row.getCell(1).text},10`)));
  writeFileSync(`${sheetFile}.csv`, lines.join('\n'));
  return `${sheetFile}.csv`;
}

void t.test('a file that the disk lost keeps nobody’s results back, and is named', async (t) => {
  const marksOf = async (name: string) => {
    const markingSheet = join(exam.folder, name);
    await scoreBundle({ ...opened, markingSheet });
    return markAll(markingSheet);
  };
  const whole = await marksOf('whole.xlsx');
  const before = await scoreBundle({ ...opened, marks: whole });
  t.match(before, { ok: true, scored: 3, pending: 0, missing: [] });
  const { handedIn } = dataPaths(data);
  rmSync(join(handedIn, SESSION, 'c2', sheet.fileHash));
  await engine.results.buildBundle(SESSION);
  const again = {
    file: readFileSync(sealedFile),
    envelope: readFileSync(sealedFile + STATEMENT_SUFFIX),
    ...{ trust, identity: exam.org.identity },
  };
  const { report } = await verifyBundle(again);
  t.same(report.problems, [{ fault: 'file-lost', where: path(2, sheet) }]);
  t.match(await bundleVerify({ file: sealedFile, trust: [roomPub], identity: orgKey }), { ok: false });

  const out = join(exam.folder, 'scores.xlsx');
  const missing = [{ ticketNo: ticket(2), itemId: 'f1', name: sheet.name, fileHash: sheet.fileHash }];
  for (const marks of [whole, await marksOf('rest.xlsx')]) {
    const scored = await scoreBundle({ ...opened, marks, out });
    t.match(scored, { ok: false, scored: 2, pending: 1, missing });
    t.match(scored.text, `文件缺失 / file missing: ${ticket(2)} 考生2 [f1] 销售 分析.xlsx`);
    const totals = (result: typeof scored) => result.totals.filter(({ ticketNo }) => ticketNo !== ticket(2));
    t.same(totals(scored), totals(before), 'the others’ points are what they were');
    const second = await rescoreBundle({ ...opened, marks });
    t.match(second, { ok: false, compared: 3, differences: [], missing });
  }
  const rows = (name: string, column: number) => {
    const texts: string[] = [];
    book.getWorksheet(name)?.eachRow((row) => texts.push(row.getCell(column).text));
    return texts;
  };
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(out);
  t.same(rows('成绩', 16), ['考试状态', '正常', '文件缺失', '正常']);
  t.same(rows('缺失文件', 1), ['准考证号', ticket(2)]);
  t.equal(readFileSync(join(exam.folder, 'rest.xlsx.csv'), 'utf8').split('\n').length, 4);

  const review = await reviewBundle({ ...opened, ticket: ticket(2) });
  t.match(review, { ok: false, points: null, missing: [{ itemId: 'f1' }] });
  t.match(review.text, `SHA-256 ${sheet.fileHash}　收到`);
  t.match(review.text, '成绩包中缺失 / missing from the bundle');
  t.equal((await reviewBundle({ ...opened, ticket: ticket(1) })).ok, true, 'who has lost nothing');
});

void t.test('points are given for nothing that anybody changed after the room had signed', async (t) => {
  const copy = await filesOf(whole.bag);
  copy.delete(path(1, sheet));
  const bundle = join(exam.folder, 'changed.bag.zip');
  writeFileSync(bundle, await zipOf(copy));
  await t.rejects(scoreBundle({ ...opened, bundle }), /does not hold: file-missing/);
  await t.rejects(reviewBundle({ ...opened, bundle, ticket: ticket(2) }), /file-missing/);
});

const receiptFile = join(exam.folder, 'receipt.json');

void t.test('a bundle with a lost file gets no receipt by itself, and one that names the file', async (t) => {
  const wish = { file: sealedFile, orgKey, out: receiptFile, trust: [roomPub] };
  const lost = path(2, sheet);
  await t.rejects(receipt(wish), new RegExp(`file-lost: ${lost}[^]*--accept-lost`));
  t.notOk(existsSync(receiptFile));
  const given = await receipt({ ...wish, acceptLost: true });
  t.same(given.lost, [lost]);
  t.match(given.text, lost);
  const { statement } = (
    await verifyBundle({
      file: readFileSync(sealedFile),
      envelope: readFileSync(sealedFile + STATEMENT_SUFFIX),
      trust,
    })
  ).report;
  if (statement === null) throw new Error('no statement');
  const text = readFileSync(receiptFile, 'utf8');
  t.match(readReceipt(text, [exam.org.public], statement), { lost: [lost], sessionId: SESSION });
});

void t.test('accepted are lost files alone: of what anybody changed there is no receipt', async (t) => {
  const out = join(exam.folder, 'none.json');
  const file = join(exam.folder, 'cut.bag.zip.age');
  const bytes = readFileSync(sealedFile);
  const statement = readFileSync(sealedFile + STATEMENT_SUFFIX);
  const wish = { file, orgKey, out, trust: [roomPub], acceptLost: true };
  writeFileSync(file + STATEMENT_SUFFIX, statement);
  writeFileSync(file, bytes.subarray(0, -1));
  await t.rejects(receipt(wish), /not the one that its statement names/);
  writeFileSync(file, bytes);
  const stranger = await generateKeys('room', '别的考场');
  const strangerPub = join(exam.folder, 'stranger.pub');
  writeFileSync(strangerPub, JSON.stringify(stranger.public));
  const refused = await receipt({ ...wish, trust: [strangerPub] }).catch((error: Error) => error.message);
  t.match(refused, /statement-signature/);
  t.notMatch(refused, '--accept-lost', 'which would not help');
  t.notOk(existsSync(out));
});

void t.test('the wipe takes the files along', async (t) => {
  const receiptId = engine.results.verifyReceipt(SESSION, readFileSync(receiptFile, 'utf8'));
  t.ok(receiptId, 'the receipt that names the lost file is one');
  const word = { type: 'confirm-receipt', sessionId: SESSION, receiptId: receiptId ?? '', verified: true };
  must(engine, { ...word, by: { kind: 'staff', staffId: 'technician', station: 'test' } } as never);
  await engine.room.settled();
  await engine.wiping.settled();
  t.notOk(existsSync(join(dataPaths(data).handedIn, SESSION)));
});
