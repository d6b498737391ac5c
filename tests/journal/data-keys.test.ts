// A data key that is destroyed while others read it, and while the power goes: it is whole or gone, never damaged.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { destroyFile } from '../../server/destroy-file.js';
import { createDataKey, destroyDataKey, readDataKey } from '../../server/journal/data-keys.js';
import { generateKeys } from '../../server/keys/key-files.js';

const folder = mkdtempSync(join(tmpdir(), 'kaochang-keys-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const room = await generateKeys('room', '102');

void t.test('who reads a key that is being destroyed finds it whole or gone', async (t) => {
  for (let round = 0; round < 20; round++) {
    const { keyId, key } = (await createDataKey(folder, 'am', room, [])).key;
    let found = 0;
    const reader = async () => {
      for (;;) {
        const read = await readDataKey(folder, keyId, room);
        if (read === null) return;
        t.ok(read.equals(key));
        found += 1;
      }
    };
    const readers = [reader(), reader(), reader()];
    while (found === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([destroyDataKey(folder, keyId), ...readers]);
  }
  t.same(readdirSync(folder), []);
});

void t.test(
  'a loss of power in the middle: it is gone for readers, and the next call removes its bytes',
  async (t) => {
    const { keyId } = (await createDataKey(folder, 'am', room, [])).key;
    const file = join(folder, `${keyId}.age`);
    renameSync(file, `${file}.gone`);
    t.equal(await readDataKey(folder, keyId, room), null);
    await destroyDataKey(folder, keyId);
    t.same(readdirSync(folder), []);
    await destroyDataKey(folder, keyId);
  },
);

void t.test('what lies there is overwritten under no name that anybody reads', async (t) => {
  const file = join(folder, 'secret');
  writeFileSync(file, 'x'.repeat(1_000));
  writeFileSync(`${file}.gone`, 'of before');
  await destroyFile(file);
  t.notOk(existsSync(file));
  t.same(readdirSync(folder), []);
});
