// The preview is one page that loads and runs nothing, shows every item, and no key unless asked.

import { join } from 'node:path';
import t from 'tap';
import { readPaperFolder } from '../../server/bank/paper-folder.js';
import { paperPreview } from '../../server/bank/preview.js';
import type { PaperSource } from '../../server/protocol/paper-source.js';

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
