// `npm run fault`: set-up where it is missing, then exams with faults. Arguments after `--` go to the driver.

import { spawn } from 'node:child_process';
import { setUp } from './set-up.mjs';

try {
  setUp({ forTests: true });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
const child = spawn(process.execPath, ['build/tests/fault/run-faults.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
