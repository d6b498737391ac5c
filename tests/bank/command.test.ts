// The commands as a person gives them: the template opens empty, a filled one comes in, --strict writes nothing, nothing is
// written over, and what comes out builds.

import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import t from 'tap';
import { bankExport, bankImport, bankTemplate } from '../../scripts/commands/bank.js';
import { BankZip } from '../../server/bank/bank-zip.js';
import { readPaperFolder } from '../../server/bank/paper-folder.js';
import { EXAMPLES } from '../../server/bank/template-words.js';

const root = mkdtempSync(join(tmpdir(), 'bank-command-'));
const at = (name: string) => join(root, name);
const sample = join(process.cwd(), 'samples/bank/messy.xlsx');
const theory = join(process.cwd(), 'samples/theory/papers/theory-main');

void t.test('the template has lists to choose from and examples that are never imported', async (t) => {
  await bankTemplate({ file: at('bank.xlsx') });
  await t.rejects(bankTemplate({ file: at('bank.xlsx') }), { code: 'EEXIST' });
  await t.rejects(bankTemplate({ file: at('bank.txt') }));
  const empty = await bankImport({ file: at('bank.xlsx'), out: at('empty') });
  t.equal(empty.ok, false);
  t.strictSame(
    empty.faults.map(({ code }) => code),
    ['no-item'],
  );
  t.notOk(existsSync(at('empty')));
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(at('bank.xlsx'));
  t.strictSame(
    workbook.worksheets.map(({ name }) => name),
    ['填写说明', '试卷', '题目', '材料', '示例', '示例材料'],
  );
  const items = workbook.getWorksheet('题目');
  t.match(items?.getCell('C2').dataValidation, {
    type: 'list',
    formulae: ['"单选题,多选题,判断题,填空题,简答题,论述题,文件上传题,截图题,案例题"'],
  });
  t.equal(items?.getCell('C1').value, '题型*');
});

void t.test('a template that an editor filled in comes in whole', async (t) => {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(at('bank.xlsx'));
  for (const [example, own] of [
    ['示例', '题目'],
    ['示例材料', '材料'],
  ]) {
    const to = workbook.getWorksheet(own ?? '');
    workbook.getWorksheet(example ?? '')?.eachRow((row, number) => {
      if (number > 1) row.eachCell((cell, column) => (to!.getRow(number).getCell(column).value = cell.value));
    });
  }
  const plan = workbook.getWorksheet('试卷');
  plan!.getCell('B1').value = 'demo';
  plan!.getCell('B2').value = '示例';
  await workbook.xlsx.writeFile(at('filled.xlsx'));
  const { ok, taken, faults } = await bankImport({
    file: at('filled.xlsx'),
    out: at('filled'),
    strict: true,
  });
  t.strictSame(faults, []);
  t.ok(ok);
  t.equal(taken, EXAMPLES.length);
  const { paper } = await readPaperFolder(at('filled'));
  t.strictSame(
    paper.sections.flatMap(({ items }) => items.map((item) => ({ ...item, itemId: '' }))),
    EXAMPLES.map((item) => ({ ...item, itemId: '' })),
    'as it was written',
  );
  t.match(paper.sections[3]?.items[0], {
    type: 'fill-in',
    blanks: [{ accept: ['3%', '0.03'] }, { accept: ['CTR'] }],
  });
});

void t.test(
  '--strict writes nothing where anything is not taken; without it the rest is written',
  async (t) => {
    const strict = await bankImport({ file: sample, out: at('strict'), strict: true });
    t.equal(strict.ok, false);
    t.notOk(existsSync(at('strict')));
    const rest = await bankImport({ file: sample, out: at('rest') });
    t.ok(rest.ok);
    t.match(rest.text, /未采用 21 处/);
    const { paper, media } = await readPaperFolder(at('rest'));
    t.equal(paper.sections.flatMap(({ items }) => items).length, 15);
    t.equal(media.size, 3);
    await t.rejects(bankImport({ file: sample, out: at('rest') }), /不为空/);
  },
);

void t.test('export: keys only when asked for, and never over a file', async (t) => {
  await bankExport({ folder: theory, out: at('a.zip') });
  const zip = await BankZip.open(await readFile(at('a.zip')));
  t.notMatch(String(await zip.read('items/item-0001.xml')), /correct/);
  await t.rejects(bankExport({ folder: theory, out: at('a.zip') }), /已存在/);
  await t.rejects(bankExport({ folder: theory, out: at('a.docx') }), /\.zip/);
  await t.rejects(bankExport({ folder: theory, out: at('b.xlsx') }), /--with-keys/);
  await t.rejects(bankExport({ folder: theory, out: at('b.xlsx'), withKeys: true }), /--pictures/);
  const out = await bankExport({ folder: theory, out: at('b.xlsx'), withKeys: true, pictures: at('media') });
  t.ok(out.ok);
  t.equal(statSync(at('b.xlsx')).mode & 0o077, 0, 'keys are for their owner alone');
  const back = await bankImport({ file: at('b.xlsx'), out: at('back'), strict: true });
  t.ok(back.ok);
  t.strictSame((await readPaperFolder(at('back'))).paper, (await readPaperFolder(theory)).paper);
});

void t.test('an item that cannot be written is named, and the command fails', async (t) => {
  const { paper } = await readPaperFolder(at('filled'));
  const essay = {
    itemId: 'e1',
    type: 'essay',
    points: 5,
    stem: '<p>论述</p>',
    maxLength: 500,
    marking: {
      reference: '<p><img data-media="x" alt="图"></p>',
      rubric: [{ what: '要点', points: 5 }],
    },
  };
  const sections = [{ ...paper.sections[0], items: [essay] }, ...paper.sections.slice(1)];
  await writeFile(at('filled/paper.json'), JSON.stringify({ ...paper, sections }));
  const { ok, faults } = await bankExport({ folder: at('filled'), out: at('c.zip'), withKeys: true });
  t.equal(ok, false);
  t.match(faults, [/^e1: .*参考答案/]);
});

void t.test('a practical paper goes out and comes in by the commands, its workbook with it', async (t) => {
  const folder = join(process.cwd(), 'samples/practical/papers/practical-main');
  const before = await readPaperFolder(folder);
  const zip = await bankExport({ folder, out: at('p.zip'), withKeys: true });
  t.ok(zip.ok);
  t.match(zip.notes, [/t1: .*QTI/], 'what QTI has no place for is named');
  t.ok((await bankImport({ file: at('p.zip'), out: at('p-qti'), strict: true })).ok);
  const xlsx = await bankExport({ folder, out: at('p.xlsx'), withKeys: true, pictures: at('p-files') });
  t.strictSame([xlsx.ok, xlsx.notes], [true, []]);
  const back = await bankImport({
    file: at('p.xlsx'),
    out: at('p-xlsx'),
    pictures: at('p-files'),
    strict: true,
  });
  t.strictSame([back.ok, back.faults, back.taken, back.points], [true, [], 1, 100]);
  for (const name of ['p-qti', 'p-xlsx']) {
    const after = await readPaperFolder(at(name));
    t.strictSame(after.paper, before.paper, name);
    t.ok(after.media.get('sales.xlsx')?.equals(before.media.get('sales.xlsx') ?? Buffer.alloc(0)), name);
  }
});

for (const ending of ['xlsx', 'xls'])
  void t.test(`the practical paper as LibreOffice saved it, .${ending}: the same paper`, async (t) => {
    const folder = join(process.cwd(), 'samples/practical/papers/practical-main');
    const file = join(process.cwd(), `samples/bank/practical-libreoffice.${ending}`);
    const out = at(`lo-${ending}`);
    const back = await bankImport({ file, out, pictures: join(folder, 'media'), strict: true });
    t.strictSame(back.faults, []);
    t.strictSame((await readPaperFolder(out)).paper, (await readPaperFolder(folder)).paper);
    const without = await bankImport({ file, out: at(`none-${ending}`) });
    t.strictSame(
      without.faults.map(({ where, code }) => `${where} ${code}`),
      ['材料!D3 beside-missing', '题目!A2 material-bad', `practical-libreoffice.${ending} no-item`],
      'without its workbook the case is not taken',
    );
  });
