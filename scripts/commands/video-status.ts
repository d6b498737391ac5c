// `kaochang video status`: what records, since when, how much space is left and for how long.

import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { videoFolderOf } from '../../server/compose/video-room.js';
import { videoPaths, type CameraStatus, type RecorderStatus } from '../../server/recording/contract.js';
import { checkManifest } from '../../server/recording/manifest-check.js';
import { readStatus } from '../../server/recording/status-file.js';
import { camerasIn } from '../../server/recording/verify-recordings.js';
import { parseWanted, textOf } from '../../server/recording/wanted.js';
import { chinaTime } from './china-time.js';

/** The recorder writes every second. */
const STALE_MS = 5_000;
const STATES: Record<CameraStatus['state'], string> = {
  off: '未录 / off',
  starting: '正在接通 / starting',
  recording: '录像中 / recording',
  refused: '密码被拒，改正设置中的用户名和密码 / password refused, correct user and password in the settings',
  failed: '故障 / failed',
};

/** ok = every camera that has to record does. */
export async function videoStatus({ data, config }: { data: string; config?: string }) {
  const folder = videoFolderOf(resolve(data), config ?? null);
  if (!existsSync(folder))
    return { ok: true, folder, cameras: [], text: `${folder}：还没有录像 / nothing was recorded yet` };
  const [said, wantedText] = await Promise.all([readStatus(folder), textOf(videoPaths(folder).wanted)]);
  const wanted = wantedText === null ? null : parseWanted(wantedText);
  const now = Date.now();
  const status = said !== null && Math.abs(now - said.at) <= STALE_MS ? said : null;
  const isWanted = (cameraId: string) =>
    wanted !== null &&
    now < wanted.until &&
    wanted.cameras.some((one) => one.cameraId === cameraId && one.record);
  const ids = new Set([
    ...(wanted?.cameras ?? []).map(({ cameraId }) => cameraId),
    ...(await camerasIn(folder)),
  ]);
  const cameras = await Promise.all(
    [...ids].map(async (cameraId) => ({
      ...{ cameraId, wanted: isWanted(cameraId) },
      ...(await listed(folder, cameraId)),
      recording: status?.cameras.find((one) => one.cameraId === cameraId) ?? null,
    })),
  );
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const ok = cameras.every(({ wanted: should, recording }) => !should || recording?.state === 'recording');
  const lines = [
    status === null
      ? `录像程序未运行 / no recorder runs${said === null ? '' : `（${chinaTime(said.at)}）`}`
      : `录像程序运行中 / the recorder runs（pid ${status.pid}，自 / since ${chinaTime(status.startedAt)}）`,
    ...cameras.map((camera) => cameraText(camera)),
    spaceText(folder, freeBytes, status),
  ];
  return { ok, folder, freeBytes, recorder: status?.pid ?? null, cameras, text: lines.join('\n') };
}

async function listed(folder: string, cameraId: string) {
  const { lines, problems } = await checkManifest(videoPaths(folder).manifest(cameraId), cameraId);
  const segments = lines.filter((line) => line.kind === 'segment');
  return {
    segments: segments.length,
    gaps: lines.length - segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    lastEndAt: segments.at(-1)?.endAt ?? null,
    unsound: problems.length,
  };
}

type Camera = Awaited<ReturnType<typeof listed>> & {
  cameraId: string;
  wanted: boolean;
  recording: CameraStatus | null;
};

function cameraText({
  cameraId,
  wanted,
  recording,
  segments,
  gaps,
  bytes,
  lastEndAt,
  unsound,
}: Camera): string {
  const state =
    recording === null ? (wanted ? '应录而未录 / should record' : STATES.off) : STATES[recording.state];
  const reason = recording?.reason ?? null;
  return [
    `${cameraId}：${state}${reason === null ? '' : `（${reason}）`}`,
    `${segments} 段 / segments，${gaps} 处中断 / gaps，${(bytes / 1e9).toFixed(2)} GB`,
    lastEndAt === null ? '' : `录到 / up to ${chinaTime(lastEndAt)}`,
    unsound === 0
      ? ''
      : `清单有 ${unsound} 处错误，请用 video verify 核验 / the list has ${unsound} faults: run video verify`,
  ]
    .filter((part) => part !== '')
    .join('，');
}

function spaceText(folder: string, freeBytes: number, status: RecorderStatus | null): string {
  const kilobits = (status?.cameras ?? []).reduce((sum, one) => sum + (one.kilobitsPerSecond ?? 0), 0);
  const hours = kilobits > 0 ? freeBytes / ((kilobits * 1_000) / 8) / 3_600 : null;
  const lasts =
    hours === null
      ? ''
      : `，按现在的码率可再录约 ${hours.toFixed(1)} 小时 / about ${hours.toFixed(1)} h at this rate`;
  return `${folder}：可用 / free ${(freeBytes / 1e9).toFixed(1)} GB${lasts}`;
}
