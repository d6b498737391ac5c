// The store that tests in Node use keeps the contract of the store in the browser.

import t from 'tap';
import { MemoryStore } from '../../support/memory-store.js';
import { STORE_CONTRACT } from '../../support/store-contract.js';

for (const { name, run } of STORE_CONTRACT)
  void t.test(name, async (t) => {
    const store = new MemoryStore();
    await run(async () => store);
    t.pass();
  });

void t.test('a full store says so', async (t) => {
  const store = new MemoryStore();
  store.isFull = true;
  const row = {
    examId: 'e',
    itemId: 'q',
    rev: 1,
    marked: false,
    madeAt: 1,
    settledRev: 0,
    value: { options: [] },
  };
  await t.rejects(store.keepAnswer(row), /Quota/);
});
