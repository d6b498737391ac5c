// A release proves itself: every file is on the list, the list is signed, and nothing else passes.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { signDsse } from '../../server/keys/dsse.js';
import { generateKeys } from '../../server/keys/key-files.js';
import {
  checkRelease,
  hashFolder,
  readSums,
  SIGNATURE_FILE,
  signSums,
  SUMS_FILE,
  writeSums,
} from '../../server/release/release-folder.js';

const maker = await generateKeys('org', 'maker');
const other = await generateKeys('org', 'other');
const folder = mkdtempSync(join(tmpdir(), 'release-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

async function release(): Promise<string> {
  const made = mkdtempSync(join(folder, 'r-'));
  mkdirSync(join(made, 'bin'));
  writeFileSync(join(made, 'bin', 'kaochang'), '#!/bin/sh\n');
  writeFileSync(join(made, '说明.txt'), 'text\n');
  const sums = writeSums((await hashFolder(made)).files);
  writeFileSync(join(made, SUMS_FILE), sums);
  writeFileSync(join(made, SIGNATURE_FILE), JSON.stringify(signSums(sums, [maker])));
  return made;
}

void t.test('a whole release passes, with and without a key', async (t) => {
  const made = await release();
  t.strictSame(await checkRelease(made, [maker.public]), { files: 2, faults: [] });
  t.strictSame(await checkRelease(made, []), { files: 2, faults: [] });
  await t.rejects(checkRelease(made, [other.public]), { code: 'wrong-signature' });
});

void t.test('every change of a file is named', async (t) => {
  const made = await release();
  writeFileSync(join(made, 'bin', 'kaochang'), '#!/bin/sh\nrm -rf /\n');
  rmSync(join(made, '说明.txt'));
  writeFileSync(join(made, 'more'), '');
  symlinkSync('/etc/passwd', join(made, 'link'));
  const { faults } = await checkRelease(made, [maker.public]);
  const expected = [
    { path: 'bin/kaochang', fault: 'changed' },
    { path: 'link', fault: 'not-a-file' },
    { path: 'more', fault: 'unlisted' },
    { path: '说明.txt', fault: 'missing' },
  ];
  t.strictSame(
    faults.sort((a, b) => (a.path < b.path ? -1 : 1)),
    expected,
  );
});

void t.test('a list that was made to fit is not the one that was signed', async (t) => {
  const made = await release();
  writeFileSync(join(made, 'more'), '');
  writeFileSync(join(made, SUMS_FILE), writeSums((await hashFolder(made)).files));
  t.strictSame((await checkRelease(made, [])).faults, [], 'the hashes alone agree');
  await t.rejects(checkRelease(made, [maker.public]), { code: 'wrong-signature' });
  rmSync(join(made, SIGNATURE_FILE));
  await t.rejects(checkRelease(made, [maker.public]), { code: 'unsigned' });
  writeFileSync(join(made, SIGNATURE_FILE), '{"payloadType": 7');
  await t.rejects(checkRelease(made, [maker.public]), { code: 'wrong-signature' });
});

void t.test('a signature of the maker over something else is none of a release', async (t) => {
  const made = await release();
  const sums = writeSums((await hashFolder(made)).files);
  const envelope = signDsse('application/vnd.kaochang.package+json', Buffer.from(sums), [maker]);
  writeFileSync(join(made, SIGNATURE_FILE), JSON.stringify(envelope));
  await t.rejects(checkRelease(made, [maker.public]), { code: 'wrong-signature' });
});

void t.test('paths that lead out of the release are not on a list', async (t) => {
  const hash = '0'.repeat(64);
  for (const path of ['../x', '/etc/x', 'a//b', 'a/../b', './a', 'a\\b', 'C:x', 'a\u0000', SUMS_FILE])
    t.throws(() => readSums(`${hash}  ${path}\n`), { code: 'bad-list' }, JSON.stringify(path));
  t.throws(() => readSums(`${hash}  a\n${hash}  a\n`), { code: 'bad-list' }, 'twice');
  t.throws(() => readSums(`${hash}  a`), { code: 'bad-list' }, 'cut off');
});

void t.test('a list is read as it was written, and any other text is refused or safe', async (t) => {
  const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/).filter((one) => !/^\.\.?$/.test(one));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const paths = fc.uniqueArray(path, { maxLength: 20 });
  fc.assert(
    fc.property(paths, fc.stringMatching(/^[0-9a-f]{64}$/), (all, sha256) => {
      const usable = all.filter((one) => one !== SUMS_FILE && one !== SIGNATURE_FILE);
      const files = usable.map((one) => ({ path: one, sha256 }));
      const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
      t.strictSame(readSums(writeSums(files)), sorted);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      try {
        return readSums(text).every(
          ({ path: one }) => !one.split('/').includes('..') && !one.startsWith('/'),
        );
      } catch (error) {
        return (error as { code?: string }).code === 'bad-list';
      }
    }),
    { numRuns: 500 },
  );
});
