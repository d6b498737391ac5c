// Papers made at random for properties of the bank: every type that banks hold, every tag that papers allow, pictures,
// odd names. Only what the paper format takes; nothing here knows how a bank is read.

import fc from 'fast-check';
import { ID_PATTERN } from '../../../server/protocol/ids.js';
import type {
  AnswerableSource,
  CaseSource,
  ItemSource,
  PaperSource,
} from '../../../server/protocol/paper-source.js';

/** A recording of no length and a text, told apart by their last bytes. */
export function tinyFile(name: string): Buffer {
  if (!name.endsWith('.wav')) return Buffer.from(`材料 ${name}`, 'utf8');
  const head = Buffer.from('RIFF____WAVEfmt ', 'latin1');
  return Buffer.concat([head, Buffer.from(name, 'utf8')]);
}

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
      .tuple(fc.constantFrom('b', 'strong', 'i', 'em', 'u', 'sub', 'sup', 'span', 'ruby'), tie('nodes'))
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
const allowed = new RegExp(ID_PATTERN);
const id = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/).filter((one) => allowed.test(one));

export interface MadePaper {
  paper: PaperSource;
  media: Map<string, Buffer>;
}

const pictured = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { maxLength: 3 })
  .map((names) => names.map((name) => ({ name, file: `${name}.png`, alt: `图 ${name}` })));

/** Objects as a reader makes them. */
const PLAIN = { noNullPrototype: true };
const recording = fc.option(
  fc.record(
    {
      file: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).map((name) => `${name}.wav`),
      label: fc.constantFrom('录音', '第一段对话', 'Dialogue & 1'),
      maxPlays: fc.constantFrom(1, 2, 20, null),
    },
    PLAIN,
  ),
  { nil: undefined, freq: 3 },
);

/** Marking points that make two decimals of points, and their sum. */
const marked = fc
  .record({
    reference: stem,
    whats: fc.array(words, { minLength: 1, maxLength: 4 }),
    each: fc.constantFrom(0.5, 1, 2.25, 10),
  })
  .map(({ reference, whats, each }) => ({
    points: Math.round(each * whats.length * 100) / 100,
    marking: { reference, rubric: whats.map((what) => ({ what: `点${what}。`, points: each })) },
  }));

const lengths = fc.constantFrom(
  { maxLength: 500, words: undefined },
  { maxLength: 10_000, words: { min: 100, max: 500 } },
  { maxLength: 2000, words: { min: 200, max: null } },
  { maxLength: 300, words: { min: null, max: 300 } },
);
const limits = fc.record(
  {
    maxCount: fc.constantFrom(1, 2, 20),
    maxBytes: fc.constantFrom(1, 1000, 512 * 1024, 20 * 2 ** 20, 200 * 2 ** 20),
    types: fc.constantFrom(['xlsx'], ['xlsx', 'xls', 'et'], ['docx', 'pdf']),
  },
  PLAIN,
);

const markedItem: fc.Arbitrary<Omit<AnswerableSource, 'itemId'>> = fc
  .record({
    kind: fc.constantFrom('short-text', 'essay', 'file-upload', 'screenshot' as const),
    stem,
    marked,
    media: pictured,
    lengths,
    limits,
    recording,
  })
  .map(
    ({
      kind,
      stem: text,
      marked: { points: worth, marking },
      media,
      lengths: given,
      limits: files,
      recording: audio,
    }) => {
      const base = {
        ...withPictures(text, media),
        points: worth,
        ...(audio === undefined ? {} : { audio }),
        marking,
      };
      switch (kind) {
        case 'short-text':
          return { ...base, type: kind, maxLength: Math.min(500, given.maxLength) };
        case 'essay': {
          const { maxLength, words: asked } = given;
          return { ...base, type: kind, maxLength, ...(asked === undefined ? {} : { words: asked }) };
        }
        case 'file-upload':
          return { ...base, type: kind, files };
        case 'screenshot':
          return { ...base, type: kind, files: { ...files, types: ['png'] } };
      }
    },
  );

function withPictures(text: string, media: readonly { name: string; file: string; alt: string }[]) {
  const images = media.map(({ name, alt }) => `<p><img data-media="${name}" alt="${alt}" /></p>`).join('');
  return { stem: `${text}${images}`, ...(media.length === 0 ? {} : { media: [...media] }) };
}

const keyedItem: fc.Arbitrary<Omit<AnswerableSource, 'itemId'>> = fc
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
    recording,
  })
  .map(
    ({
      kind,
      stem: text,
      points: worth,
      media,
      options: texts,
      chosen,
      flag,
      partial,
      accepts,
      recording: audio,
    }) => {
      const base = { points: worth, ...withPictures(text, media), ...(audio === undefined ? {} : { audio }) };
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
    },
  );

const answerable = fc.oneof({ weight: 3, arbitrary: keyedItem }, { weight: 2, arbitrary: markedItem });

const material = fc
  .record({
    title: words,
    html: fc.option(stem, { nil: undefined }),
    name: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { nil: undefined }),
  })
  .map(({ title, html, name }) => ({
    title: `材料${title}。`,
    ...(html === undefined && name !== undefined ? {} : { html: html ?? '<p>文字</p>' }),
    ...(name === undefined ? {} : { file: { name: `附件 ${name}.txt`, file: `${name}.txt` } }),
  }));

function shown([first]: readonly { name: string; alt: string }[]): string {
  return first === undefined ? '' : `<p>图<img data-media="${first.name}" alt="${first.alt}" /></p>`;
}

const caseOf: fc.Arbitrary<Omit<CaseSource, 'itemId'>> = fc
  .record({
    stem,
    media: pictured,
    recording,
    materials: fc.uniqueArray(material, { maxLength: 3, selector: ({ file, title }) => file?.file ?? title }),
    items: fc.array(answerable, { minLength: 1, maxLength: 3 }),
    shuffleItems: fc.boolean(),
  })
  .map(({ stem: text, media, recording: audio, materials, items, shuffleItems }) => ({
    type: 'case' as const,
    ...withPictures(text, media),
    ...(audio === undefined ? {} : { audio }),
    points: items.reduce((sum, one) => sum + Math.round(one.points * 100), 0) / 100,
    // A material may show the pictures of its case.
    materials: materials.map((one) => ('html' in one ? { ...one, html: `${one.html}${shown(media)}` } : one)),
    shuffleItems,
    items: items as AnswerableSource[],
  }));

const item: fc.Arbitrary<Omit<ItemSource, 'itemId'>> = fc.oneof(
  { weight: 4, arbitrary: answerable },
  { weight: 1, arbitrary: caseOf },
);

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
        named({ ...one, stem: `<p>${index}</p>${one.stem}`, itemId: itemIds[index] ?? '' } as ItemSource),
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
    const media = new Map<string, Buffer>();
    for (const one of whole.flatMap((it) => (it.type === 'case' ? [it, ...it.items] : [it]))) {
      for (const { file } of one.media ?? []) media.set(file, tinyPicture(file));
      if (one.audio !== undefined) media.set(one.audio.file, tinyFile(one.audio.file));
      if (one.type === 'case')
        for (const { file } of one.materials)
          if (file !== undefined) media.set(file.file, tinyFile(file.file));
    }
    return { paper: { paperId, title, sections }, media };
  });

/** The items of a case get identifiers after its own. */
function named(one: ItemSource): ItemSource {
  if (one.type !== 'case') return one;
  return {
    ...one,
    items: one.items.map((inner, index) => ({ ...inner, itemId: `${one.itemId}.${index + 1}` })),
  };
}
