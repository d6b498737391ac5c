// How fast the journal is on the SQLite that this Node gives it: groups of rows, each acknowledged before the next is begun, as a
// room's saves come together in one commit. Run it by two Nodes on the same disk to compare them.
// Usage: node build/tests/bench/journal-driver.js [--groups 200] [--folder DIR]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Entry } from '../../server/journal/journal.js';
import { driverName } from '../../server/journal/database.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { generateKeys } from '../../server/keys/key-files.js';

/** Rows that come together: a candidate alone, a room, the rooms of a site. */
const GROUP_SIZES = [1, 40, 400];

const { values } = parseArgs({
  options: { groups: { type: 'string', default: '200' }, folder: { type: 'string', default: tmpdir() } },
});
const groups = Number(values.groups);
const room = await generateKeys('room', 'bench');

const entry = (n: number): Entry => ({
  at: 1_800_000_000_000 + n,
  session: 'bench',
  type: 'answer-saved',
  actor: `seat:s${n % 40}`,
  body: {
    candidateId: `c${n % 40}`,
    itemId: `q${n % 60}`,
    rev: n,
    value: { text: '作答'.repeat(40) },
    marked: false,
  },
});

/** Times to durable, ms, sorted. */
async function measured(size: number): Promise<number[]> {
  const folder = mkdtempSync(join(values.folder, 'journal-driver-'));
  try {
    const journal = await openSqliteJournal({
      ...{ file: join(folder, 'journal.db'), keysFolder: join(folder, 'keys'), room },
    });
    const times: number[] = [];
    let n = 0;
    for (let group = -10; group < groups; group++) {
      const entries = Array.from({ length: size }, () => entry(n++));
      const from = performance.now();
      await journal.whenDurable(journal.append(entries));
      if (group >= 0) times.push(performance.now() - from);
    }
    await journal.close();
    return times.sort((a, b) => a - b);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const size of GROUP_SIZES) {
  const times = await measured(size);
  const at = (part: number) => Number((times[Math.floor(times.length * part)] ?? 0).toFixed(2));
  const figures = { rows: size, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(0.9999) };
  process.stdout.write(`${JSON.stringify({ node: process.version, driver: driverName(), ...figures })}\n`);
}
