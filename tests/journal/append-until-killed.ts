// A process that appends until it is killed (argument: milliseconds), counts its commits, or fills its disk, and prints
// what was acknowledged. Started by the tests of the journal.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import type { PrivateKeys } from '../../server/keys/key-files.js';
import { entry } from './contract.js';

const [folder = '', how = ''] = process.argv.slice(2);
const room = JSON.parse(readFileSync(join(folder, 'room.json'), 'utf8')) as PrivateKeys;
let commits = 0;
const journal = await openSqliteJournal({
  file: join(folder, 'journal.sqlite'),
  keysFolder: join(folder, 'keys'),
  room,
  onCommit: () => (commits += 1),
});
const say = (text: string) => process.stdout.write(`${text}\n`);

if (how === 'count') {
  for (let n = 0; n < 25; n++) await journal.whenDurable(journal.append([entry(n)]));
  say(`commits ${commits}`);
  await journal.close();
} else if (how === 'full') {
  process.on('SIGXFSZ', () => undefined);
  let durable = 0;
  try {
    for (let n = 0; n < 100_000; n++) {
      const seq = journal.append([{ ...entry(n), body: { text: 'x'.repeat(5_000) } }]);
      await journal.whenDurable(seq);
      durable = seq;
    }
  } catch (error) {
    say(`failed ${(error as Error).message}`);
  }
  say(`durable ${durable}`);
  process.exit(0);
} else {
  await journal.whenDurable(journal.append([entry(0)]));
  say(String(journal.durableSeq));
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(how));
  for (let n = 1; ; n++) {
    const seq = journal.append([entry(n)]);
    if (n % 50 === 0) await journal.whenDurable(seq).then(() => say(String(seq)));
  }
}
