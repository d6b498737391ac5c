// What goes into an archive: every module that shipped code imports, and nothing that only the makers need.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { licenceList, licenceOf } from '../../scripts/dist/licences.js';
import {
  missingModules,
  moduleFiles,
  productionModules,
  readLock,
  travels,
} from '../../scripts/dist/modules.js';
import { ownFiles } from '../../scripts/dist/own-files.js';

const root = process.cwd();
const modules = productionModules(readLock(root));
const own = ownFiles(root, 'linux-x64');

void t.test('every module that shipped code imports is one of production', async (t) => {
  const shipped = new Set(modules.map(({ path }) => path));
  const code = own.filter(({ to }) => /^build\/(server|scripts)\/.*\.js$/.test(to));
  t.ok(code.length > 200);
  for (const { from } of code) {
    const text = readFileSync(join(root, from), 'utf8');
    for (const [, plain, dynamic] of text.matchAll(
      /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
    )) {
      const name = plain ?? dynamic ?? '';
      if (name.startsWith('.') || name.startsWith('node:')) continue;
      const module = name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
      if (builtinModules.includes(module)) continue;
      t.ok(shipped.has(`node_modules/${module}`), `${from} imports ${module}`);
    }
  }
});

void t.test('the modules are there, the makers’ tools are not among them', async (t) => {
  t.strictSame(missingModules(root, modules), []);
  const names = new Set(modules.map(({ name }) => name));
  for (const name of ['koa', 'ws', 'better-sqlite3', 'yaml', 'node-hid']) t.ok(names.has(name), name);
  for (const name of ['tap', 'typescript', 'vite', 'eslint', 'playwright-core', '@types/node'])
    t.notOk(names.has(name), name);
});

void t.test('a compiled module comes without its sources, for one platform', async (t) => {
  const of = (name: string, platform: 'linux-x64' | 'win32-x64') => {
    const module = modules.find((one) => one.name === name);
    return module === undefined ? [] : moduleFiles(root, module, platform);
  };
  const sqlite = of('better-sqlite3', 'linux-x64');
  t.ok(sqlite.includes('build/Release/better_sqlite3.node'));
  t.ok(sqlite.includes('LICENSE'));
  t.strictSame(
    sqlite.filter((file) => /^(deps|src)\/|\.(c|cpp|h|o|a|gypi?)$/.test(file)),
    [],
  );
  t.notOk(of('better-sqlite3', 'win32-x64').some((file) => file.endsWith('.node')));
  const platforms = (files: string[]) =>
    new Set(files.map((file) => /^prebuilds\/([^/]+)/.exec(file)?.[1] ?? ''));
  t.strictSame([...platforms(of('node-hid', 'linux-x64'))].sort(), [
    '',
    'HID-linux-x64',
    'HID_hidraw-linux-x64',
  ]);
  t.strictSame([...platforms(of('node-hid', 'win32-x64'))].sort(), ['', 'HID-win32-x64']);
  t.ok(travels('x', 'LICENSE.md', 'linux-x64'));
  t.notOk(travels('x', 'index.d.ts', 'linux-x64'));
});

void t.test('what is the project’s own: no tests, no maps, all that the installer needs', async (t) => {
  const paths = own.map(({ to }) => to);
  t.strictSame(
    paths.filter((path) => /^build\/(tests|kiosk-client|results)|\.map$|^build\/scripts\/dist\//.test(path)),
    [],
  );
  for (const path of [
    'install.sh',
    'bin/kaochang',
    'lib/setup-lib.sh',
    'systemd/kaochang.service',
    'package.json',
  ])
    t.ok(paths.includes(path), path);
  t.strictSame(paths, [...paths].sort(), 'sorted');
  for (const { from } of own) t.ok(statSync(join(root, from)).isFile(), from);
});

void t.test('every module is on the list of licences; one that says nothing stops the build', async (t) => {
  const text = licenceList(root, modules, { version: 'v1.2.3', text: '' });
  for (const { name, version } of modules) t.ok(text.includes(`\n${name} ${version}: `), name);
  t.match(text, 'Permission is hereby granted');
  t.match(text, 'Node.js v1.2.3');
  t.equal(licenceOf({ license: { type: 'MIT' } }), 'MIT');
  t.equal(licenceOf({ licenses: [{ type: 'MIT' }, { type: 'ISC' }] }), 'MIT OR ISC');
  const folder = t.testdir({ 'package.json': '{}', x: { 'package.json': '{"name":"x"}' } });
  const silent = { path: 'x', name: 'x', version: '1.0.0', optional: false };
  t.throws(() => licenceList(folder, [silent], { version: '', text: '' }), /x 1\.0\.0/);
  t.ok(existsSync(join(root, 'LICENSE')));
  t.ok(readdirSync(root).includes('package-lock.json'));
});
