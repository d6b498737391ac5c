// Recordings of more than 4 GB onto a FAT32 drive, by the driver that Linux has for it: the films are divided, whole, and verified after
// the drive was taken out and put in again; its names come back as they were, and fsck finds nothing.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { SegmentLine } from '../../server/core/video-types.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { cameraFileName, exportStem } from '../../server/recording/export-names.js';
import type { VideoExportRequest } from '../../server/recording/export-video.js';
import { FatMachine } from '../support/fat-machine.js';
import { RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';
import type { FatOutcome, FatTask } from './on-fat.js';

t.setTimeout(580_000);

const START = Date.UTC(2026, 10, 21, 1, 0, 0);
const PROGRAM = fileURLToPath(new URL('./on-fat.js', import.meta.url));
const GB = 1e9;
/** Beyond 4 GiB, which is 4.29 GB. */
const FILM_BYTES = 4.4 * GB;

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-fat-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function carriedOut(machine: FatMachine, folder: string, task: FatTask, mountOptions?: string) {
  const file = join(folder, `${task.kind}.json`);
  writeFileSync(file, JSON.stringify(task));
  await machine.run([PROGRAM, file], mountOptions);
  return JSON.parse(readFileSync(`${file}.done`, 'utf8')) as FatOutcome;
}

async function requestTo(folder: string, drive: string): Promise<VideoExportRequest> {
  const videoFolder = join(folder, 'video');
  mkdirSync(videoFolder, { recursive: true });
  return {
    ...{ videoFolder, to: join(drive, '录像'), own: [], room: await generateKeys('room', '2号楼102') },
    ...{ version: '0.0.0', now: START + 3_600_000, fat32: 'auto' },
    session: {
      ...{ sessionId: 's-1', packageId: 'p-1', startsAt: START, siteName: 'XX学院', roomName: '2号楼102' },
      isOneOfSeveral: false,
    },
    ...{ from: START, until: START + 3_600_000, judgedUntil: START + 3_600_000 },
    cameras: [{ cameraId: 'cam-1', name: '前' }],
  };
}

void t.test('[REQ-F04] 4.4 GB of one camera', async (t) => {
  const folder = folderOf(t);
  const machine = new FatMachine(folder, 8 * GB);
  const request = await requestTo(folder, machine.drive);
  const camera = new RecordedCamera(request.videoFolder, 'cam-1');
  const [file = ''] = await segmentFiles(1, { width: 1920, height: 1080, noisy: true });
  await camera.segment(file, START);
  const first = camera.lines[0] as SegmentLine;
  const count = Math.ceil(FILM_BYTES / first.bytes);
  for (let n = 1; n < count; n++) await camera.again(first, START + n * SEGMENT_MS);
  t.match(await carriedOut(machine, folder, { kind: 'export', request }), {
    ...{ code: 'done', isDivided: true, readFrom: 'medium' },
  });
  t.equal(machine.faults(), '');
  const task = { kind: 'verify', folder: request.to, room: request.room.public } as const;
  const { problems, bytes = 0, names = [] } = await carriedOut(machine, folder, task);
  t.same(problems, []);
  t.ok(bytes > 2 ** 32 && bytes >= count * first.bytes, String(bytes));
  const stem = exportStem(request.session);
  t.same(
    names.filter((name) => name.endsWith('.mp4')).sort(),
    [1, 2].map((part) => cameraFileName(stem, 1, part, 'mp4')),
  );
  t.notOk(names.some((name) => name.endsWith('.partial')));
});

void t.test('a drive that is mounted without UTF-8 names takes nothing', async (t) => {
  const folder = folderOf(t);
  const machine = new FatMachine(folder, 0.6 * GB);
  const request = await requestTo(folder, machine.drive);
  const [file = ''] = await segmentFiles(1);
  await new RecordedCamera(request.videoFolder, 'cam-1').segment(file, START);
  const task = { kind: 'export', request } as const;
  t.match(await carriedOut(machine, folder, task, 'iocharset=iso8859-1'), { code: 'names-garbled' });
  t.match(await carriedOut(machine, folder, task), { code: 'done', isDivided: true });
  const verify = { kind: 'verify', folder: request.to, room: request.room.public } as const;
  t.match(await carriedOut(machine, folder, verify), { problems: [] });
});

void t.test(
  'names of films, whatever the organisation calls its site; the last byte of a file',
  async (t) => {
    const folder = folderOf(t);
    const machine = new FatMachine(folder, 0.6 * GB);
    const place = fc.string({ unit: 'grapheme', maxLength: 80 });
    const stems = fc
      .sample(fc.tuple(place, place), { numRuns: 150, seed: 1 })
      .map(([siteName, roomName]) =>
        exportStem({ startsAt: START, siteName, roomName, isOneOfSeveral: true }),
      );
    stems.push(
      ...['CON', 'a'.repeat(300), '院'.repeat(300), ' 点. ', '<>:"/\\|?*', '😀𠮷'].map((siteName) =>
        exportStem({ startsAt: START, siteName, roomName: '', isOneOfSeveral: false }),
      ),
    );
    // A drive like this takes no two names that differ in the size of letters alone; nor has an export such names.
    const byName = new Map(
      stems.map((stem, n) => [stem.toLowerCase(), `${stem}-摄像机${n + 1}-10.mp4.partial`]),
    );
    const names = [...byName.values()];
    const made = await carriedOut(machine, folder, {
      kind: 'names',
      folder: join(machine.drive, '名'),
      names,
    });
    t.same((made.names ?? []).sort(), [...names, 'end'].sort());
    t.equal(made.behindEnd, 'too-large');
    t.equal(machine.faults(), '');
  },
);
