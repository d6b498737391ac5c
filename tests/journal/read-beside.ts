// A program of its own that reads a journal beside the room and closes it, as a snapshot or a command does. Its arguments are the
// file and the folder of the keys; the room's key comes from standard input. It prints how many rows there were.

import { readFileSync } from 'node:fs';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import type { PrivateKeys } from '../../server/keys/key-files.js';

const [file = '', keysFolder = ''] = process.argv.slice(2);
const room = JSON.parse(readFileSync(0, 'utf8')) as PrivateKeys;
const journal = await openSqliteJournal({ file, keysFolder, room, readOnly: 'beside' });
process.stdout.write(String(journal.lastSeq));
await journal.close();
