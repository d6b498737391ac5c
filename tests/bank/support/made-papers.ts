// Papers made at random for properties of the bank: every type that banks hold, every tag that papers allow, pictures,
// odd names. Only what the paper format takes; nothing here knows how a bank is read.

import fc from 'fast-check';
import type { TakenItem } from '../../../server/bank/cell-values.js';
import type { PaperSource } from '../../../server/protocol/paper-source.js';

/** A PNG of one pixel; its last bytes differ by name, so that pictures can be told apart. */
export function tinyPicture(name: string): Buffer {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  return Buffer.concat([png, Buffer.from(name, 'utf8')]);
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text without letters that no reader shows, and without a picture's or blank's notation. */
export const words = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...'点击率转化客单价ABCabc019.,%，。（甲）') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '&',
          '<',
          '>',
          '"',
          "'",
          '\\',
          '𠮷',
          'é',
          '＿x',
          'HTML:',
          '_x000D_',
          ']]>',
          '&amp;',
        ),
      },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((letters) => letters.join(''));

const leaf = words.map(escape);
const inline: fc.Arbitrary<string> = fc.letrec<{ node: string; nodes: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.constant('<br />'),
    fc
      .tuple(fc.constantFrom('b', 'strong', 'i', 'em', 'u', 'sub', 'sup', 'span'), tie('nodes'))
      .map(([tag, inner]) => `<${tag}>${inner}</${tag}>`),
  ),
  nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => all.join('')),
})).nodes;

const table = fc
  .tuple(fc.boolean(), fc.array(inline, { minLength: 1, maxLength: 3 }))
  .map(([loose, cells]) => {
    const row = `<tr>${cells.map((cell, index) => `<td${index === 0 ? ' colspan="2"' : ''}>${cell}</td>`).join('')}</tr>`;
    return loose ? `<table>${row}</table>` : `<table><caption>表</caption><tbody>${row}</tbody></table>`;
  });
const block = fc.oneof(
  { weight: 5, arbitrary: inline.map((text) => `<p>${text}</p>`) },
  { weight: 1, arbitrary: table },
  {
    weight: 1,
    arbitrary: fc
      .array(inline, { minLength: 1, maxLength: 3 })
      .map((all) => `<ul>${all.map((one) => `<li>${one}</li>`).join('')}</ul>`),
  },
);
const stem = fc.array(block, { minLength: 1, maxLength: 3 }).map((all) => all.join(''));
const points = fc.constantFrom(0.5, 1, 2, 2.5, 10);
const id = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);

export interface MadePaper {
  paper: PaperSource;
  media: Map<string, Buffer>;
}

const pictured = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { maxLength: 3 })
  .map((names) => names.map((name) => ({ name, file: `${name}.png`, alt: `图 ${name}` })));

const item: fc.Arbitrary<Omit<TakenItem, 'itemId'>> = fc
  .record({
    kind: fc.constantFrom('single', 'multiple', 'true-false', 'fill-in' as const),
    stem,
    points,
    media: pictured,
    options: fc.uniqueArray(inline, { minLength: 2, maxLength: 6 }),
    chosen: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 6 }),
    flag: fc.boolean(),
    partial: fc.boolean(),
    accepts: fc.array(fc.uniqueArray(words, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ kind, stem: text, points: worth, media, options: texts, chosen, flag, partial, accepts }) => {
    const images = media.map(({ name, alt }) => `<p><img data-media="${name}" alt="${alt}" /></p>`).join('');
    const base = { points: worth, stem: `${text}${images}`, ...(media.length === 0 ? {} : { media }) };
    const options = texts.map((html, index) => ({ id: 'abcdef'.charAt(index), html }));
    const picked = chosen.map((at) => at % options.length).sort((a, b) => a - b);
    const keys = [...new Set(picked)].map((at) => options[at]?.id ?? 'a');
    switch (kind) {
      case 'single':
        return { ...base, type: kind, options, answer: keys[0] ?? 'a', shuffleOptions: flag };
      case 'multiple':
        return {
          ...base,
          type: kind,
          options,
          answer: keys,
          shuffleOptions: flag,
          scoring: partial
            ? { rule: 'partial' as const, pointsWhenMissing: worth / 2 }
            : { rule: 'all-or-nothing' as const },
        };
      case 'true-false':
        return { ...base, type: kind, answer: flag };
      case 'fill-in': {
        const holes = accepts.map((_, index) => `<p>空<blank n="${index + 1}"></blank></p>`).join('');
        const blanks = accepts.map((accept) => ({ maxLength: 200, accept }));
        return { ...base, type: kind, stem: `${base.stem}${holes}`, blanks };
      }
    }
  });

/** A whole paper with distinct identifiers and contents. */
export const madePaper: fc.Arbitrary<MadePaper> = fc
  .record({
    paperId: id.filter((one) => !/^\.+$/.test(one)),
    title: words,
    itemIds: fc.uniqueArray(id, { minLength: 8, maxLength: 8, selector: (one) => one.toLowerCase() }),
    sectionIds: fc.uniqueArray(id, { minLength: 2, maxLength: 2 }),
    items: fc.array(item, { minLength: 2, maxLength: 8 }),
    shuffle: fc.boolean(),
    draw: fc.boolean(),
    instructions: fc.array(words, { maxLength: 3 }).map((lines) => lines.join('\n')),
  })
  .map(({ paperId, title, itemIds, sectionIds, items, shuffle, draw, instructions }) => {
    const whole = items.map(
      // The number keeps two items from being the same question.
      (one, index) =>
        ({ ...one, stem: `<p>${index}</p>${one.stem}`, itemId: itemIds[index] ?? '' }) as TakenItem,
    );
    const half = Math.ceil(whole.length / 2);
    const parts = [whole.slice(0, half), whole.slice(half)].filter((part) => part.length > 0);
    const sections = parts.map((part, index) => ({
      sectionId: sectionIds[index] ?? '',
      title: `${'一二'.charAt(index)}、${title}`,
      instructions,
      shuffleItems: shuffle,
      draw: draw ? 1 : null,
      items: part,
    }));
    const media = new Map(
      whole.flatMap((one) => (one.media ?? []).map(({ file }) => [file, tinyPicture(file)] as const)),
    );
    return { paper: { paperId, title, sections }, media };
  });
