// The list of readers is whole: every source file that takes bytes from outside apart is tried by a target or a test of its own,
// or says why not.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ELSEWHERE, NOT_OUTSIDE, TARGETS } from './catalogue.js';

/** What a file that reads outside bytes cannot do without. */
const SIGNS =
  /JSON\.parse\(|yauzl|new Database\(|XLSX\.read|SaxesParser|new Decrypter|\.xlsx\.(load|readFile|read)\(|csv\.read|imageSize\(|TypeCompiler\.Compile|readUInt(8|16|32)|createDecipheriv|decodeURIComponent|new WebSocketServer|new Server\(|ctx\.get\(|Readable\.from\(\[decode/;

function sources(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => `${folder}/${name}`)
    .flatMap((path) => (statSync(path).isDirectory() ? sources(path) : /\.tsx?$/.test(path) ? [path] : []));
}

void t.test('every file that reads outside bytes is on the list', async (t) => {
  const tried = new Set(TARGETS.flatMap(({ reads }) => reads));
  const known = (file: string) =>
    tried.has(file) || Object.hasOwn(ELSEWHERE, file) || Object.hasOwn(NOT_OUTSIDE, file);
  const found = ['server', 'scripts', 'kiosk-client']
    .flatMap(sources)
    .filter((file) => SIGNS.test(readFileSync(file, 'utf8')));
  t.ok(found.length > 30, `${found.length} files read`);
  for (const file of found) t.ok(known(file), file);
});

void t.test('what the list names is there', async (t) => {
  for (const file of [
    ...TARGETS.flatMap(({ reads }) => reads),
    ...Object.keys(ELSEWHERE),
    ...Object.keys(NOT_OUTSIDE),
  ])
    t.ok(existsSync(join(process.cwd(), file)), file);
  for (const [file, test] of Object.entries(ELSEWHERE)) {
    t.ok(existsSync(join(process.cwd(), test)), test);
    t.match(readFileSync(test, 'utf8'), /fc\.(assert|check|sample)/, `${file}: ${test} has a property`);
  }
  const names = TARGETS.map(({ name }) => name);
  t.equal(new Set(names).size, names.length, 'no target is there twice');
});

void t.test('the README names every target', async (t) => {
  const readme = readFileSync('tests/fuzz/README.md', 'utf8');
  for (const { name } of TARGETS) t.ok(readme.includes(`| \`${name}\` |`), name);
});
