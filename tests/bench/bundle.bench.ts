// A bundle of a room of thousands: how long building and verifying take, and how much memory. Not run by the tests.
// Usage: node build/tests/bench/bundle.bench.js [candidates] [answers]

import { readFileSync, rmSync } from 'node:fs';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { bundleBeside } from '../../server/compose/beside.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { SESSION } from '../support/small-room.js';
import { answer, collect, Figures, journalOptions, megabytes, startedRoom } from './big-room.js';

const [candidates = 2_000, answers = 200_000] = process.argv.slice(2).map(Number);
const figures = new Figures();
const org = await generateKeys('org', 'bench');

const big = await startedRoom(candidates);
await answer(big, answers);
await collect(big);
figures.note('rows', big.room.lastSeq, 'rows');
figures.note('memory before', megabytes(), 'MB');
let longestMs = 0;
let seenAt = performance.now();
const watch = setInterval(() => {
  const now = performance.now();
  longestMs = Math.max(longestMs, now - seenAt - 5);
  seenAt = now;
}, 5);
let at = performance.now();
const { journal, room, keys, folder } = big;
const place = journalOptions(folder, keys);
const task = {
  kind: 'bundle',
  place,
  data: folder,
  keepFreeBytes: 0,
  sessionId: SESSION,
  now: room.now(),
} as const;
await bundleBeside({ ...task, orgRecipients: [org.public.recipient] });
const sealed = new BundleFiles(folder).sealed(SESSION);
const [file, envelope] = [readFileSync(sealed), readFileSync(sealed + STATEMENT_SUFFIX)];
figures.note('build, in the thread beside the room', (performance.now() - at) / 1_000, 's');
figures.note('longest stall of the server meanwhile', longestMs, 'ms');
clearInterval(watch);
figures.note('sealed', file.length / 2 ** 20, 'MB');
figures.note('memory after building', megabytes(), 'MB');
at = performance.now();
const { report } = await verifyBundle({
  ...{ file, envelope, trust: [keys.public] },
  identity: org.identity,
});
figures.note('verify', (performance.now() - at) / 1_000, 's');
figures.note('memory after verifying', megabytes(), 'MB');
if (!report.ok) throw new Error(JSON.stringify(report.problems.slice(0, 5)));
figures.end();
room.stop();
await journal.close();
rmSync(folder, { recursive: true });
