// What an installation of the modules may bring, read from the lock file and without a network: packages of the registry alone, each
// held to its hash, and no script of theirs but the named ones.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  hasInstallScript?: boolean;
  inBundle?: boolean;
}

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides: Record<string, string>;
  scripts: Record<string, string>;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  lockfileVersion: number;
  packages: Record<string, Locked>;
};
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

const REGISTRY = 'https://registry.npmjs.org/';
/** SHA-512, 64 bytes. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
/** A range of versions: no address, no folder, no other name. */
const RANGE = /^[~^]?\d+(\.\d+){0,2}$/;

/**
 * Modules that bring a script of their own, and what it would do. Set-up runs none of them but better-sqlite3's: a new name here is
 * read before it is added.
 */
const SCRIPTS: Record<string, string> = {
  'node_modules/better-sqlite3': 'fetches a compiled module, or compiles it',
  'node_modules/@serialport/bindings-cpp': 'looks for its compiled module, which it brings',
  'node_modules/node-hid': 'looks for its compiled module, which it brings',
  'node_modules/puppeteer-core': 'downloads nothing: core has no browser; for tests',
};

/** What is wrong with an entry; null = nothing. */
function objection(path: string, { version, resolved, integrity, link, inBundle }: Locked): string | null {
  if (link === true) return 'is a link';
  if (inBundle === true) return 'comes inside another one, without a hash';
  if (resolved !== undefined && !resolved.startsWith(REGISTRY)) return `comes from ${resolved}`;
  if (version === undefined || !VERSION.test(version)) return `has the version ${version ?? 'none'}`;
  if (integrity === undefined || !INTEGRITY.test(integrity)) return `has the hash ${integrity ?? 'none'}`;
  return path.startsWith('node_modules/') ? null : 'lies outside node_modules';
}

void t.test('every package comes from the registry and is held to its hash', async (t) => {
  t.equal(lock.lockfileVersion, 3);
  t.ok(packages.length > 500);
  t.strictSame(
    packages.flatMap(([path, entry]) => {
      const wrong = objection(path, entry);
      return wrong === null ? [] : [`${path} ${wrong}`];
    }),
    [],
  );
  const good = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };
  t.equal(objection('node_modules/x', good), null);
  for (const bad of [
    { ...good, resolved: 'git+ssh://git@example.org/x.git#0' },
    { ...good, resolved: 'http://registry.npmjs.org/x.tgz' },
    { ...good, integrity: 'sha1-AAAA' },
    { version: '1.0.0' },
    { ...good, link: true },
    { ...good, inBundle: true },
    { ...good, version: 'file:../x' },
  ])
    t.ok(objection('node_modules/x', bad), JSON.stringify(bad));
});

void t.test('the project asks for versions of packages, never for addresses', async (t) => {
  const { dependencies, devDependencies, overrides } = manifest;
  for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies, ...overrides }))
    t.match(range, RANGE, `${name} ${range}`);
  const root = lock.packages[''] as unknown as Manifest;
  t.strictSame(root.dependencies, dependencies, 'the lock file is of this package.json');
  t.strictSame(root.devDependencies, devDependencies);
});

void t.test('no package runs a script at its installation but the named ones', async (t) => {
  const found = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  t.strictSame(found.sort(), Object.keys(SCRIPTS).sort());
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  t.strictSame(
    Object.keys(manifest.scripts).filter((name) => hooks.includes(name)),
    [],
    'nor the project itself',
  );
  // The lock file says what the registry said; the packages that are here say it themselves.
  for (const [path] of packages) {
    const file = join(path, 'package.json');
    if (!existsSync(file)) continue;
    const { scripts = {} } = JSON.parse(readFileSync(file, 'utf8')) as { scripts?: Record<string, string> };
    const runs = ['preinstall', 'install', 'postinstall'].some((name) => scripts[name] !== undefined);
    if (runs || existsSync(join(path, 'binding.gyp'))) t.ok(path in SCRIPTS, `${path} runs a script`);
  }
});

void t.test('set-up runs no script of a package but that of the database module', async (t) => {
  const text = readFileSync('scripts/set-up.mjs', 'utf8');
  const calls = [...text.matchAll(/run\(npm, \[([^\]]*)\]/g)].map(([, words = '']) => words);
  t.equal(calls.length, 3);
  for (const words of calls)
    t.ok(
      /--ignore-scripts|\.\.\.options/.test(words) || /'rebuild', 'better-sqlite3'/.test(words),
      `npm ${words}`,
    );
  t.match(/const options = \[([^\]]*)\]/.exec(text)?.[1], '--ignore-scripts');
});
