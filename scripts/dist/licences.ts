// The list of everything in an archive that others wrote, with the text of each licence once. A module without a licence text
// is named with what its package.json says; one that says nothing stops the build.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Module } from './modules.js';

const TEXT_FILE = /^(licen[cs]e|notice|copying|unlicense)[^/]*$/i;
interface Manifest {
  license?: string | { type?: string };
  licenses?: { type?: string }[];
}

/** What a module's package.json says of its licence; empty where it says nothing. */
export function licenceOf({ license, licenses }: Manifest): string {
  if (typeof license === 'string') return license;
  if (license?.type !== undefined) return license.type;
  return (licenses ?? []).map(({ type = '' }) => type).join(' OR ');
}

/**
 * Writes the list: Node first, then every module, then the texts.
 * @param node Node's own licence file, which names all that is inside Node
 * @throws Error naming the modules of which nobody can say under which licence they are
 */
export function licenceList(
  root: string,
  modules: readonly Module[],
  node: { version: string; text: string },
): string {
  const texts = new Map<string, number>();
  const unknown: string[] = [];
  const lines = modules.map(({ path, name, version }) => {
    const folder = join(root, path);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const files = readdirSync(folder).filter((file) => TEXT_FILE.test(file));
    const said = licenceOf(manifest) || (files.length > 0 ? 'see text' : '');
    if (said === '') unknown.push(`${name} ${version}`);
    const numbers = files.sort().map((file) => {
      const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
      const number = texts.get(text) ?? texts.size + 1;
      texts.set(text, number);
      return `[${number}]`;
    });
    return `${name} ${version}: ${said} ${numbers.join(' ')}`.trimEnd();
  });
  if (unknown.length > 0) throw new Error(`Nobody says under which licence these are: ${unknown.join(', ')}`);
  const heading = [
    '考场随包软件及许可证 / Software in this archive, and its licences',
    '',
    'Kaochang itself: Apache-2.0, see LICENSE.',
    `Node.js ${node.version}: see node/LICENSE.`,
    '',
  ];
  const bodies = [...texts].map(([text, number]) => `[${number}]\n${text}\n`);
  return [...heading, ...lines, '', ...bodies].join('\n');
}
