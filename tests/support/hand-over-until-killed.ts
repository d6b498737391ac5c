// A process that hands a session over and kills itself in the middle of the wipe, at the step that its argument names.

import { readFileSync } from 'node:fs';
import { encodeSnapshot } from '../../server/room-snapshot.js';
import { answerAll, beginSession, collectSession, handOver, openEngine } from './direct-session.js';
import type { SmallExam } from './small-exam.js';

const [data = '', examFile = '', step = ''] = process.argv.slice(2);
const exam = JSON.parse(readFileSync(examFile, 'utf8')) as SmallExam;
const engine = await openEngine(data);
const { journal, packages, room } = engine;
const kill = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
};

const destroyKey = journal.destroyKey.bind(journal);
journal.destroyKey = async (session) => {
  if (step === 'before-the-key') kill();
  await destroyKey(session);
  if (step === 'after-the-key') kill();
};
const wipe = packages.wipe.bind(packages);
packages.wipe = async (...args) => {
  const hash = await wipe(...args);
  if (step === 'after-the-package') kill();
  return hash;
};

await beginSession(engine, exam);
answerAll(engine, exam);
await room.settled();
await journal.writeSnapshot({ seq: room.lastSeq, state: encodeSnapshot(room.state, room.anchor) });
await collectSession(engine, exam);
process.stdout.write('collected\n');
if (step === 'collected') {
  await engine.stop();
} else {
  handOver(engine, data, exam);
  await room.settled();
  await engine.wiping.settled();
  await engine.stop();
  process.stdout.write('wiped\n');
}
