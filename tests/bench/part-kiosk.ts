// What a candidate's PC has to fetch before its first page: the scripts of the kiosk, compressed. Reads build/web and runs nothing.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Part } from './part.js';

const WEB = join('build', 'web');

export const kiosk: Part = async (_size, out) => {
  if (!existsSync(join(WEB, 'index.html'))) return out.say('build/web is missing: npm run build');
  const scripts = scriptsOf('index.html');
  const bytes = [...scripts].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(WEB, file)), { level: 9 }).length,
    0,
  );
  out.found({
    ...{ id: 'kiosk', what: ['考生端脚本（gzip）', 'scripts of the kiosk (gzip)'], unit: 'kB' },
    ...{ figure: bytes / 1_000, budget: { atMost: 60 } },
    note: `${scripts.size} files, the service worker included`,
  });
};

/** A page's scripts and whatever they import, as paths below build/web. */
export function scriptsOf(page: string, folder = WEB): Set<string> {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+\.js)["']/g))
      follow(join(dirname(file), name ?? ''));
  };
  const html = readFileSync(join(folder, page), 'utf8');
  for (const [, name] of html.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)) follow(name ?? '');
  if (existsSync(join(folder, 'sw.js'))) follow('sw.js');
  return found;
}
