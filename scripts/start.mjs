// `npm start`: set-up where it is missing, then the demo room. Arguments after `--` go to the demo.

import { spawn } from 'node:child_process';
import { setUp } from './set-up.mjs';

try {
  setUp({ forTests: false });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const child = spawn(process.execPath, ['build/scripts/kaochang.js', 'demo', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
