// The content model of QTI 3.0 for the elements that the export writes, written down by us after the information model (ASI
// 3.0.1): attributes with their forms, order of children, where text may stand. No schema processor: it knows these elements and
// calls every other one wrong. Shares no code with the writer or the reader.

import { SaxesParser } from 'saxes';

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

interface Rule {
  /** Attributes that have to be there, with their forms. */
  needs?: Record<string, RegExp>;
  /** Attributes that may be there. */
  may?: Record<string, RegExp>;
  /** Names of children in order, each followed by a blank. */
  inside: RegExp;
  /** Text that is not blank may stand among them. */
  text?: boolean;
  /** The attributes of every body element: id, class, xml:lang, data-*. */
  body?: boolean;
}

const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const BOOLEAN = /^(true|false)$/;
const COUNT = /^[0-9]+$/;
const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;
const ANY = /^[^]*$/;
const SOME = /^[^]+$/;
const PATH = /^(?!\/|[a-z]+:)[^?#]+$/i;
const NOTHING = /^$/;
const NAMESPACED = {
  xmlns: /^http:\/\/www\.imsglobal\.org\/xsd\/imsqtiasi_v3p0$/,
  'xmlns:xsi': SOME,
  'xsi:schemaLocation': /^\S+ \S+$/,
};

const INLINE = 'b|strong|i|em|u|sub|sup|span|ruby|rt|rp|br|img|a|audio|qti-text-entry-interaction';
const BLOCK =
  'p|div|h2|ul|ol|table|qti-choice-interaction|qti-extended-text-interaction|qti-upload-interaction|qti-media-interaction|qti-rubric-block';
const inline: Rule = { inside: new RegExp(`^((${INLINE}) )*$`), text: true, body: true };
const flow: Rule = { inside: new RegExp(`^((${INLINE}|${BLOCK}) )*$`), text: true, body: true };
const only = (names: string, rule: Partial<Rule> = {}): Rule => ({
  inside: new RegExp(`^((${names}) )*$`),
  ...rule,
});
const EXPRESSION =
  'qti-variable|qti-base-value|qti-correct|qti-map-response|qti-match|qti-sum|qti-product|qti-divide|qti-and|qti-not|qti-is-null|qti-contains';
const expression = (least: number, most = ''): Rule => ({
  inside: new RegExp(`^((${EXPRESSION}) ){${least},${most}}$`),
});
const reference: Rule = { needs: { identifier: ID }, inside: NOTHING };
const branch: Rule = { inside: new RegExp(`^(${EXPRESSION}) (qti-set-outcome-value )*$`) };

const RULES: Readonly<Record<string, Rule>> = {
  'qti-assessment-item': {
    needs: { ...NAMESPACED, identifier: ID, title: ANY, 'time-dependent': BOOLEAN },
    may: { adaptive: BOOLEAN, 'xml:lang': SOME, label: ANY },
    inside:
      /^(qti-response-declaration )*(qti-outcome-declaration )*(qti-assessment-stimulus-ref )*(qti-item-body )?(qti-response-processing )?$/,
  },
  'qti-response-declaration': {
    needs: { identifier: ID, cardinality: /^(single|multiple|ordered|record)$/ },
    may: { 'base-type': /^(identifier|string|integer|float|boolean|file)$/ },
    inside: /^(qti-correct-response )?(qti-mapping )?$/,
  },
  'qti-outcome-declaration': {
    needs: { identifier: ID, cardinality: /^single$/, 'base-type': /^float$/ },
    may: {
      'normal-maximum': NUMBER,
      'normal-minimum': NUMBER,
      'external-scored': /^(human|externalMachine)$/,
    },
    inside: /^(qti-default-value )?$/,
  },
  'qti-correct-response': { inside: /^(qti-value )+$/ },
  'qti-default-value': { inside: /^(qti-value )+$/ },
  'qti-value': { inside: NOTHING, text: true },
  'qti-mapping': { needs: { 'default-value': NUMBER }, inside: /^(qti-map-entry )+$/ },
  'qti-map-entry': {
    needs: { 'map-key': ANY, 'mapped-value': NUMBER },
    may: { 'case-sensitive': BOOLEAN },
    inside: NOTHING,
  },
  'qti-assessment-stimulus-ref': {
    needs: { identifier: ID, href: PATH },
    may: { title: ANY },
    inside: NOTHING,
  },
  'qti-item-body': only(BLOCK, { body: true }),
  'qti-prompt': inline,
  'qti-choice-interaction': {
    needs: { 'response-identifier': ID, 'max-choices': COUNT },
    may: { shuffle: BOOLEAN, 'min-choices': COUNT },
    inside: /^(qti-prompt )?(qti-simple-choice )+$/,
    body: true,
  },
  'qti-simple-choice': { ...flow, needs: { identifier: ID }, may: { fixed: BOOLEAN } },
  'qti-text-entry-interaction': {
    needs: { 'response-identifier': ID },
    may: { 'expected-length': COUNT },
    inside: NOTHING,
    body: true,
  },
  'qti-extended-text-interaction': {
    needs: { 'response-identifier': ID },
    may: { 'expected-length': COUNT, 'expected-lines': COUNT, format: /^(plain|preformatted|xhtml)$/ },
    inside: /^(qti-prompt )?$/,
    body: true,
  },
  'qti-upload-interaction': {
    needs: { 'response-identifier': ID },
    may: { type: /^[a-z]+\/[a-z0-9.*+-]+$/ },
    inside: /^(qti-prompt )?$/,
    body: true,
  },
  'qti-media-interaction': {
    needs: { 'response-identifier': ID, autostart: BOOLEAN },
    may: { 'min-plays': COUNT, 'max-plays': COUNT, loop: BOOLEAN },
    inside: /^(qti-prompt )?(audio|video|object) $/,
    body: true,
  },
  'qti-rubric-block': {
    needs: { view: /^(author|candidate|proctor|scorer|testConstructor|tutor)$/ },
    may: { use: /^(instructions|scoring|navigation|ext:\S+)$/ },
    inside: /^qti-content-body $/,
    body: true,
  },
  'qti-content-body': flow,
  'qti-response-processing': {
    may: { template: SOME },
    inside: /^(qti-response-condition |qti-set-outcome-value )*$/,
  },
  'qti-response-condition': { inside: /^qti-response-if (qti-response-else-if )*(qti-response-else )?$/ },
  'qti-response-if': branch,
  'qti-response-else-if': branch,
  'qti-set-outcome-value': { ...expression(1, '1'), needs: { identifier: ID } },
  'qti-match': expression(2, '2'),
  'qti-contains': expression(2, '2'),
  'qti-divide': expression(2, '2'),
  'qti-not': expression(1, '1'),
  'qti-is-null': expression(1, '1'),
  'qti-and': expression(1),
  'qti-sum': expression(1),
  'qti-product': expression(1),
  'qti-variable': reference,
  'qti-correct': reference,
  'qti-map-response': reference,
  'qti-base-value': { needs: { 'base-type': /^float$/ }, inside: NOTHING, text: true },
  'qti-assessment-stimulus': {
    needs: { ...NAMESPACED, identifier: ID, title: ANY },
    may: { 'xml:lang': SOME },
    inside: /^qti-stimulus-body $/,
  },
  'qti-stimulus-body': only('p|div|h2|ul|ol|table', { body: true }),
  'qti-assessment-test': {
    needs: { ...NAMESPACED, identifier: ID, title: ANY },
    inside: /^(qti-test-part )+$/,
  },
  'qti-test-part': {
    needs: {
      identifier: ID,
      'navigation-mode': /^(linear|nonlinear)$/,
      'submission-mode': /^(individual|simultaneous)$/,
    },
    inside: /^(qti-assessment-section )+$/,
  },
  'qti-assessment-section': {
    needs: { identifier: ID, title: ANY, visible: BOOLEAN },
    may: { 'keep-together': BOOLEAN, fixed: BOOLEAN },
    inside:
      /^(qti-selection )?(qti-ordering )?(qti-rubric-block )*(qti-assessment-section |qti-assessment-item-ref )*$/,
  },
  'qti-selection': { needs: { select: COUNT }, may: { 'with-replacement': BOOLEAN }, inside: NOTHING },
  'qti-ordering': { may: { shuffle: BOOLEAN }, inside: NOTHING },
  'qti-assessment-item-ref': { needs: { identifier: ID, href: PATH }, inside: NOTHING },
  p: inline,
  h2: inline,
  div: flow,
  ...Object.fromEntries(
    ['b', 'strong', 'i', 'em', 'u', 'sub', 'sup', 'span', 'ruby', 'rt', 'rp'].map((name) => [name, inline]),
  ),
  a: { ...inline, needs: { href: PATH } },
  br: { inside: NOTHING, body: true },
  img: { needs: { src: PATH, alt: ANY }, inside: NOTHING, body: true },
  audio: { may: { controls: BOOLEAN, src: PATH }, inside: /^(source )*$/, body: true },
  source: { needs: { src: PATH }, may: { type: SOME }, inside: NOTHING, body: true },
  ul: only('li', { body: true }),
  ol: only('li', { body: true }),
  li: flow,
  table: { inside: /^(caption )?(thead )?(tbody )+$/, body: true },
  caption: inline,
  thead: only('tr', { body: true }),
  tbody: only('tr', { body: true }),
  tr: only('td|th', { body: true }),
  td: { ...flow, may: { colspan: COUNT, rowspan: COUNT } },
  th: { ...flow, may: { colspan: COUNT, rowspan: COUNT } },
};

/** A document as a tree, prefixes as they are written. @throws where it is not well formed */
export function parse(text: string): Element {
  const top: Element = { name: '', attributes: {}, children: [] };
  const open = [top];
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: { ...attributes }, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (piece) => open.at(-1)?.children.push(piece));
  parser.write(text).close();
  return elementsOf(top)[0] ?? top;
}

/** Elements directly below. */
export function elementsOf({ children }: Element): Element[] {
  return children.filter((child): child is Element => typeof child !== 'string');
}

/** The element and all below it. */
export function allOf(element: Element): Element[] {
  return [element, ...elementsOf(element).flatMap(allOf)];
}

/** What of a document is not as the model has it; empty where all is. */
export function modelFaults(root: Element): string[] {
  return allOf(root).flatMap(faultsOfElement);
}

function faultsOfElement(element: Element): string[] {
  const { name, attributes, children } = element;
  const rule = RULES[name];
  if (rule === undefined) return [`<${name}> is not in the model`];
  const { needs = {}, may = {}, inside, text = false, body = false } = rule;
  const missing = Object.keys(needs).filter((key) => attributes[key] === undefined);
  const wrong = Object.entries(attributes).filter(([key, value]) => {
    if (body && /^(id|class|xml:lang|data-[a-z0-9-]+)$/.test(key)) return false;
    const form = needs[key] ?? may[key];
    return form?.test(value) !== true;
  });
  const names = elementsOf(element).map((child) => `${child.name} `);
  const stray = !text && children.some((child) => typeof child === 'string' && child.trim() !== '');
  return [
    ...missing.map((key) => `<${name}> lacks ${key}`),
    ...wrong.map(([key, value]) => `<${name} ${key}="${value.slice(0, 40)}">`),
    ...(inside.test(names.join('')) ? [] : [`<${name}> holds ${names.join('').trim()}`]),
    ...(stray ? [`<${name}> holds text`] : []),
  ];
}
