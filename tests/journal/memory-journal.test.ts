// The journal in memory keeps the contract, and lets a test decide what is durable.

import t from 'tap';
import { MemoryJournal } from '../../server/journal/memory-journal.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { entry, journalContract } from './contract.js';

journalContract('memory', async () => {
  const room = await generateKeys('room', 'test');
  return { journal: new MemoryJournal({ room }), room };
});

void t.test('nothing is durable before the test says so', async (t) => {
  const journal = new MemoryJournal({ room: await generateKeys('room', 'test'), autoDurable: false });
  let durable = false;
  const seq = journal.append([entry(1)]);
  const waiting = journal.whenDurable(seq).then(() => (durable = true));
  await new Promise(setImmediate);
  t.equal(durable, false);
  journal.settle(seq);
  await waiting;
  t.equal(durable, true);
});

void t.test('a failure rejects who waits, tells once and takes nothing more', async (t) => {
  const journal = new MemoryJournal({ room: await generateKeys('room', 'test'), autoDurable: false });
  const told: string[] = [];
  journal.onFailure((error) => told.push(error.message));
  const waiting = journal.whenDurable(journal.append([entry(1)]));
  journal.fail(new Error('disk full'));
  journal.fail(new Error('again'));
  await t.rejects(waiting, /disk full/);
  t.strictSame(told, ['disk full']);
  t.throws(() => journal.append([entry(2)]), /disk full/);
});
