// What `kaochang rehearse` says to a wrong command line: a sentence in both languages, before anything is connected.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { RehearseOptions } from '../../scripts/commands/rehearse-options.js';
import { rehearse } from '../../scripts/commands/rehearse.js';
import { readSignIns } from '../../scripts/commands/rehearse-there.js';

const folder = mkdtempSync(join(tmpdir(), 'rehearse-arguments-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const usual: RehearseOptions = { seats: 5, reconnects: 10, seed: 1 };
const there = { to: 'https://127.0.0.1:9', staff: join(folder, 'staff.txt') };

const WRONG: [string, Partial<RehearseOptions>, RegExp][] = [
  ['nobody', { seats: 0 }, /--seats.*1 to 5000/s],
  ['more than any room has', { seats: 5_001 }, /--seats/],
  ['more than everybody', { reconnects: 101 }, /--reconnects.*percent/s],
  ['no time', { minutes: 0 }, /--minutes/],
  ['days', { minutes: 601 }, /--minutes/],
  ['a seat without a room', { from: 3 }, /--from.*only with --to/s],
  ['a name without a room', { serverName: 'room.exam' }, /--server-name/],
  ['a folder of somebody else’s room', { ...there, data: folder }, /--data.*not with --to/s],
  ['no address', { ...there, to: 'room' }, /--to: not an address: room/],
  ['another kind of address', { ...there, to: 'ftp://10.0.0.2' }, /--to: not an address/],
  ['plain HTTP through the room', { ...there, to: 'http://10.0.0.2:8080' }, /--to goes by HTTPS/],
  ['nobody of the staff', { to: there.to }, /--to needs --staff/],
  ['a file that is not there', { ...there, staff: join(folder, 'none') }, /--staff: cannot read/],
  ['a CA that is not there', { ...there, ca: join(folder, 'none') }, /--ca: cannot read/],
  ['no first seat', { ...there, from: 0 }, /--from: 1 or more/],
];

for (const [what, options, sentence] of WRONG)
  void t.test(`refused: ${what}`, async (t) => {
    await t.rejects(rehearse({ ...usual, ...options }), { name: 'UsageError', message: sentence });
    await t.rejects(rehearse({ ...usual, ...options }), { message: /[\u4e00-\u9fff]/ });
  });

void t.test('the staff’s sign-ins: one a line, remarks and empty lines passed over', async (t) => {
  const file = join(folder, 'staff.txt');
  writeFileSync(file, '# 演练 / practice\r\n\r\nsysadmin 112233\r\n  proctor   445566  \n');
  t.same(await readSignIns(file), [
    { staffId: 'sysadmin', pin: '112233' },
    { staffId: 'proctor', pin: '445566' },
  ]);
  writeFileSync(file, 'sysadmin 112233\nproctor\n');
  await t.rejects(readSignIns(file), { name: 'UsageError', message: /line 2/ });
});
