// Reads XML property lists strictly, with the project's own XML parser: what Safe Exam Browser would take for nothing is an
// error here.

import { SaxesParser } from 'saxes';

export type PlistValue = string | number | boolean | PlistValue[] | { [key: string]: PlistValue };

interface Open {
  tag: string;
  text: string;
  items: PlistValue[];
  entries: Map<string, PlistValue>;
  key: string | null;
}

const PLAIN = ['key', 'string', 'integer', 'true', 'false'];

/** @throws Error on XML that is not well formed, unknown tags, keys twice, and values without a key */
export function parsePlist(text: string): PlistValue {
  const parser = new SaxesParser();
  const open: Open[] = [];
  let found: PlistValue | undefined;
  const put = (value: PlistValue) => {
    const parent = open.at(-1);
    if (parent === undefined) throw new Error('a value outside of plist');
    if (parent.tag === 'array') parent.items.push(value);
    else if (parent.tag === 'plist') {
      if (found !== undefined) throw new Error('two values in plist');
      found = value;
    } else if (parent.tag === 'dict') {
      if (parent.key === null) throw new Error('a value without a key');
      if (parent.entries.has(parent.key)) throw new Error(`${parent.key} is there twice`);
      parent.entries.set(parent.key, value);
      parent.key = null;
    } else throw new Error(`${parent.tag} holds no values`);
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    if (open.length === 0 && name !== 'plist') throw new Error('no plist');
    if (![...PLAIN, 'plist', 'dict', 'array'].includes(name)) throw new Error(`unknown tag ${name}`);
    open.push({ tag: name, text: '', items: [], entries: new Map(), key: null });
  });
  parser.on('text', (piece) => {
    const inner = open.at(-1);
    if (inner !== undefined && PLAIN.includes(inner.tag)) inner.text += piece;
    else if (piece.trim() !== '') throw new Error(`text between values: ${piece}`);
  });
  parser.on('closetag', () => {
    const { tag, text: inner, items, entries, key } = open.pop() as Open;
    if (tag === 'plist') return;
    if (tag === 'key') {
      const parent = open.at(-1);
      if (parent?.tag !== 'dict' || parent.key !== null) throw new Error(`${inner} is a key of nothing`);
      parent.key = inner;
    } else if (tag === 'dict') {
      if (key !== null) throw new Error(`${key} has no value`);
      put(Object.fromEntries(entries));
    } else if (tag === 'array') put(items);
    else if (tag === 'integer') {
      if (!/^-?\d+$/.test(inner)) throw new Error(`${inner} is no integer`);
      put(Number(inner));
    } else put(tag === 'string' ? inner : tag === 'true');
  });
  parser.write(text).close();
  if (found === undefined) throw new Error('an empty plist');
  return found;
}
