// `npm run bench`, `npm run profile`, `npm run long-run`: set-up where it is missing, then the program of that name from
// tests/bench with the rest of the command line. Its exit status is theirs.
// Usage: node scripts/run-benches.mjs bench|profile|long-run [options]

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setUp } from './set-up.mjs';

const PROGRAMS = ['bench', 'profile', 'long-run'];
const [program, ...options] = process.argv.slice(2);

if (!PROGRAMS.includes(program)) {
  process.stderr.write(`node scripts/run-benches.mjs ${PROGRAMS.join('|')} [options]\n`);
  process.exit(2);
}
try {
  setUp({ forTests: true });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const file = join('build', 'tests', 'bench', `${program}.js`);
const child = spawn(process.execPath, [file, ...options], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
