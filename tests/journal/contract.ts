// What every journal has to do, whoever implements it.

import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { ChainChecker, FIRST_PREV, verifyHead } from '../../server/journal/chain.js';
import type { Entry, Journal, StoredRow } from '../../server/journal/journal.js';
import type { PrivateKeys } from '../../server/keys/key-files.js';

export interface JournalUnderTest {
  journal: Journal;
  room: PrivateKeys;
}

export function entry(n: number, session = 's1'): Entry {
  return { at: 1_000 + n, session, type: 'answer-saved', actor: 'seat:s01', body: { n, text: `答案 ${n}` } };
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/** Runs the suite. @param open makes a fresh, empty journal */
export function journalContract(name: string, open: () => Promise<JournalUnderTest>): void {
  const test = (fact: string, body: (t: Test, under: JournalUnderTest) => Promise<void>) =>
    void t.test(`${name}: ${fact}`, async (t) => {
      const under = await open();
      await body(t, under);
      await under.journal.close();
    });

  test('what was appended comes back in order, decrypted', async (t, { journal }) => {
    const seq = journal.append([entry(1), entry(2), entry(3, '')]);
    t.equal(journal.lastSeq, seq);
    await journal.whenDurable(seq);
    t.equal(journal.durableSeq, seq);
    const written = await collect(journal.replay());
    t.strictSame(
      written.map(({ body }) => body),
      [1, 2, 3].map((n) => ({ n, text: `答案 ${n}` })),
    );
    t.strictSame(
      written.map(({ session }) => session),
      ['s1', 's1', ''],
    );
    t.equal(written.at(-1)?.seq, seq, 'entries of one call have numbers without a gap');
    t.equal((written[0]?.seq ?? 0) + 2, seq);
  });

  test('replay goes on after a number', async (t, { journal }) => {
    const first = journal.append([entry(1)]);
    await journal.whenDurable(journal.append([entry(2)]));
    t.strictSame(
      (await collect(journal.replay(first))).map(({ body }) => body),
      [{ n: 2, text: '答案 2' }],
    );
  });

  test('rows are chained from the first and hold no plain body', async (t, { journal }) => {
    journal.append([entry(1), entry(2)]);
    const rows = await collect(journal.rows());
    const checker = new ChainChecker();
    t.strictSame(rows.map((row) => checker.check(row)).filter(Boolean), []);
    t.equal(rows[0]?.prev, FIRST_PREV);
    for (const row of rows) t.notOk(row.body.includes('答案'), `row ${row.seq}`);
  });

  test('each session has a data key of its own', async (t, { journal }) => {
    await journal.whenDurable(journal.append([entry(1, 's1'), entry(2, 's2'), entry(3, '')]));
    const ids = Object.keys(await journal.dataKeys('s1'));
    t.equal(ids.length, 2);
    t.notOk(ids.some((id) => id.startsWith('s2')));
  });

  test('new keys begin with a package, for the room and the sessions that it brings', async (t, {
    journal,
  }) => {
    journal.append([entry(1, ''), entry(2, 's1'), entry(3, 's2')]);
    await journal.rotateKeys(['s1', 's3']);
    await journal.whenDurable(journal.append([entry(4, ''), entry(5, 's1'), entry(6, 's2'), entry(7, 's3')]));
    const answers = (await collect(journal.rows())).filter(({ type }) => type === 'answer-saved');
    const keysOf = (session: string) =>
      new Set(answers.filter((row) => row.session === session).map(({ keyId }) => keyId)).size;
    t.same(['', 's1', 's2', 's3'].map(keysOf), [2, 2, 1, 1]);
    t.equal((await collect(journal.replay())).length, 7);
    t.equal(Object.keys(await journal.dataKeys('s1')).length, 4);
    await journal.destroyKey('s1');
    const bodies = (await collect(journal.replay())).map(({ body }) => body !== null);
    t.strictSame(bodies, [true, false, true, true, false, true, true], 'a wipe takes all of a session');
  });

  test('a destroyed key leaves the chain and takes the bodies', async (t, { journal }) => {
    await journal.whenDurable(journal.append([entry(1, 's1'), entry(2, 's2')]));
    await journal.destroyKey('s1');
    const bodies = (await collect(journal.replay())).map(({ body }) => body);
    t.strictSame(bodies, [null, { n: 2, text: '答案 2' }]);
    const checker = new ChainChecker();
    t.strictSame(
      (await collect(journal.rows())).map((row: StoredRow) => checker.check(row)).filter(Boolean),
      [],
    );
  });

  test('after a wipe a session may be written again, and an older snapshot is not kept', async (t, {
    journal,
  }) => {
    const seq = journal.append([entry(1, 's1')]);
    await journal.whenDurable(seq);
    await journal.writeSnapshot({ seq, state: { n: 1 } });
    await journal.destroyKey('s1');
    t.equal(await journal.latestSnapshot(), null);
    await journal.writeSnapshot({ seq, state: { n: 1 } });
    t.equal(await journal.latestSnapshot(), null, 'taken before the wipe, come after it');
    await journal.destroyKey('s1');
    await journal.whenDurable(journal.append([entry(2, 's1')]));
    const bodies = (await collect(journal.replay())).map(({ body }) => body);
    t.strictSame(bodies, [null, { n: 2, text: '答案 2' }]);
  });

  test('heads are signed by the room', async (t, { journal, room }) => {
    await journal.whenDurable(journal.append([entry(1)]));
    await journal.signHead(5_000);
    const [head] = await journal.heads();
    t.ok(head && verifyHead(head, room.public));
    t.notOk(head && verifyHead({ ...head, seq: head.seq + 1 }, room.public));
    t.equal(head?.seq, journal.lastSeq);
  });

  test('after a checkpoint everything that was appended before is durable, and more may come', async (t, {
    journal,
  }) => {
    const seq = journal.append([entry(1), entry(2)]);
    await journal.checkpoint();
    t.ok(journal.durableSeq >= seq);
    await journal.whenDurable(journal.append([entry(3)]));
    t.equal((await collect(journal.replay())).length, 3);
    await journal.checkpoint();
  });

  test('the newest snapshot comes back', async (t, { journal }) => {
    t.equal(await journal.latestSnapshot(), null);
    const seq = journal.append([entry(1)]);
    await journal.whenDurable(seq);
    await journal.writeSnapshot({ seq, state: { room: '102' } });
    t.strictSame(await journal.latestSnapshot(), { seq, state: { room: '102' } });
    const plain = Buffer.from(JSON.stringify({ room: '考场 103' }), 'utf8');
    for (const encoded of [plain, gzipSync(plain)]) {
      const next = journal.append([entry(2)]);
      await journal.whenDurable(next);
      await journal.writeSnapshot({ seq: next, json: new Uint8Array(encoded) });
      t.strictSame(await journal.latestSnapshot(), { seq: next, state: { room: '考场 103' } });
    }
    await t.rejects(journal.writeSnapshot({ seq: 999, state: {} }), /999/);
  });

  test('a closed journal takes nothing more', async (t, { journal }) => {
    await journal.whenDurable(journal.append([entry(1)]));
    await journal.close();
    t.throws(() => journal.append([entry(2)]), /closed/);
  });
}
