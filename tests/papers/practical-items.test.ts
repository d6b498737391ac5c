// Texts, cases and recordings in a paper: every fault of a source is named, what the org knows stays with the org, a case stays
// together.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import t from 'tap';
import { dealOrder } from '../../server/papers/deal.js';
import { outlineOf, partPaper } from '../../server/papers/part-paper.js';
import { loadSource, SourceError } from '../../server/papers/source.js';
import { PaperSourceSchema, type CaseSource, type PaperSource } from '../../server/protocol/paper-source.js';

const SAMPLE = join(process.cwd(), 'samples', 'practical');
const WAV = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(64)]);
const marking = (points: number) => ({
  reference: '<p>参考答案绝密</p>',
  rubric: [{ what: '要点绝密', points }],
});

/** A folder of the sample exam with another paper. */
function folderWith(paper: unknown, files: Record<string, Buffer | string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'paper-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(SAMPLE, folder, { recursive: true });
  const at = join(folder, 'papers', 'practical-main');
  writeFileSync(join(at, 'paper.json'), JSON.stringify(paper));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(at, 'media', name), bytes);
  return folder;
}

async function problemsOf(paper: unknown, files: Record<string, Buffer | string> = {}): Promise<string[]> {
  try {
    await loadSource(folderWith(paper, files));
    return [];
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.problems;
  }
}

const sample = JSON.parse(
  readFileSync(join(SAMPLE, 'papers', 'practical-main', 'paper.json'), 'utf8'),
) as PaperSource;
const theCase = sample.sections[0]?.items[0] as CaseSource;
/** The sample paper with a changed case. */
const changed = (change: (item: CaseSource) => void): PaperSource => {
  const paper = structuredClone(sample);
  change(paper.sections[0]?.items[0] as CaseSource);
  return paper;
};

void t.test('every fault of a case, a text or a file is named with its place', async (t) => {
  const rows: [string, (item: CaseSource) => void, RegExp, Record<string, Buffer | string>?][] = [
    [
      'points of the case',
      (item) => (item.points = 99),
      /practical-main\/case1: 小题合计 100 分，与案例 99 分不符/,
    ],
    [
      'points of the scheme',
      (item) => (item.items[0] as { marking: { rubric: { points: number }[] } }).marking.rubric.pop(),
      /practical-main\/t1: 评分细则合计 4 分，与题目 5 分不符/,
    ],
    ['an item twice', (item) => ((item.items[1] as { itemId: string }).itemId = 't1'), /t1: 题号重复/],
    [
      'a material without anything',
      (item) => item.materials.push({ title: '空' }),
      /case1: 材料没有内容.*空/,
    ],
    [
      'two materials of one name',
      (item) =>
        item.materials.push({ title: '又', file: { name: '山野集销售明细.xlsx', file: 'sales.xlsx' } }),
      /case1: 材料重名/,
    ],
    [
      'a name that says something else',
      (item) => item.materials.push({ title: '又', file: { name: '数据.csv', file: 'sales.xlsx' } }),
      /case1: 材料的扩展名与文件不符/,
    ],
    [
      'a file that is not there',
      (item) => item.materials.push({ title: '又', file: { name: 'x.csv', file: 'x.csv' } }),
      /case1: 缺少文件.*x\.csv/,
    ],
    [
      'an empty file',
      (item) => item.materials.push({ title: '又', file: { name: 'x.csv', file: 'x.csv' } }),
      /case1: 文件为空/,
      { 'x.csv': '' },
    ],
    [
      'a program under the name of a sheet',
      (item) => item.materials.push({ title: '又', file: { name: 'x.xlsx', file: 'x.xlsx' } }),
      /case1: 文件内容与扩展名不符/,
      { 'x.xlsx': 'MZ\u0090' },
    ],
    [
      'a kind of file that runs',
      (item) => item.materials.push({ title: '又', file: { name: 'x.html', file: 'x.html' } }),
      /case1: 不支持的文件类型/,
      { 'x.html': '<p>' },
    ],
    [
      'a recording that is none',
      (item) =>
        ((item.items[0] as { audio?: unknown }).audio = { file: 'a.mp3', label: '录音', maxPlays: 2 }),
      /t1: 文件内容与扩展名不符.*a\.mp3/,
      { 'a.mp3': 'not music' },
    ],
    [
      'fewest words above the most',
      (item) => ((item.items[3] as { words?: unknown }).words = { min: 500, max: 200 }),
      /t4: 字数下限大于上限/,
    ],
    [
      'a limit below the words',
      (item) => ((item.items[3] as { maxLength: number }).maxLength = 400),
      /t4: 字符上限低于要求的字数/,
    ],
    [
      'a case in a case',
      (item) => item.items.push(structuredClone(theCase) as never),
      /paper\.json\/sections\/0\/items\/0/,
    ],
    [
      'a text without a marking scheme',
      (item) => delete (item.items[0] as { marking?: unknown }).marking,
      /paper\.json\/sections\/0\/items\/0/,
    ],
    [
      'a path for a name',
      (item) => item.materials.push({ title: '又', file: { name: '../x.csv', file: 'sales.xlsx' } }),
      /paper\.json\/sections\/0\/items\/0/,
    ],
  ];
  t.same(await problemsOf(sample), [], 'the sample has none');
  for (const [name, change, problem, files] of rows)
    t.ok(
      (await problemsOf(changed(change), files)).some((line) => problem.test(line)),
      name,
    );
});

void t.test('recordings of the kinds that old browsers play are taken', async (t) => {
  const withAudio = changed((item) => {
    item.audio = { file: 'a.wav', label: '客户来电', maxPlays: 2 };
  });
  t.same(await problemsOf(withAudio, { 'a.wav': WAV }), []);
  t.equal(outlineOf(withAudio, 'main').audio, true, 'the room knows that there is something to hear');
  t.notOk('audio' in outlineOf(sample, 'main'));
});

void t.test(
  'nothing of the key goes to candidates; a pooled case leaves only its bones in the text',
  async (t) => {
    const paper = changed((item) => {
      item.audio = { file: 'a.wav', label: '客户来电绝密', maxPlays: 2 };
      (item.items[3] as { marking: unknown }).marking = marking(27);
    });
    const section = paper.sections[0];
    if (section === undefined) throw new Error('no section');
    section.draw = 1;
    const source = await loadSource(folderWith(paper, { 'a.wav': WAV }));
    const loaded = source.papers.get('practical-main');
    if (loaded === undefined) throw new Error('no paper');
    const sealed: Buffer[] = [];
    const { content, pooled, scoring } = partPaper(loaded, (bytes, index) => {
      sealed.push(bytes);
      return { path: `media/${index}`, sha256: '' };
    });
    const everything = JSON.stringify([content, pooled]);
    t.notMatch(everything, /参考答案|要点绝密|rubric|marking/);
    const text = JSON.stringify(content);
    t.notMatch(
      text,
      /绝密|山野集|任务[一二三四五]|media\//,
      'no word of a case that only those who drew it may read',
    );
    t.match(content.sections[0]?.items[0], {
      itemId: 'case1',
      stem: null,
      case: { materials: [], items: [{ itemId: 't1', stem: null }, {}, {}, {}, {}] },
    });
    t.match(pooled[0]?.case?.materials[1], {
      title: '材料二：销售明细',
      file: { name: '山野集销售明细.xlsx', type: /sheet/ },
    });
    t.match(pooled[0]?.audio, { label: '客户来电绝密', maxPlays: 2, type: 'audio/wav', bytes: WAV.length });
    t.ok(
      sealed.some((bytes) => bytes.equals(WAV)) &&
        sealed.some((bytes) => bytes.subarray(0, 2).toString() === 'PK'),
    );
    t.same(
      scoring.map(({ itemId, caseId, type }) => [itemId, caseId, type]),
      [
        ['t1', 'case1', 'short-text'],
        ['t2', 'case1', 'file-upload'],
        ['t3', 'case1', 'screenshot'],
        ['t4', 'case1', 'essay'],
        ['t5', 'case1', 'essay'],
      ],
    );
  },
);

void t.test('a case is dealt as its items, together, each once', async (t) => {
  const paper = changed((item) => (item.shuffleItems = true));
  const [section] = paper.sections;
  if (section === undefined) throw new Error('no section');
  section.shuffleItems = true;
  section.items = [
    ...['x', 'y'].map((itemId) => ({
      itemId,
      type: 'true-false' as const,
      points: 1,
      stem: 's',
      answer: true,
    })),
    ...section.items,
  ];
  const outline = outlineOf(paper, 'main');
  const orders = new Set<string>();
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const items = dealOrder(outline, seed).sections.flatMap((one) => one.items);
      const ids = items.map(({ itemId }) => itemId);
      orders.add(ids.join());
      if ([...ids].sort().join() !== 't1,t2,t3,t4,t5,x,y') return false;
      const places = items.flatMap(({ caseId }, place) => (caseId === 'case1' ? [place] : []));
      return places.length === 5 && (places[4] ?? 0) - (places[0] ?? 0) === 4;
    }),
    { numRuns: 200 },
  );
  t.ok(orders.size > 20, `${orders.size} orders`);
  t.same(
    dealOrder(outlineOf(sample, 'main'), 'any').sections[0]?.items.map(({ itemId }) => itemId),
    ['t1', 't2', 't3', 't4', 't5'],
    'as written where nothing is shuffled',
  );
});

void t.test('a paper of any shape is a fault with a place, never a crash', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const paper = { ...sample, sections: [{ ...sample.sections[0], items: [value] }] };
      if (Value.Check(PaperSourceSchema, paper)) return true;
      return (await problemsOf(paper)).every((line) => line.startsWith('papers/practical-main/paper.json'));
    }),
    { numRuns: 15 },
  );
  t.pass();
});
