// Reads XML of unknown origin: well-formed only, no DTD, no entities but the five, bounded in depth and number of nodes.

import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';
import { BankRefusal } from './findings.js';

export interface XmlElement {
  /** Name without prefix. */
  name: string;
  namespace: string;
  /** Attributes by name without prefix; where two share a name the one without prefix stands. */
  attributes: Readonly<Record<string, string>>;
  children: (XmlElement | string)[];
}

export interface XmlHandlers {
  open: (name: string, attributes: Readonly<Record<string, string>>, namespace: string) => void;
  close: (name: string) => void;
  text: (text: string) => void;
}

const MAX_DEPTH = 200;
const MAX_TREE_NODES = 500_000;

/** Streams a document to handlers. @throws BankRefusal `xml-bad`, `xml-dtd`, `xml-limit`; whatever a handler throws */
export function walkXml(bytes: Buffer | string, part: string, handlers: XmlHandlers): void {
  const text = typeof bytes === 'string' ? bytes : decodeXml(bytes, part);
  const parser = new SaxesParser({ xmlns: true, position: false });
  let depth = 0;
  parser.on('error', (error) => {
    throw new BankRefusal('xml-bad', { part, why: error.message });
  });
  parser.on('doctype', () => {
    throw new BankRefusal('xml-dtd', { part });
  });
  parser.on('opentag', (tag: SaxesTagNS) => {
    if (++depth > MAX_DEPTH) throw new BankRefusal('xml-limit', { part });
    handlers.open(tag.local, attributesOf(tag.attributes), tag.uri);
  });
  parser.on('closetag', (tag: SaxesTagNS) => {
    depth -= 1;
    handlers.close(tag.local);
  });
  parser.on('text', (piece) => handlers.text(piece));
  parser.on('cdata', (piece) => handlers.text(piece));
  parser.write(text).close();
}

/** The whole document as a tree. @throws BankRefusal `xml-bad`, `xml-dtd`, `xml-limit` */
export function parseXml(bytes: Buffer | string, part: string): XmlElement {
  const top: XmlElement = { name: '', namespace: '', attributes: {}, children: [] };
  const open: XmlElement[] = [top];
  let nodes = 0;
  const add = (child: XmlElement | string) => {
    if (++nodes > MAX_TREE_NODES) throw new BankRefusal('xml-limit', { part });
    open.at(-1)?.children.push(child);
  };
  walkXml(bytes, part, {
    open: (name, attributes, namespace) => {
      const element: XmlElement = { name, namespace, attributes, children: [] };
      add(element);
      open.push(element);
    },
    close: () => void open.pop(),
    text: (text) => add(text),
  });
  const root = top.children.find((child): child is XmlElement => typeof child !== 'string');
  if (root === undefined) throw new BankRefusal('xml-bad', { part, why: 'no root element' });
  return root;
}

/** Elements directly below, of one name or of any. */
export function childrenOf(element: XmlElement, name?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

export function childOf(element: XmlElement, name: string): XmlElement | null {
  return childrenOf(element, name)[0] ?? null;
}

/** Elements at any depth, in document order. */
export function descendantsOf(element: XmlElement, name?: string): XmlElement[] {
  return childrenOf(element).flatMap((child) => [
    ...(name === undefined || child.name === name ? [child] : []),
    ...descendantsOf(child, name),
  ]);
}

export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

function attributesOf(given: Record<string, SaxesAttributeNS>): Readonly<Record<string, string>> {
  // Without a prototype: an attribute may be called __proto__.
  const attributes = Object.create(null) as Record<string, string>;
  for (const { prefix, local, value } of Object.values(given)) {
    if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) continue;
    if (prefix === '' || attributes[local] === undefined) attributes[local] = value;
  }
  return attributes;
}

const ENCODINGS = new Set([
  'utf-8',
  'utf8',
  'us-ascii',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'gbk',
  'gb2312',
  'gb18030',
]);

function decodeXml(bytes: Buffer, part: string): string {
  const head = bytes.subarray(0, 200).toString('latin1');
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null;
  const declared = /^[^<]{0,3}<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/
    .exec(head)?.[1]
    ?.toLowerCase();
  const encoding = mark ?? declared ?? 'utf-8';
  if (!ENCODINGS.has(encoding)) throw new BankRefusal('xml-bad', { part, why: `encoding ${encoding}` });
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new BankRefusal('xml-bad', { part, why: `not ${encoding}` });
  }
}
