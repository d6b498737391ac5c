// The QTI result of a candidate is XML that another reader reads back to the letter, whatever was typed.

import fc from 'fast-check';
import t from 'tap';
import { create } from 'xmlbuilder2';
import { derivedFiles } from '../../server/bundle/verify-derived.js';
import { evolve } from '../../server/core/evolve.js';
import { running } from '../core/support/scene.js';

const scene = running().at('09:10');
const { ticketNo } = scene.candidate('c1').entry;
const PATH = `data/candidates/${ticketNo}/result.xml`;

interface Element {
  getAttribute(name: string): string | null;
  getElementsByTagName(name: string): Iterable<Element> & { item(index: number): Element | null };
  textContent: string | null;
}

/** The result as an independent reader has it, with `blank` as the second blank of q4. */
function readBack(blank: string): { xml: string; items: Element[] } {
  const record = { lease: 1, rev: 1, value: { blanks: ['', blank] }, marked: false };
  const times = { madeAt: scene.now, savedAt: scene.now };
  const answer = { sessionId: 'am', candidateId: 'c1', itemId: 'q4', record: { ...record, ...times } };
  const state = evolve(structuredClone(scene.state), { type: 'answer-saved', ...answer, at: scene.now });
  const xml = new Map(derivedFiles(state, 'am')).get(PATH) ?? '';
  const root = create(xml).root().node as unknown as Element;
  return { xml, items: [...root.getElementsByTagName('itemResult')] };
}

const valueOf = (items: Element[]): string | null | undefined =>
  items
    .find((item) => item.getAttribute('identifier') === 'q4')
    ?.getElementsByTagName('value')
    .item(0)?.textContent;

void t.test('items in the order seen, each with its choices', async (t) => {
  const { xml, items } = readBack('3.5%');
  t.match(
    xml,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<assessmentResult xmlns="http:\/\/www.imsglobal.org/,
  );
  t.same(
    items.map((item) =>
      ['identifier', 'sequenceIndex', 'sessionStatus'].map((name) => item.getAttribute(name)),
    ),
    [
      ['q2', '1', 'initial'],
      ['q1', '2', 'initial'],
      ['q3', '3', 'initial'],
      ['q4', '4', 'pendingResponseProcessing'],
    ],
  );
  const variable = (index: number) => items[index]?.getElementsByTagName('responseVariable').item(0);
  t.equal(variable(1)?.getAttribute('choiceSequence'), 'c a b');
  t.equal(variable(1)?.getAttribute('cardinality'), 'single');
  t.equal(variable(0)?.getAttribute('cardinality'), 'multiple');
  t.equal(valueOf(items), '3.5%');
});

void t.test('whatever was typed is read back to the letter', async (t) => {
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('<', '>', '&', '"', "'", ']]>', '<!--', '𠮷', '中', 'a'),
      minLength: 1,
    }),
    fc.constantFrom('a\tb', 'a\nb', 'a\r\nb', ']]>', '<?x?>', '\u2028x', '\u0085x', '　全角　x'),
  );
  fc.assert(
    fc.property(typed, (text) => {
      // This reader resolves a reference twice; none of the texts looks like one.
      if (text.trim() === '' || /&[#\w]+;/.test(text)) return;
      const found = valueOf(readBack(text).items);
      // The other reader drops white space around a text; answers.json has it.
      if (String(found).trim() !== text.trim()) throw new Error(`${JSON.stringify(found)}`);
    }),
    { numRuns: 300 },
  );
  t.pass('300 texts');
});

void t.test('what XML cannot hold stands as a mark, and never breaks the file', async (t) => {
  for (const text of ['a\u0000b', 'a\u0008b', 'a\ufffeb', 'a\ud800b', 'a\uffffb'])
    t.equal(valueOf(readBack(text).items), 'a\ufffdb', JSON.stringify(text));
});
