// The demo's two cameras: drawn pictures of an exam room that come over the network as from real ones, so that everything that a
// room does with its cameras can be seen; and the films of the session, handed over at the end.

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFfmpeg } from '../../server/recording/find-ffmpeg.js';
import { watchRecorder } from '../../server/recording/one-recorder.js';
import { codedFilm } from '../../server/rehearsal/coded-pictures.js';
import { SimulatedCamera } from '../../server/rehearsal/simulated-camera.js';
import { videoExport, videoVerify } from './video.js';

/** `VIEW-main.h264` and `VIEW-sub.h264` of the samples. */
const VIEWS = [
  { id: 'camera-front', name: '前方摄像机', view: 'front' },
  { id: 'camera-back', name: '后方摄像机', view: 'back' },
];
const FPS = { main: 10, sub: 5 };
const END_WITHIN_MS = 15_000;

export interface DemoCameras {
  /** What the settings say of them. */
  devices: object[];
  /** Settings of the recordings: from when entry opens, a minute beyond the collection, on a small disk too. */
  recording: object;
  close(): Promise<void>;
}

/** Where the films go: it stands for a drive, and is offered on the console too. */
export const filmFolder = (data: string): string => `${data}-video`;

/** Starts them. @param folder of their films @returns null where there is no ffmpeg, which records */
export async function startDemoCameras(folder: string): Promise<DemoCameras | null> {
  if (findFfmpeg('') === null) return null;
  const film = async (view: string, stream: 'main' | 'sub') =>
    codedFilm(await readFile(join(folder, `${view}-${stream}.h264`)), 'h264', FPS[stream]);
  const cameras = await Promise.all(
    VIEWS.map(async ({ view }) => SimulatedCamera.start(await film(view, 'main'), await film(view, 'sub'))),
  );
  return {
    devices: VIEWS.map(({ id, name }, n) => ({
      ...{ id, name, adapter: 'rtsp', url: cameras[n]?.url, subUrl: cameras[n]?.subUrl },
    })),
    // Whoever ends a demo by force leaves no recorder behind for long.
    recording: { segmentSeconds: 2, beforeMinutes: 0, afterMinutes: 1, aloneMinutes: 2, lowGb: 2, stopGb: 1 },
    close: async () => {
      await Promise.all(cameras.map((camera) => camera.close()));
    },
  };
}

/** Ends the recorder of a room whose server has ended: in a real room it goes on to the end of its plan. */
export async function endRecorder(data: string): Promise<void> {
  const watch = await watchRecorder(join(data, 'video')).catch(() => null);
  if (watch === null) return;
  try {
    process.kill(watch.pid, 'SIGTERM');
  } catch {
    // It has ended by itself since.
  }
  await watch.goneWithin(END_WITHIN_MS);
  watch.close();
}

export interface DemoFilms {
  folder: string;
  cameras: number;
  gaps: number;
  /** Exported whole, and held by the verifier against the room's public key alone. */
  verified: boolean;
}

/** Exports the films of a collected session as to a USB drive beside the data folder, and verifies them. */
export async function handOverFilms(data: string, sessionId: string): Promise<DemoFilms> {
  const folder = filmFolder(data);
  await mkdir(folder, { recursive: true });
  const exported = await videoExport({ session: sessionId, to: folder, data, fat32: 'auto' });
  const { ok } = await videoVerify({ folder, trust: [join(data, 'room.pub')] });
  const gaps = exported.cameras.reduce((sum, camera) => sum + camera.gaps, 0);
  return { folder, cameras: exported.cameras.length, gaps, verified: exported.ok && ok };
}

/** The films in one line, or why there are none. */
export function filmsText(films: DemoFilms | null): string {
  if (films === null) return '录像 / films             没有 / none';
  const { cameras, gaps, verified, folder } = films;
  return `录像 / films             ${cameras} 台摄像机 / cameras，${gaps} 处中断 / gaps，${verified ? '核验通过 / verified' : '有问题 / faulty'}  ${folder}`;
}

export const NO_FFMPEG =
  '没有找到 ffmpeg，演示不含摄像机（Debian：apt install ffmpeg）/ no ffmpeg: the demo goes on without cameras (Debian: apt install ffmpeg)';
