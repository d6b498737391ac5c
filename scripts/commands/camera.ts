// `kaochang camera` helps to set cameras up: finds them on the network, looks at what one sends, takes a picture, sets its clock.
// It records nothing and changes no settings of the room.

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { deskOf } from '../../server/compose/camera-room.js';
import type { CameraDesk } from '../../server/compose/cameras.js';
import { readConfig } from '../../server/config.js';
import { discoverCameras } from '../../server/devices/onvif-discovery.js';
import { untilInterrupted } from './progress-line.js';
import { UsageError } from './usage-error.js';

interface RoomOptions {
  data: string;
  config?: string;
}
type CameraOptions = RoomOptions & { id: string };

const CLOCK_WITHIN_MS = 10_000;

/** Which ONVIF cameras answer, and what to write into the settings for each. REQ-A06 */
export async function cameraDiscover() {
  const found = await untilInterrupted((signal) => discoverCameras({ signal }));
  const lines = found.map(({ host, port, name, hardware }) => {
    const entry = { id: 'camera-1', name: name ?? host, adapter: 'onvif', host, port, user: 'admin' };
    return `${host}:${port}  ${[name, hardware].filter(Boolean).join('  ')}\n  ${JSON.stringify({ ...entry, passwordFile: 'camera.txt' })}`;
  });
  const none =
    '没有找到 ONVIF 摄像机：确认同一网段，并在摄像机网页开启 ONVIF；也可用 RTSP 地址接入 / no ONVIF camera answered: it has to be in the same network with ONVIF switched on; an RTSP address serves too';
  return { ok: found.length > 0, cameras: found, text: found.length === 0 ? none : lines.join('\n') };
}

/** What a camera sends, looked at for 20 s. @throws UsageError; ProbeFailure; DeviceFault */
export async function cameraLook({ id, ...room }: CameraOptions) {
  const desk = withCamera(room, id);
  const facts = await untilInterrupted((signal) => desk.look(id, signal));
  const { codec, width, height, framesPerSecond, kilobitsPerSecond, keyFrameIntervalS, audioCodec } = facts;
  const text = [
    `${codec} ${width}x${height}，${framesPerSecond ?? '?'} 帧/秒 frames/s，${kilobitsPerSecond ?? '?'} kbit/s`,
    `关键帧间隔最长 ${keyFrameIntervalS ?? '?'} 秒 / at most ${keyFrameIntervalS ?? '?'} s between key frames`,
    audioCodec === null ? '无声音 / no sound' : `声音 ${audioCodec} / sound ${audioCodec}`,
  ].join('\n');
  return { ok: true, camera: id, facts, text };
}

/** A picture of now, into a file. @throws UsageError; ProbeFailure; DeviceFault */
export async function cameraSnapshot({ id, out, ...room }: CameraOptions & { out: string }) {
  const desk = withCamera(room, id);
  const jpeg = await untilInterrupted((signal) => desk.snapshot(id, signal));
  await writeFile(out, jpeg, { mode: 0o600 });
  return { ok: true, camera: id, file: resolve(out), text: `${out}（${jpeg.length} B）` };
}

/** Sets a camera's clock to the server's, once or by a time server. @throws UsageError; DeviceFault */
export async function cameraSetClock({ id, ntp, ...room }: CameraOptions & { ntp?: string }) {
  const desk = withCamera(room, id);
  if (ntp !== undefined && !/^\d{1,3}(\.\d{1,3}){3}$/.test(ntp))
    throw new UsageError(`--ntp：${ntp} 不是 IPv4 地址`, `--ntp: ${ntp} is no IPv4 address`);
  const camera = await desk.onvif(id);
  if (camera === null)
    throw new UsageError(
      `${id} 不是 ONVIF 摄像机，请在它的网页里校时`,
      `${id} is no ONVIF camera: set its clock on its own page`,
    );
  return untilInterrupted(async (signal) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(CLOCK_WITHIN_MS)]);
    const before = await desk.clockOffset(id, within);
    await camera.setClock(ntp ?? null, within);
    const after = await desk.clockOffset(id, within);
    const text = `校时前 ${seconds(before)}，校时后 ${seconds(after)} / before ${seconds(before)}, now ${seconds(after)}`;
    return { ok: true, camera: id, beforeMs: before, afterMs: after, text };
  });
}

const seconds = (ms: number | null) =>
  ms === null ? '?' : `${ms > 0 ? '+' : ''}${(ms / 1_000).toFixed(1)} s`;

function withCamera({ data: folder, config: file }: RoomOptions, id: string): CameraDesk {
  const data = resolve(folder);
  const desk = deskOf({ data, config: readConfig({ data, file: file ?? null }) });
  const ids = desk.all().map((one) => one.id);
  if (ids.includes(id)) return desk;
  const known = ids.length === 0 ? '（无 / none）' : ids.join(', ');
  throw new UsageError(
    `设置中没有编号为 ${id} 的摄像机，现有：${known}`,
    `the settings have no camera ${id}; there are: ${known}`,
  );
}
