// Whether the built pages are of 2019, as Chrome 74 and Firefox 68 need them. `import()` and `import.meta` are of 2020, and both have
// them: they are hidden from the check, and nothing else is. Usage: node scripts/check-pages.mjs

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WEB = join('build', 'web');
const COPIES = join('build', 'pages-to-check');

rmSync(COPIES, { recursive: true, force: true });
mkdirSync(COPIES, { recursive: true });
const scripts = [...readdirSync(join(WEB, 'assets')).map((name) => join('assets', name)), 'sw.js'].filter(
  (name) => name.endsWith('.js'),
);
for (const name of scripts) {
  const text = readFileSync(join(WEB, name), 'utf8');
  writeFileSync(
    join(COPIES, name.replaceAll(/[\\/]/g, '-')),
    text.replaceAll(/\bimport(?=\(|\.meta\b)/g, 'imported'),
  );
}
const { status } = spawnSync(
  process.execPath,
  ['node_modules/es-check/lib/cli/index.js', 'es2019', join(COPIES, '*.js'), '--module'],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
