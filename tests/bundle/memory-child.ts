// A process of its own that builds or verifies a bundle and says how much memory that took: peaks of a process that does other
// things too say nothing.
// Usage: node memory-child.js build DATA SESSION OUT | verify FILE ROOM_PUB ORG_KEY

import { exportFromJournal } from '../../server/compose/export-from-journal.js';
import { readBundle } from '../../scripts/commands/bundle.js';
import { readPublicKeys } from '../../server/keys/key-files.js';

const [what, ...args] = process.argv.slice(2) as [string, string, string, string];
const megabytes = () => process.memoryUsage().rss / 2 ** 20;
const before = megabytes();
let peak = before;
// Asked often: what the process had before its first line is not what the work took.
const watch = setInterval(() => (peak = Math.max(peak, megabytes())), 5);
const begunAt = performance.now();
let result: object;
if (what === 'build') {
  const [data, session, file] = args;
  const { statement, lost } = await exportFromJournal(data, session, { file, keepFreeBytes: 0 }, Date.now());
  result = { statement, lost };
} else {
  const [file, roomPub, orgKey] = args;
  result = (await readBundle(file, [await readPublicKeys(roomPub)], orgKey)).report;
}
clearInterval(watch);
peak = Math.max(peak, megabytes());
const seconds = (performance.now() - begunAt) / 1_000;
process.stdout.write(`${JSON.stringify({ before, peak, seconds, result })}\n`);
