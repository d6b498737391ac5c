// A restart after half a million events, with and without a snapshot, and what taking a snapshot costs those who wait. Not run
// by the tests. Usage: node build/tests/bench/restart.bench.js [candidates] [events]

import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createLog } from '../../server/log.js';
import { beginUpkeep } from '../../server/room-upkeep.js';
import { encodeSnapshot } from '../../server/room-snapshot.js';
import { snapshotBeside } from '../../server/compose/beside.js';
import { answer, Figures, journalOptions, megabytes, openRoom, startedRoom } from './big-room.js';

const [candidates = 2_000, events = 500_000] = process.argv.slice(2).map(Number);
const figures = new Figures();

const big = await startedRoom(candidates);
const { folder, keys } = big;
const place = { ...journalOptions(folder, keys) };
const upkeep = beginUpkeep(big.room, big.journal, createLog('error'), {
  takeSnapshot: (signal) => snapshotBeside(place, signal),
});
let at = performance.now();
await answer(big, events - big.room.lastSeq);
figures.note('rows', big.room.lastSeq, 'rows');
figures.note(
  'saved one by one, without sockets',
  (big.room.lastSeq / (performance.now() - at)) * 1_000,
  'per s',
);
await upkeep.stop();

at = performance.now();
const encoded = JSON.stringify(encodeSnapshot(big.room.state, big.room.anchor));
figures.note('encoding the state in one go would stall', performance.now() - at, 'ms');
figures.note('state', encoded.length / 2 ** 20, 'MB');

const delay = monitorEventLoopDelay({ resolution: 5 });
await pause(200);
delay.enable();
at = performance.now();
const taken = await snapshotBeside(place, new AbortController().signal);
await big.journal.writeSnapshot(taken);
figures.note('a snapshot beside the room', (performance.now() - at) / 1_000, 's');
await pause(200);
delay.disable();
figures.note('longest stall meanwhile', delay.max / 1e6, 'ms');
const more = Math.min(100_000, events);
await answer(big, more, events);
figures.note('rows after the snapshot', big.room.lastSeq - taken.seq, 'rows');
big.room.stop();
await big.journal.close();

for (const what of ['with a snapshot', 'without']) {
  if (what === 'without') {
    const db = new Database(journalOptions(folder, keys).file);
    db.exec('DELETE FROM snapshots');
    db.close();
  }
  at = performance.now();
  const again = await openRoom(folder, keys);
  figures.note(`ready again, ${what}`, (performance.now() - at) / 1_000, 's');
  again.room.stop();
  await again.journal.close();
}
figures.note('memory at the end', megabytes(), 'MB');
figures.end();
rmSync(folder, { recursive: true });
