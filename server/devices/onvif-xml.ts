// XML of cameras: read into a small bounded tree, never a DTD, and texts made fit to stand in XML. What is no XML is a bad
// answer of the camera, whatever it is.

import { SaxesParser } from 'saxes';
import { DeviceFault } from './contract.js';

export interface XmlNode {
  /** Without prefix. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly XmlNode[];
  /** Its own text, without that of its children. */
  text: string;
}

const MOST_NODES = 20_000;
const DEEPEST = 60;

const bad = (why: string) => new DeviceFault('bad-answer', `XML: ${why}`.slice(0, 200));

/** @throws DeviceFault `bad-answer` */
export function readXml(text: string): XmlNode {
  interface Building extends XmlNode {
    children: Building[];
  }
  const top: Building = { name: '', attributes: {}, children: [], text: '' };
  const open: Building[] = [top];
  let nodes = 0;
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on('error', (error) => {
    throw bad(error.message);
  });
  parser.on('doctype', () => {
    throw bad('a DTD');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++nodes > MOST_NODES || open.length > DEEPEST) throw bad('too large');
    const node: Building = { name: local(name), attributes: locals(attributes), children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (piece: string) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  try {
    parser.write(text).close();
  } catch (error) {
    throw error instanceof DeviceFault ? error : bad((error as Error).message);
  }
  const [root] = top.children;
  if (root === undefined) throw bad('nothing in it');
  return root;
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function locals(given: object): Readonly<Record<string, string>> {
  // Without a prototype: an attribute may be called __proto__.
  const attributes = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(given)) attributes[local(name)] = String(value);
  return attributes;
}

/** The first element on a path of names, from the node's children on; null where there is none. */
export function at(node: XmlNode | null, ...path: string[]): XmlNode | null {
  let here = node;
  for (const name of path) here = here?.children.find((child) => child.name === name) ?? null;
  return here;
}

/** Children of one name. */
export function all(node: XmlNode | null, name: string): XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

/** Elements of one name at any depth, in the order of the document. */
export function within(node: XmlNode, name: string): XmlNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...within(child, name)]);
}

/** The text on a path, trimmed; null where there is none or it is empty. */
export function textAt(node: XmlNode | null, ...path: string[]): string | null {
  const text = at(node, ...path)?.text.trim() ?? '';
  return text === '' ? null : text;
}

/** A whole number on a path; null where there is none. */
export function wholeAt(node: XmlNode | null, ...path: string[]): number | null {
  const text = textAt(node, ...path) ?? '';
  return /^-?\d{1,12}$/.test(text) ? Number(text) : null;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as it may stand between tags; characters that XML cannot carry are left out. */
export function escapeXml(text: string): string {
  return (
    Buffer.from(text, 'utf8')
      .toString('utf8')
      // eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 cannot carry
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/[&<>"]/g, (one) => ENTITIES[one] ?? '')
  );
}
