// Two cameras with a gap and an import, exported once: what the tests of exports and of their verification begin with.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { exportVideo, type VideoExportRequest } from '../../server/recording/export-video.js';
import { RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';

export const START = Date.UTC(2026, 10, 21, 1, 0, 0);
/** Pictures of camera 1 in the session, in the order of their time. */
export const SEGMENTS = 4;
const ROOM = await generateKeys('room', '2号楼102');

export interface RecordedRoom {
  videoFolder: string;
  target: string;
  room: PrivateKeys;
  first: RecordedCamera;
  second: RecordedCamera;
  request: VideoExportRequest;
}

/** Camera 1 has a gap of three seconds; camera 2 came an hour too early, and has a file of a camcorder. */
export async function recordedRoom(): Promise<RecordedRoom> {
  const videoFolder = await mkdtemp(join(tmpdir(), 'kaochang-video-'));
  const target = join(await mkdtemp(join(tmpdir(), 'kaochang-usb-')), '录像');
  const [first, second] = [
    new RecordedCamera(videoFolder, 'cam-1'),
    new RecordedCamera(videoFolder, 'cam-2'),
  ];
  const files = await segmentFiles(SEGMENTS);
  for (const [index, file] of files.entries()) {
    if (index === 2)
      await first.gap(START + 2 * SEGMENT_MS, START + 2 * SEGMENT_MS + 3_000, 'camera-unreachable');
    await first.segment(file, START + index * SEGMENT_MS + (index < 2 ? 0 : 3_000));
  }
  await second.segment(files[0] as string, START - 3_600_000);
  await second.segment(files[1] as string, START + 1_000);
  await second.segment(files[2] as string, START + 3_000, { flags: ['imported'], name: 'imported/A.MTS' });
  const request: VideoExportRequest = {
    ...{ videoFolder, to: target, own: [], room: ROOM, version: '0.0.0', now: START + 60_000, fat32: 'auto' },
    session: {
      ...{ sessionId: 's-1', packageId: 'p-1', startsAt: START, siteName: 'XX学院', roomName: '2号楼102' },
      isOneOfSeveral: false,
    },
    ...{ from: START, until: START + 11_000, judgedUntil: START + 11_000 },
    cameras: [
      { cameraId: 'cam-1', name: '前' },
      { cameraId: 'cam-2', name: '后' },
    ],
  };
  return { videoFolder, target, room: ROOM, first, second, request };
}

/** The same, exported. */
export async function exportedRoom() {
  const recorded = await recordedRoom();
  return { ...recorded, result: await exportVideo(recorded.request) };
}
