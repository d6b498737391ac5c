// Reads the documents of the wires and follows their references, for tests that hold them against the code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Node = Record<string, unknown>;

export const DOCUMENT_FOLDER = join(process.cwd(), 'docs', 'protocol');

export function readDocument(name: string): Node {
  return parse(readFileSync(join(DOCUMENT_FOLDER, name), 'utf8')) as Node;
}

/** What a path of keys leads to, references followed; an empty object where it leads nowhere. */
export function at(document: Node, ...path: string[]): Node {
  let node: Node = document;
  for (const key of path) node = follow(document, (node[key] ?? {}) as Node);
  return node;
}

/** The node itself, or what its `$ref` names. @throws Error where that is nothing */
export function follow(document: Node, node: Node): Node {
  const { $ref: reference } = node;
  if (typeof reference !== 'string') return node;
  let found: unknown = document;
  for (const key of reference.replace(/^#\//, '').split('/'))
    found = (found as Node | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (found === undefined) throw new Error(`${reference} names nothing`);
  return follow(document, found as Node);
}

/** Every reference of a document, with the place where it stands. */
export function references(node: unknown, where = '#'): { where: string; reference: string }[] {
  if (Array.isArray(node)) return node.flatMap((one, index) => references(one, `${where}/${index}`));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string'
      ? [{ where, reference: value }]
      : references(value, `${where}/${key}`),
  );
}

/** What is in one list and not in the other. */
export function differences(
  documented: Iterable<string>,
  real: Iterable<string>,
): { undocumented: string[]; absent: string[] } {
  const [known, there] = [new Set(documented), new Set(real)];
  return {
    undocumented: [...there].filter((one) => !known.has(one)).sort(),
    absent: [...known].filter((one) => !there.has(one)).sort(),
  };
}
