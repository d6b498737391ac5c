// The rules of the house as tests: who may import whom, how large a file may be, which words the rules may not use.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import t from 'tap';

const root = process.cwd();
const MAX_LINES = 500;

interface Import {
  target: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .flatMap((path) =>
      statSync(join(root, path)).isDirectory() ? sources(path) : /\.(ts|tsx|mjs)$/.test(path) ? [path] : [],
    );
}

/** Imports of a file; relative ones as paths from the root, others as they are written. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const pattern =
    /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;
  for (const match of text.matchAll(pattern)) {
    const name = match[2] ?? match[3] ?? '';
    const target = name.startsWith('.')
      ? relative(root, join(root, dirname(file), name))
          .split(sep)
          .join('/')
          .replace(/\.js$/, '')
      : name;
    found.push({ target, typeOnly: match[1] !== undefined });
  }
  return found;
}

/** What pages take of core beside types: its views, and the dictionary of readings with its names and units. */
const FOR_PAGES = ['server/core/views', 'server/core/readings', 'server/core/device-acts'];
/** What plays a candidate without a page: in Node and, in a rehearsal on the room's own PCs, in a browser. */
const PLAYS_ANYWHERE = [
  'any-answer',
  'chance',
  'dealt-items',
  'listeners',
  'percentiles',
  'rehearsal-figures',
  'rehearsed-seat',
  'rehearsed-seats',
  'scripted-pc',
  'shelf',
  'strokes',
].map((name) => `server/rehearsal/${name}`);
const isOwn = (target: string) => /^(server|kiosk-client|scripts|tests)\//.test(target);
const inFolder = (target: string, ...folders: string[]) =>
  folders.some((folder) => target.startsWith(`${folder}/`));

/** Folders of I/O that may not know each other: main.ts introduces them. */
const IO_FOLDERS = [
  'journal',
  'papers',
  'roster',
  'devices',
  'recording',
  'preflight',
  'forms',
  'bundle',
  'install',
  'uploads',
  'replica',
  'http',
  'seats',
  'proctor',
];

/** Says why `file` may not import `target`, or null. */
function objection(file: string, { target, typeOnly }: Import): string | null {
  if (file.startsWith('server/core/')) return inFolder(target, 'server/core') ? null : 'core imports nothing';
  if (file.startsWith('server/protocol/'))
    return !isOwn(target) ||
      inFolder(target, 'server/protocol') ||
      (typeOnly && inFolder(target, 'server/core'))
      ? null
      : 'protocol imports types of core and the schema library only';
  if (file.startsWith('server/keys/'))
    return !isOwn(target) || inFolder(target, 'server/keys', 'server/protocol') ? null : 'keys know nobody';
  if (/^server\/bundle\/verify/.test(file)) {
    if (typeOnly) return null;
    return !isOwn(target) ||
      /^server\/bundle\/verify/.test(target) ||
      inFolder(target, 'server/core', 'server/protocol', 'server/keys') ||
      target === 'server/journal/chain'
      ? null
      : 'the verifier imports nothing that builds or scores';
  }
  if (/^server\/papers\/rescore/.test(file))
    return !isOwn(target) ||
      inFolder(target, 'server/protocol') ||
      (typeOnly && inFolder(target, 'server/core'))
      ? null
      : 'the second scorer shares no code with the first';
  const folder = /^server\/([a-z-]+)\//.exec(file)?.[1];
  if (folder !== undefined && IO_FOLDERS.includes(folder)) {
    const other = /^server\/([a-z-]+)\//.exec(target)?.[1];
    if (
      other !== undefined &&
      other !== folder &&
      IO_FOLDERS.includes(other) &&
      !typeOnly &&
      target !== 'server/journal/chain'
    )
      return 'folders of I/O do not know each other';
    if (inFolder(target, 'kiosk-client', 'scripts', 'tests') || target === 'server/main')
      return 'arrows point to core';
    return null;
  }
  if (PLAYS_ANYWHERE.includes(file.replace(/\.ts$/, '')))
    return PLAYS_ANYWHERE.includes(target) || (typeOnly && inFolder(target, 'server/protocol'))
      ? null
      : 'what runs in browsers too knows neither Node nor the rest of the server';
  if (file.startsWith('kiosk-client/rehearsal/') && PLAYS_ANYWHERE.includes(target)) return null;
  if (file.startsWith('kiosk-client/')) {
    if (inFolder(target, 'kiosk-client')) return null;
    if (inFolder(target, 'server/protocol')) return null;
    if (inFolder(target, 'server/core'))
      return typeOnly || FOR_PAGES.includes(target) ? null : 'only views of core';
    if (isOwn(target) || target.startsWith('node:')) return 'browser code imports protocol and views only';
    return null;
  }
  if (file.startsWith('server/') && inFolder(target, 'scripts', 'tests', 'kiosk-client'))
    return 'arrows point to core';
  if (file.startsWith('scripts/') && inFolder(target, 'tests')) return 'tests are not shipped';
  return null;
}

const all = [...sources('server'), ...sources('kiosk-client'), ...sources('scripts'), ...sources('tests')];

void t.test('imports point the right way', async (t) => {
  t.ok(all.length > 20, 'there are files to look at');
  for (const file of all)
    for (const wanted of importsOf(file)) {
      const why = objection(file, wanted);
      if (why !== null) t.fail(`${file} imports ${wanted.target}: ${why}`);
    }
});

void t.test('the check itself finds planted violations', async (t) => {
  const planted: [string, string, boolean][] = [
    ['server/core/decide.ts', 'node:fs', false],
    ['server/protocol/seat.ts', 'server/core/decide', false],
    ['server/bundle/verify.ts', 'server/bundle/build', false],
    ['server/papers/rescore.ts', 'server/papers/scoring/score', false],
    ['server/seats/gateway.ts', 'server/papers/install', false],
    ['kiosk-client/candidate/main.tsx', 'server/room', false],
    ['server/room.ts', 'tests/support/x', false],
    ['server/rehearsal/scripted-pc.ts', 'ws', false],
    ['server/rehearsal/strokes.ts', 'server/protocol/seat', false],
    ['kiosk-client/candidate/kiosk.ts', 'server/rehearsal/scripted-pc', false],
    ['kiosk-client/rehearsal/player.ts', 'server/rehearsal/simulated-pc', false],
  ];
  for (const [file, target, typeOnly] of planted)
    t.ok(objection(file, { target, typeOnly }), `${file} -> ${target} is refused`);
});

/** The first ring of files that import each other, types counted too; null where whoever reads one file need not read it again. */
function ring(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found !== null) return found;
  }
  return null;
}

void t.test('no files import each other in a ring', async (t) => {
  const name = (file: string) => file.replace(/\.(tsx?|mjs)$/, '');
  const files = all.filter((file) => !file.startsWith('tests/'));
  const graph = new Map(files.map((file) => [name(file), importsOf(file).map(({ target }) => target)]));
  t.equal(ring(graph)?.join(' -> ') ?? null, null);
  const planted = new Map(Object.entries({ a: ['b', 'd'], b: ['c'], c: ['b'], d: [] }));
  t.same(ring(planted), ['b', 'c', 'b']);
});

void t.test('browser code takes no validator along', async (t) => {
  for (const file of sources('kiosk-client'))
    for (const { target, typeOnly } of importsOf(file)) {
      if (typeOnly || !inFolder(target, 'server/protocol')) continue;
      t.notOk(
        importsOf(`${target}.ts`).some((inner) => inner.target.startsWith('@sinclair/')),
        `${file} may take only types from ${target}`,
      );
    }
});

void t.test(`no file is longer than ${MAX_LINES} lines`, async (t) => {
  for (const file of all) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length;
    if (lines > MAX_LINES) t.fail(`${file} has ${lines} lines`);
  }
});

void t.test('the rules read no clock and no dice', async (t) => {
  const banned = /\b(Date\.now|new Date\b|Math\.random|performance\.now)/;
  for (const file of sources('server/core')) {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    t.notMatch(code, banned, file);
  }
});

void t.test('no file is named for nothing in particular', async (t) => {
  for (const file of all) t.notMatch(file, /(^|\/)(utils?|helpers?|manager|common|misc)(\.|\/|$)/, file);
});

void t.test('every file opens with what it is for', async (t) => {
  for (const file of all) t.match(readFileSync(join(root, file), 'utf8'), /^(#!.*\n)?\s*(\/\/|\/\*)/, file);
});
