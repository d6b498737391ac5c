// `npm test`: set-up where it is missing, then everything: format, lint, types, tests, coverage of the rules, browser code.
// Names on the command line run only those steps. Closes with "N passed, N failed".

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setUp } from './set-up.mjs';

const bin = (name, file) => [process.execPath, join('node_modules', name, file)];
const tap = [process.execPath, 'node_modules/tap/dist/esm/run.mjs'];

const isEndToEnd = (file) => file.endsWith('.e2e.test.js');
const isOfBrowsers = (file) => file.startsWith(join('build', 'tests', 'browser'));

const steps = [
  {
    name: 'format',
    command: [...bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  },
  { name: 'lint', command: [...bin('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.'] },
  { name: 'types: server, scripts, tests', command: [...bin('typescript', 'bin/tsc'), '-p', '.'] },
  { name: 'types: core', command: [...bin('typescript', 'bin/tsc'), '-p', 'server/core'] },
  { name: 'types: browser', command: [...bin('typescript', 'bin/tsc'), '-p', 'kiosk-client'] },
  { name: 'types: browser tests', command: [...bin('typescript', 'bin/tsc'), '-p', 'tests/kiosk-client'] },
  { name: 'pages are of 2019', command: [process.execPath, 'scripts/check-pages.mjs'] },
  { name: 'tests', files: (file) => !isEndToEnd(file), jobs: 2 },
  {
    name: 'coverage of the rules',
    command: [
      ...bin('c8', 'bin/c8.js'),
      '--check-coverage',
      '--branches',
      '100',
      '--lines',
      '100',
      '--functions',
      '100',
      '--include',
      'build/server/core/**',
      '--exclude-after-remap=false',
      '--reporter',
      'text-summary',
      process.execPath,
      'scripts/run-core-tests.mjs',
    ],
  },
  // Whole days of a room mostly wait for its clocks: three of them share the machine. A browser has it for itself.
  {
    name: 'end-to-end tests of processes',
    files: (file) => isEndToEnd(file) && !isOfBrowsers(file),
    jobs: 3,
  },
  { name: 'end-to-end tests of browsers', files: (file) => isEndToEnd(file) && isOfBrowsers(file), jobs: 1 },
];

let passed = 0;
let failed = 0;
const wanted = process.argv.slice(2);

try {
  setUp({ forTests: true });
} catch (error) {
  process.stderr.write(`${error.message}\n0 passed, 1 failed\n`);
  process.exit(1);
}
mkdirSync('build/results', { recursive: true });
for (const step of steps) {
  if (wanted.length > 0 && !wanted.some((word) => step.name.includes(word))) continue;
  const startedAt = Date.now();
  console.log(`\n=== ${step.name}`);
  if (step.files) await runTap(step);
  else count(await runCommand(step.command), step.name);
  console.log(`    ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
if (passed === 0 && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function count(ok, what) {
  if (ok) passed += 1;
  else {
    failed += 1;
    console.log(`not ok - ${what}`);
  }
}

function runCommand([program, ...args]) {
  return new Promise((resolve) => {
    spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] }).on('exit', (code) =>
      resolve(code === 0),
    );
  });
}

/** Runs test files under tap; one line a file here, everything in build/results. */
function runTap({ name, files, jobs }) {
  const found = testFiles('build/tests').filter(files);
  const log = createWriteStream(join('build/results', `${name.replaceAll(' ', '-')}.tap`));
  return new Promise((resolve) => {
    const child = spawn(
      tap[0],
      [...tap.slice(1), '--reporter=tap', `--jobs=${jobs}`, '--timeout=600', ...found],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let summary = null;
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      if (/^\s*not ok/.test(line)) console.log(line);
      else if (/^ok \d+ - build\/tests/.test(line))
        console.log(line.replace(/^ok \d+ - build\/tests\//, '    '));
      const total =
        /^# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?(?:, skip: (\d+))?(?:, todo: (\d+))? \}/.exec(
          line,
        );
      if (total) summary = total.slice(1).map((digits) => Number(digits ?? 0));
    });
    child.on('close', (code) => {
      log.end();
      passed += summary?.[1] ?? 0;
      failed += summary?.[2] ?? 0;
      const skipped = (summary?.[3] ?? 0) + (summary?.[4] ?? 0);
      if (skipped > 0) count(false, `${name}: ${skipped} skipped or to do; a test here runs or fails`);
      if (code !== 0 && (summary?.[2] ?? 0) === 0) count(false, `${name}: tap ended with ${code}`);
      if (found.length === 0) count(false, `${name}: no test file found`);
      resolve();
    });
  });
}

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) =>
      statSync(path).isDirectory() ? testFiles(path) : path.endsWith('.test.js') ? [path] : [],
    )
    .filter((path) => existsSync(path.replace(/^build\//, '').replace(/\.js$/, '.ts')))
    .sort();
}
