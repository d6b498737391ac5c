// The same sources and modules give the same bytes, whoever packs them, when and where.

import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeArchive } from '../../scripts/dist/dist.js';
import { ownFiles } from '../../scripts/dist/own-files.js';
import { packTar, packZip } from '../../scripts/dist/pack.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { sha256 } from '../../server/keys/sha256.js';

t.setTimeout(560_000);

const EPOCH = 1_700_000_001;

/** Runs something as another packer would: other mask, other zone. */
async function elsewhere<T>(work: () => Promise<T>): Promise<T> {
  const { TZ } = process.env;
  const mask = process.umask(0o077);
  process.env['TZ'] = 'Asia/Shanghai';
  try {
    return await work();
  } finally {
    process.umask(mask);
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  }
}

/** A folder with the same content each time, made with the mask that is in force, in the order that is given. */
function folderIn(root: string, names: readonly string[], changedAt: number): string {
  const folder = join(root, 'release');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, name), `content of ${name}\n`);
    chmodSync(join(folder, name), name.startsWith('bin/') ? 0o700 : 0o600);
    utimesSync(join(folder, name), changedAt, changedAt);
  }
  return folder;
}

const NAMES = ['bin/kaochang', 'LICENCES.txt', 'a', '说明.txt'];

for (const [what, pack] of Object.entries({ packTar, packZip }))
  void t.test(`${what} sees content and names alone`, async (t) => {
    const root = t.testdir({ here: {}, there: {} });
    const packed = async (place: string, names: readonly string[], changedAt: number, epoch: number) => {
      const file = join(root, `${place}-${epoch}`);
      await pack(folderIn(join(root, place), names, changedAt), file, epoch);
      return sha256(readFileSync(file));
    };
    const here = await packed('here', NAMES, 1_600_000_000, EPOCH);
    t.equal(await elsewhere(() => packed('there', [...NAMES].reverse(), 1_650_000_000, EPOCH)), here);
    t.not(
      await packed('here', NAMES, 1_600_000_000, EPOCH + 3_600),
      here,
      'the time of the sources is in it',
    );
    writeFileSync(join(root, 'here', 'release', 'a'), 'content of b\n');
    const file = join(root, 'changed');
    await pack(join(root, 'here', 'release'), file, EPOCH);
    t.not(sha256(readFileSync(file)), here);
  });

void t.test('an archive is built twice, with the same bytes', async (t: Test) => {
  const root = t.testdir({ one: {}, two: {} });
  const key = join(root, 'maker.key');
  writeFileSync(key, JSON.stringify(await generateKeys('org', 'maker')), { mode: 0o600 });
  const make = (place: string) =>
    makeArchive({ platform: 'linux-x64', node: null, keys: [key], out: join(root, place) });
  const one = await make('one');
  const two = await elsewhere(() => make('two'));
  t.equal(two.sha256, one.sha256);
  t.equal(sha256(readFileSync(two.archive)), one.sha256);
  const [line = ''] = readFileSync(`${one.archive}.sha256`, 'utf8').split('\n');
  t.match(line, new RegExp(`^${one.sha256}  kaochang-.*\\.tar\\.gz$`));
});

void t.test('what an older commit left in the build does not travel', async (t) => {
  const root = process.cwd();
  const left = join('build', 'server', `left-by-an-older-commit-${process.pid}.js`);
  writeFileSync(left, '');
  t.teardown(() => rmSync(left));
  const paths = ownFiles(root, 'linux-x64').map(({ to }) => to);
  t.notOk(paths.includes(left));
  t.ok(paths.includes('build/server/main.js'));
});
