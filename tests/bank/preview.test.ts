// The preview is one page that loads and runs nothing, shows every item, and no key unless asked.

import { join } from 'node:path';
import t from 'tap';
import { withInner } from '../../server/bank/item-files.js';
import { readPaperFolder } from '../../server/bank/paper-folder.js';
import { paperPreview } from '../../server/bank/preview.js';
import type { PaperSource } from '../../server/protocol/paper-source.js';
import { tinyFile } from './support/made-papers.js';

const { paper, media } = await readPaperFolder(join(process.cwd(), 'samples/theory/papers/theory-main'));

void t.test('every item and picture is there, and nothing is loaded or run', async (t) => {
  const html = paperPreview(paper, media, { withKeys: false });
  const items = paper.sections.flatMap((section) => section.items);
  t.equal(html.match(/<article>/g)?.length, items.length);
  t.equal(
    html.match(/<img src="data:image\/png;base64,/g)?.length,
    items.flatMap((item) => item.media ?? []).length,
  );
  t.notMatch(html, /<script|<link|https?:|<img data-media/);
  t.match(html, /default-src 'none'/);
});

void t.test('keys change nothing but the pages at the end', async (t) => {
  const without = paperPreview(paper, media, { withKeys: false });
  const withKeys = paperPreview(paper, media, { withKeys: true });
  const [head = '', keys = ''] = withKeys.split('<section class="keys">');
  t.equal(head, without.slice(0, head.length));
  t.notMatch(without, /class="keys"|答案（/);
  t.match(keys, /<td>s01<\/td><td>1<\/td><td>B<\/td>/);
  t.match(keys, /18000 \| 18,000/);
});

void t.test(
  'every type as candidates see it: limits, materials, recordings; nothing to mark by',
  async (t) => {
    const folder = join(process.cwd(), 'samples/practical/papers/practical-main');
    const practical = await readPaperFolder(folder);
    const html = paperPreview(practical.paper, practical.media, { withKeys: false });
    for (const seen of [
      '下载：山野集销售明细.xlsx（',
      '字符 0 / 200',
      '要求 200–500 字 · 字符 0 / 2000',
      '至多 2 个，每个不超过 20MB（xlsx、xls、et）',
      '按 Ctrl+V 粘贴截图：至多 2 个',
      '1.5.',
    ])
      t.match(html, seen);
    const inner = practical.paper.sections.flatMap(({ items }) => items.flatMap(withInner));
    for (const item of inner)
      if ('marking' in item) for (const { what } of item.marking.rubric) t.notOk(html.includes(what), what);
    const withKeys = paperPreview(practical.paper, practical.media, { withKeys: true });
    t.match(withKeys, '重复记录 6 条（2 分）');
    const [theoryItem] = paper.sections[0]?.items ?? [];
    const audio = { file: 'a.wav', label: '对话 <1>', maxPlays: 2 };
    const listening = { ...paper, sections: [{ ...paper.sections[0]!, items: [{ ...theoryItem!, audio }] }] };
    const heard = paperPreview(listening, new Map([...media, ['a.wav', tinyFile('a.wav')]]), {
      withKeys: false,
    });
    t.match(heard, '录音：对话 &lt;1&gt;</b>（可播放 2 次）<audio controls src="data:audio/wav;base64,');
    t.match(heard, 'media-src data:');
  },
);

void t.test('what papers may not hold does not reach the page', async (t) => {
  const bad = '<p onclick="x()">题<script>alert(1)</script><img src="http://x/y.png"></p>';
  const made: PaperSource = {
    paperId: 'x',
    title: '<script>alert(2)</script>',
    sections: [
      {
        sectionId: 's',
        title: '一 <b>',
        instructions: '<i>',
        shuffleItems: false,
        draw: null,
        items: [{ itemId: 'a', type: 'true-false', points: 1, stem: bad, answer: true }],
      },
    ],
  };
  const html = paperPreview(made, new Map(), { withKeys: true });
  t.notMatch(html, /<script|onclick|http:/);
  t.match(html, /&lt;script&gt;alert\(2\)/);
});
