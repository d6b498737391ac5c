// `npm run dist`: set-up where it is missing, then the offline archive (scripts/dist/dist.ts) with the rest of the command line.
// Usage: node scripts/dist.mjs [--platform linux-x64|win32-x64] [--node FOLDER] [--key FILE] [--out FOLDER] [--json]

import { setUp } from './set-up.mjs';

try {
  setUp({ forTests: false });
  const { main } = await import('../build/scripts/dist/dist.js');
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
