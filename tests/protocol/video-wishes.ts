// Every answer that live pictures and recordings have over HTTP, brought about one after the other: real files, a scripted camera.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SegmentLine } from '../../server/core/video-types.js';
import { VIDEO_PATH } from '../../server/protocol/video.js';
import type { LiveRefusal } from '../../server/recording/live.js';
import { VIDEO_PROBLEMS } from '../../server/recording/video-problems.js';
import { makeRecordings } from '../support/recorded-clips.js';
import { HASH, VIDEO_PASS, type Heard, type HttpSetting, type Wish } from './http-setting.js';

/** What is said of recordings alone. */
const NOT_LIVE: ReadonlySet<string> = new Set([
  ...['not-allowed', 'not-found', 'bad-request', 'bad-range', 'method-not-allowed'],
  ...['video-busy', 'recording-changed'],
]);
/** Asks for all of it. @param ask the witness hears of each answer */
export async function askForVideo(room: HttpSetting, ask: (wish: Wish) => Promise<Heard>): Promise<void> {
  const authorization = `Bearer ${VIDEO_PASS}`;
  const see = (path: string, headers: Record<string, string> = {}): Wish => ({
    ...{ path: `${VIDEO_PATH}/${path}`, headers: { authorization, ...headers } },
  });
  const startAt = 1_760_000_000_000;
  const lines = await makeRecordings({
    ...{ folder: room.videoFolder, cameraId: 'cam-1', startAt },
    recorded: [
      { colour: 0, seconds: 1 },
      { colour: 1, seconds: 1 },
    ],
  });
  const [sound, grown] = lines as [SegmentLine, SegmentLine];
  appendFileSync(join(room.videoFolder, grown.file), 'x');
  const span = `from=${startAt - 1_000}&to=${startAt + 5_000}`;
  const parts = (sha256: string) =>
    ['opening.mp4', 'film.m4s'].map((name) => `recorded/cam-1/${sha256}/${name}`);
  const live = ['index.m3u8', 'picture.jpg', 'still.jpg'].map((name) => `live/cam-1/${name}`);
  const pieces = ['live/cam-1/1/opening.mp4', 'live/cam-1/1/0.m4s'];
  const lists = ['index.json', 'index.m3u8'].map((name) => `recorded/cam-1/${name}`);
  const recorded = [...lists.map((path) => `${path}?${span}`), `recorded/cam-1/picture.jpg?at=${startAt}`];
  for (const path of [...live, ...pieces, ...recorded, ...parts(sound.sha256)]) {
    await ask(see(path));
    await ask({ path: `${VIDEO_PATH}/${path}` });
    await ask(see(path.replace('cam-1', '.cam')));
  }
  for (const path of ['live/cam-1/2/opening.mp4', 'live/cam-1/1/7.m4s']) await ask(see(path));
  for (const problem of Object.keys(VIDEO_PROBLEMS) as LiveRefusal[]) {
    if (NOT_LIVE.has(problem)) continue;
    room.liveRefusal = problem;
    for (const path of live) await ask(see(path));
  }
  room.liveRefusal = null;
  for (const path of [...lists, 'recorded/cam-1/picture.jpg']) await ask(see(path));
  await ask(see(`recorded/cam-1/picture.jpg?at=${startAt - 60_000}`));
  for (const path of parts(sound.sha256)) {
    const { headers } = await ask(see(path));
    await ask(see(path, { 'if-none-match': String(headers['etag']) }));
    await ask(see(path, { range: 'bytes=0-9' }));
    await ask(see(path, { range: 'bytes=99999999-' }));
  }
  for (const path of [...parts(grown.sha256), ...parts(HASH)]) await ask(see(path));
  // As many as may be are reading, and one more asks.
  let release = (): void => undefined;
  room.held = new Promise((resolve) => (release = resolve));
  const [film = '', opening = ''] = [parts(sound.sha256)[1], parts(sound.sha256)[0]];
  const reading = Array.from({ length: 12 }, () => ask(see(film)));
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const path of [film, opening]) await ask(see(path));
  release();
  await Promise.all(reading);
  const pictures = Array.from({ length: 20 }, () => ask(see(`recorded/cam-1/picture.jpg?at=${startAt}`)));
  await Promise.all(pictures);
}
