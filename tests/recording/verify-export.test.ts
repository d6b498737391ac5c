// Whatever is done to exported recordings afterwards is found, and found by name.

import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { VideoLine } from '../../server/core/video-types.js';
import { canonicalBytes } from '../../server/keys/canonical.js';
import { signDsse } from '../../server/keys/dsse.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { VIDEO_EXPORT_TYPE, type VideoExport } from '../../server/protocol/video-export.js';
import { chainLine, NO_LINE } from '../../server/recording/video-line.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { exportedRoom } from './exported-room.js';

const STEM = '20261121XX学院2号楼102';
const FILM = `${STEM}-摄像机1.mp4`;
const LIST = `${STEM}-摄像机1.jsonl`;
const SIGNED = `${STEM}-video.dsse.json`;

const made = await exportedRoom();
const original = new Map<string, Buffer>();
for (const name of [
  FILM,
  LIST,
  SIGNED,
  `${STEM}-摄像机2-1.mp4`,
  `${STEM}-摄像机2-2.mts`,
  `${STEM}-摄像机2.jsonl`,
])
  original.set(name, await readFile(join(made.target, name)));
const path = (name: string) => join(made.target, name);
const bytesOf = (name: string) => original.get(name) as Buffer;

/** What is found after a change; then everything is as it was. */
async function foundAfter(change: () => Promise<void>): Promise<string[]> {
  await change();
  const { ok, problems } = await verifyExport(made.target, [made.room.public]);
  for (const [name, bytes] of original) await writeFile(path(name), bytes);
  if (ok !== (problems.length === 0)) throw new Error('ok says something else than the problems');
  return problems.map(({ fault, where }) => `${fault} ${where}`);
}

/** The signed list with something else in it, signed by the room all the same. */
async function resigned(change: (statement: VideoExport) => void): Promise<void> {
  const statement = structuredClone(made.result.statement);
  change(statement);
  await writeFile(
    path(SIGNED),
    JSON.stringify(signDsse(VIDEO_EXPORT_TYPE, canonicalBytes(statement), [made.room])),
  );
}

void t.test('what nobody touched holds', async (t) => {
  const report = await verifyExport(made.target, [made.room.public]);
  t.strictSame(report.problems, []);
  t.strictSame([report.ok, report.files, report.segments], [true, 3, 6]);
  t.strictSame(
    report.cameras.map(({ cameraId, coveredMs, plannedMs, gaps }) => [cameraId, coveredMs, plannedMs, gaps]),
    [
      ['cam-1', 8_000, 11_000, 1],
      ['cam-2', 4_000, 11_000, 2],
    ],
  );
});

void t.test('a changed byte in a picture is found, with the time at which it was taken', async (t) => {
  const segment = made.result.statement.cameras[0]?.files[0]?.segments[2];
  const changed = Buffer.from(bytesOf(FILM));
  const at = (segment?.[1] ?? 0) + 2_000;
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  t.strictSame(await foundAfter(() => writeFile(path(FILM), changed)), [
    `segment-changed ${FILM} #3 2026-11-21 09:00:07`,
    `file-changed ${FILM}`,
  ]);
});

void t.test('a changed byte anywhere in any file is found', async (t) => {
  const places = fc.constantFrom(...[...original.keys()].filter((name) => name !== SIGNED)).chain((name) =>
    fc.record({
      name: fc.constant(name),
      at: fc.nat({ max: bytesOf(name).length - 1 }),
      bit: fc.nat({ max: 7 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(places, async ({ name, at, bit }) => {
      const changed = Buffer.from(bytesOf(name));
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      return (await foundAfter(() => writeFile(path(name), changed))).length > 0;
    }),
    { numRuns: 60 },
  );
  const envelope = JSON.parse(bytesOf(SIGNED).toString()) as { payload: string };
  const payload = Buffer.from(envelope.payload, 'base64')
    .toString()
    .replace('"coveredMs":8000', '"coveredMs":11000');
  const forged = JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') });
  t.strictSame(await foundAfter(() => writeFile(path(SIGNED), forged)), [
    `statement-signature ${SIGNED}`,
    ...[FILM, `${STEM}-摄像机2-1.mp4`, `${STEM}-摄像机2-2.mts`].map((name) => `file-added ${name}`),
  ]);
});

void t.test('a missing file and an added one are named', async (t) => {
  t.strictSame(await foundAfter(() => rm(path(FILM))), [`file-missing ${FILM}`]);
  t.strictSame(await foundAfter(() => rm(path(LIST))).then((found) => found[0]), `manifest-missing ${LIST}`);
  t.strictSame(
    await foundAfter(() => rm(path(SIGNED))).then((found) => found[0]),
    'no-statement *-video.dsse.json',
  );
  t.strictSame(await foundAfter(() => writeFile(path('另一段.mp4'), 'film')), ['file-added 另一段.mp4']);
  await rm(path('另一段.mp4'));
});

void t.test('swapped names are told as swapped', async (t) => {
  const other = `${STEM}-摄像机2-1.mp4`;
  const swap = async () => {
    await rename(path(FILM), path('x'));
    await rename(path(other), path(FILM));
    await rename(path('x'), path(other));
  };
  t.strictSame(await foundAfter(swap), [
    `file-swapped ${FILM} = ${other}`,
    `file-swapped ${other} = ${FILM}`,
  ]);
});

void t.test('a cut tail is found: of a film, and of a list', async (t) => {
  t.strictSame(await foundAfter(() => truncate(path(FILM), bytesOf(FILM).length - 10)), [
    `file-changed ${FILM}`,
  ]);
  const rows = bytesOf(LIST).toString().trimEnd().split('\n');
  const found = await foundAfter(() => writeFile(path(LIST), `${rows.slice(0, -1).join('\n')}\n`));
  t.ok(found.includes(`manifest-cut ${LIST}`), found.join('; '));
});

void t.test('an edited gap is found, also where the whole list was chained anew', async (t) => {
  const rows = bytesOf(LIST).toString().trimEnd().split('\n');
  const gap = rows.findIndex((row) => row.includes('"gap"'));
  const edited = rows.map((row, index) =>
    index === gap ? row.replace('camera-unreachable', 'stopped-by-staff') : row,
  );
  const found = await foundAfter(() => writeFile(path(LIST), `${edited.join('\n')}\n`));
  t.ok(found.includes(`line-hash ${LIST}:${gap + 1}`), found.join('; '));
  let prev = NO_LINE;
  const chained = rows
    .map((row) => JSON.parse(row) as VideoLine)
    .filter((line) => line.kind === 'segment')
    .map(({ cameraId, line: _line, prev: _prev, hash: _hash, ...body }, index) => {
      const line = chainLine(cameraId, index, prev, body);
      prev = line.hash;
      return JSON.stringify(line);
    });
  const anew = await foundAfter(() => writeFile(path(LIST), `${chained.join('\n')}\n`));
  t.ok(anew.includes(`manifest-cut ${LIST}`), anew.join('; '));
});

void t.test('coverage is not believed: what the room signed has to be what its lines give', async (t) => {
  const better = (statement: VideoExport) =>
    Object.assign(statement.cameras[0] as object, { coveredMs: 11_000, gaps: [] });
  t.strictSame(await foundAfter(() => resigned(better)), ['coverage-differs 前 (cam-1)']);
  const fewer = (statement: VideoExport) => statement.cameras[0]?.files[0]?.segments.pop();
  t.strictSame(await foundAfter(() => resigned(fewer)), ['segment-absent 前 (cam-1) #4 2026-11-21 09:00:09']);
});

void t.test('another room’s key does not open it', async (t) => {
  const other = await generateKeys('room', '别处');
  const { problems } = await verifyExport(made.target, [other.public]);
  t.equal(problems[0]?.fault, 'statement-signature');
});

void t.test(
  'a name that is a path, and numbers that lie, are refused or found; nothing throws',
  async (t) => {
    const paths = (statement: VideoExport) =>
      Object.assign(statement.cameras[0]?.files[0] as object, { name: '../x.mp4' });
    t.equal((await foundAfter(() => resigned(paths)))[0], `statement-unsound ${SIGNED}`);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 4 }),
        fc.maxSafeNat(),
        fc.maxSafeNat(),
        async (index, offset, length) => {
          const lie = (statement: VideoExport) => {
            const segment = statement.cameras[0]?.files[0]?.segments[index];
            if (segment !== undefined) Object.assign(segment, [segment[0], offset, length]);
          };
          return index === 4 || (await foundAfter(() => resigned(lie))).length > 0;
        },
      ),
      { numRuns: 40 },
    );
  },
);
