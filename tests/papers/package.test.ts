// A package is believed only when everything about it holds; a paper opens only with both halves; nothing shows before.

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { canonicalBytes } from '../../server/keys/canonical.js';
import { signDsse } from '../../server/keys/dsse.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { forgetOpened, recallOpened, rememberOpened } from '../../server/papers/opened-keys.js';
import { installPackage, openInstalled } from '../../server/papers/installed-package.js';
import { checkPackage } from '../../server/papers/open-package.js';
import { openForOrg } from '../../server/papers/open-scoring.js';
import { orgHalf } from '../../server/papers/opening.js';
import { PackageRefusal } from '../../server/papers/refusal.js';
import { writeZip, SafeZip } from '../../server/papers/zip.js';
import {
  MANIFEST_ENTRY,
  PACKAGE_PAYLOAD_TYPE,
  RELEASE_PAYLOAD_TYPE,
  type Manifest,
} from '../../server/protocol/package.js';
import { PINS, SENTENCES, SESSION, smallExam, CHEAP } from '../support/small-exam.js';

const exam = await smallExam();
const data = mkdtempSync(join(tmpdir(), 'data-'));
t.teardown(() => [exam.folder, data].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
const trust = [exam.org.public];
const options = { trust, now: Date.now(), serverVersion: '0.1.0' };
const installed = await installPackage(exam.file, data, exam.room, options);
t.teardown(() => installed.close());

const paperId = 'paper-main';

void t.test('what is installed is what was written', async (t) => {
  const plan = installed.toInstalled();
  t.equal(plan.roomName, '2号楼102考场');
  t.equal(plan.sessions[0]?.roster.length, 4);
  t.equal(plan.sessions[0]?.policy.lateCutOffMs, 30 * 60_000, 'defaults fill what the plan leaves out');
  t.strictSame(plan.staff.find(({ staffId }) => staffId === 'chief')?.roles, ['chief']);
  t.strictSame(
    plan.sessions[0]?.papers.map(({ use }) => use),
    ['main', 'reserve'],
  );
});

void t.test('start code and chief’s PIN open the paper; so do the deputy’s', async (t) => {
  for (const [staffId, pin] of [
    ['chief', PINS.chief],
    ['deputy', PINS.deputy],
  ] as const) {
    const opened = await installed.openPaper(paperId, exam.startCode, staffId, pin);
    t.ok(opened.ok);
    if (opened.ok) t.equal(opened.keys.itemKeys.size, 4, 'and the keys of pooled items');
  }
});

void t.test('one half alone opens nothing, and says which does not fit', async (t) => {
  const reserveCode = exam.secrets.papers.find(({ use }) => use === 'reserve')?.startCode ?? '';
  t.strictSame(await installed.openPaper(paperId, exam.startCode, 'chief', '000000'), {
    ok: false,
    wrong: 'pin',
  });
  t.strictSame(await installed.openPaper(paperId, exam.startCode, 'proctor', PINS.others), {
    ok: false,
    wrong: 'pin',
  });
  t.strictSame(await installed.openPaper(paperId, reserveCode, 'chief', PINS.chief), {
    ok: false,
    wrong: 'code',
  });
  t.strictSame(await installed.openPaper(paperId, '1234 5678', 'chief', PINS.chief), {
    ok: false,
    wrong: 'code-typo',
  });
});

void t.test('a release file signed by the org stands for the code', async (t) => {
  const half = await orgHalf({ packageId: 'small-exam', paperId }, exam.startCode, CHEAP.codeCost);
  const payload = canonicalBytes({ packageId: 'small-exam', paperId, orgHalf: half.toString('base64') });
  const release = signDsse(RELEASE_PAYLOAD_TYPE, payload, [exam.org]);
  t.ok((await installed.openPaperByRelease(paperId, release, trust, 'chief', PINS.chief)).ok);
  const foreign = signDsse(RELEASE_PAYLOAD_TYPE, payload, [await generateKeys('org', 'other')]);
  await t.rejects(installed.openPaperByRelease(paperId, foreign, trust, 'chief', PINS.chief), {
    code: 'wrong-signature',
  });
});

void t.test('staff PINs are checked, unknown people refused', async (t) => {
  t.equal(await installed.checkStaffPin('proctor', PINS.others), true);
  t.equal(await installed.checkStaffPin('proctor', PINS.chief), false);
  t.equal(await installed.checkStaffPin('nobody', PINS.chief), false);
});

void t.test('only sealed parts for PCs are served by hash', async (t) => {
  const parts = installed.partsOf(SESSION);
  t.ok(parts.some(({ path }) => path === 'papers/paper-main/text.sealed'));
  for (const { path, sha256 } of parts) {
    t.notMatch(path, /opening|scoring|item-keys|roster|photos/);
    t.equal(
      createHash('sha256')
        .update((await installed.part(sha256)) ?? '')
        .digest('hex'),
      sha256,
    );
  }
  const opening = (await checkPackage(exam.file, options)).manifest.entries.find(({ path }) =>
    path.endsWith('opening.age'),
  );
  t.equal(await installed.part(opening?.sha256 ?? ''), null);
  t.equal(await installed.part('0'.repeat(64)), null);
});

/** The forms in which a sentence could lie in a file. */
function formsOf(sentence: string): Buffer[] {
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.from('x'.repeat(shift) + sentence).toString('base64');
    return Buffer.from(text.slice(4, -4));
  });
  return [Buffer.from(sentence), Buffer.from(sentence, 'utf16le'), ...shifted];
}

void t.test(
  'no sentence of a paper lies in the package or in the data folder, before and after the opening',
  async (t) => {
    const opened = await installed.openPaper(paperId, exam.startCode, 'chief', PINS.chief);
    if (opened.ok) await rememberOpened(data, exam.room, SESSION, paperId, opened.keys.contentKey);
    const files = [data, exam.folder].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => join(one.parentPath, one.name)),
    );
    t.ok(files.length >= 3);
    for (const file of files) {
      const bytes = readFileSync(file);
      for (const sentence of SENTENCES)
        for (const form of formsOf(sentence)) if (bytes.includes(form)) t.fail(`${sentence} in ${file}`);
    }
    t.ok(formsOf(SENTENCES[0] ?? '')[0]?.length, 'the forms are not empty');
  },
);

void t.test('an opened key survives a restart sealed, and is gone after the collection', async (t) => {
  const key = Buffer.alloc(32, 7);
  await rememberOpened(data, exam.room, 's', 'p', key);
  t.strictSame(await recallOpened(data, exam.room, 's', 'p'), key);
  await t.rejects(recallOpened(data, await generateKeys('room', 'other'), 's', 'p'));
  await forgetOpened(data, 's', 'p');
  t.equal(await recallOpened(data, exam.room, 's', 'p'), null);
});

void t.test('the org opens keys and content, the room cannot', async (t) => {
  const { scoring, content } = await openForOrg(exam.file, exam.org, options);
  t.equal(scoring.get(paperId)?.items.length, 10);
  t.match(content.get(paperId)?.title, /paper-main/);
  await t.rejects(openForOrg(exam.file, exam.room, options), { code: 'bad-content' });
});

const refusedAs = async (file: string, more = {}) => {
  try {
    const checked = await checkPackage(file, { ...options, ...more });
    checked.zip.close();
    return 'taken';
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    return error.code;
  }
};

/** Writes the package again with other entries, signed by `signer` when the manifest is to follow. */
async function rewritten(
  change: (entries: Map<string, Buffer>) => void,
  resign?: (manifest: Manifest) => void,
): Promise<string> {
  const zip = await SafeZip.open(exam.file);
  const entries = new Map<string, Buffer>();
  for (const path of zip.paths) entries.set(path, await zip.read(path));
  zip.close();
  change(entries);
  if (resign) {
    const { payload } = JSON.parse(entries.get(MANIFEST_ENTRY)?.toString() ?? '{}') as { payload: string };
    const manifest = JSON.parse(Buffer.from(payload, 'base64').toString()) as Manifest;
    resign(manifest);
    entries.set(
      MANIFEST_ENTRY,
      canonicalBytes(signDsse(PACKAGE_PAYLOAD_TYPE, canonicalBytes(manifest), [exam.org])),
    );
  }
  const file = join(exam.folder, `tampered-${Math.random()}.exampkg`);
  await writeZip(
    file,
    [...entries].map(([path, bytes]) => ({ path, bytes })),
  );
  return file;
}

void t.test('every tampering is refused with its reason', async (t) => {
  const flip = (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte)));
  t.equal(await refusedAs(exam.file), 'taken');
  t.equal(await refusedAs(await rewritten(() => undefined)), 'taken', 'rewriting alone changes nothing');
  const zip = await SafeZip.open(exam.file);
  for (const path of zip.paths.filter((one) => one !== MANIFEST_ENTRY)) {
    t.equal(
      await refusedAs(
        await rewritten((entries) => entries.set(path, flip(entries.get(path) ?? Buffer.alloc(0)))),
      ),
      'wrong-hash',
      `a byte of ${path}`,
    );
    t.equal(
      await refusedAs(await rewritten((entries) => entries.delete(path))),
      'missing-entry',
      `without ${path}`,
    );
  }
  zip.close();
  t.equal(
    await refusedAs(await rewritten((entries) => entries.set('extra.txt', Buffer.from('x')))),
    'extra-entry',
  );
  t.equal(
    await refusedAs(
      await rewritten((entries) =>
        entries.set(MANIFEST_ENTRY, flip(entries.get(MANIFEST_ENTRY) ?? Buffer.alloc(0))),
      ),
    ),
    'wrong-signature',
  );
  t.equal(
    await refusedAs(exam.file, { trust: [(await generateKeys('org', 'other')).public] }),
    'wrong-signature',
  );
  t.equal(
    await refusedAs(exam.file, { trust: [{ ...exam.org.public, role: 'room' }] }),
    'wrong-signature',
    'a room’s key signs no package',
  );
  t.equal(
    await refusedAs(exam.file, { signatures: 2 }),
    'wrong-signature',
    'one signature where two are asked for',
  );
  t.equal(await refusedAs(exam.file, { now: Date.now() + 36 * 86_400_000 }), 'expired');
  t.equal(
    await refusedAs(exam.file, { installed: { packageId: 'small-exam', sequence: 2 } }),
    'package-older',
  );
  t.equal(await refusedAs(exam.file, { serverVersion: '0.0.9' }), 'server-too-old');
  const none = () => undefined;
  t.equal(
    await refusedAs(await rewritten(none, (manifest) => Object.assign(manifest, { note: 1 }))),
    'bad-manifest',
    'an unknown field',
  );
  t.equal(
    await refusedAs(await rewritten(none, (manifest) => Object.assign(manifest, { sequence: '1' }))),
    'bad-manifest',
    'a wrong type',
  );
  t.equal(
    await refusedAs(
      await rewritten(none, (manifest) =>
        manifest.entries.push({ path: '../x', bytes: 0, sha256: '0'.repeat(64) }),
      ),
    ),
    'bad-manifest',
    'a path that climbs',
  );
  t.equal(await refusedAs(join(exam.folder, 'nowhere.exampkg')), 'not-found');
});

void t.test('a package for another room is not installed', async (t) => {
  await t.rejects(installPackage(exam.file, data, await generateKeys('room', 'other'), options), {
    code: 'foreign-room',
  });
});

void t.test(
  'a package for a spare server too is opened by either, and says how many servers open it',
  async (t) => {
    const spare = await generateKeys('room', '102 备用');
    const both = await smallExam({ spareServer: spare.public });
    t.teardown(() => rmSync(both.folder, { recursive: true, force: true }));
    const trust = { ...options, trust: [both.org.public] };
    for (const keys of [both.room, spare]) {
      const opened = await openInstalled(both.file, keys, trust);
      t.equal(opened.serverCount, 2);
      opened.close();
    }
    const alone = await openInstalled(exam.file, exam.room, options);
    t.equal(alone.serverCount, 1);
    alone.close();
  },
);

void t.test('a truncated file is refused wherever it is cut', async (t) => {
  const bytes = readFileSync(exam.file);
  for (let part = 0; part < 20; part++) {
    const file = join(exam.folder, 'cut.exampkg');
    writeFileSync(file, bytes.subarray(0, Math.floor((bytes.length * part) / 20)));
    t.equal(await refusedAs(file), 'damaged', `${part}/20`);
  }
});

void t.test('unsound names and compressed entries are refused before anything is read', async (t) => {
  const yazl = (await import('yazl')).default;
  const { createWriteStream } = await import('node:fs');
  const { pipeline } = await import('node:stream/promises');
  const zipped = async (add: (zip: InstanceType<typeof yazl.ZipFile>) => void) => {
    const zip = new yazl.ZipFile();
    add(zip);
    zip.end();
    const file = join(exam.folder, `odd-${Math.random()}.zip`);
    await pipeline(zip.outputStream, createWriteStream(file));
    return file;
  };
  const bytes = Buffer.alloc(100_000);
  t.equal(
    await refusedAs(await zipped((zip) => zip.addBuffer(bytes, 'bomb', { compress: true }))),
    'compressed',
  );
  t.equal(
    await refusedAs(await zipped((zip) => zip.addBuffer(bytes, 'a b', { compress: false }))),
    'bad-name',
  );
  t.equal(
    await refusedAs(
      await zipped((zip) => {
        zip.addBuffer(bytes, 'twice', { compress: false });
        zip.addBuffer(bytes, 'twice', { compress: false });
      }),
    ),
    'duplicate-name',
  );
  const climbing = await zipped((zip) => zip.addBuffer(bytes, 'aa/bb', { compress: false }));
  writeFileSync(
    climbing,
    Buffer.from(readFileSync(climbing).toString('latin1').replaceAll('aa/bb', '../bb'), 'latin1'),
  );
  t.match(await refusedAs(climbing), /bad-name|damaged/);
});

void t.test('random bytes are refused, never believed, never thrown on', async () => {
  const good = readFileSync(exam.file);
  const file = join(exam.folder, 'random.exampkg');
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: good.length - 1 }),
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      async (at, noise) => {
        const bytes = Buffer.from(good);
        bytes.set(noise.subarray(0, Math.min(noise.length, bytes.length - at)), at);
        if (bytes.equals(good)) return;
        writeFileSync(file, bytes);
        const outcome = await refusedAs(file);
        // Bytes of the zip's own frame that nobody reads may differ; then the content is still what was signed.
        if (outcome === 'taken') (await openInstalled(file, exam.room, options)).close();
      },
    ),
    { numRuns: 200 },
  );
});
