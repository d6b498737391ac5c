// `kaochang video import` takes a camcorder's files in, after a person has seen when each was filmed; `video mark` says which disk
// is the one for recordings.

import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { videoFolder } from '../../server/compose/camera-room.js';
import { readConfig } from '../../server/config.js';
import type { DeviceSetting } from '../../server/devices/settings.js';
import {
  importCamcorderFiles,
  planImport,
  type PlannedImport,
} from '../../server/recording/camcorder-import.js';
import { findFfmpeg } from '../../server/recording/find-ffmpeg.js';
import { probeOf } from '../../server/recording/probe-stream.js';
import { markVolume } from '../../server/recording/volume.js';
import { chinaTime } from './china-time.js';
import { untilInterrupted } from './progress-line.js';
import { speedLine } from './speed-line.js';
import { UsageError } from './usage-error.js';

interface ImportOptions {
  camera: string;
  files: string[];
  data: string;
  config?: string;
  /** When the first file begins, where the camcorder's clock is wrong or missing. */
  start?: string;
  /** The times were seen and are right. */
  yes?: boolean;
}

const GB = 1e9;
const STARTS: Record<PlannedImport['startFrom'], string> = {
  person: '人工给定 / given',
  file: '文件记录 / by the file',
  'file-before': '接上一个文件 / behind the one before',
};

/** REQ-A06. @throws UsageError; ImportRefusal; ConfigError */
export async function videoImport({ camera, files, data, config: file, start, yes }: ImportOptions) {
  const config = readConfig({ data: resolve(data), file: file ?? null });
  assertCamcorder(config.devices as DeviceSetting[], camera);
  const ffmpeg = findFfmpeg(config.recording.ffmpeg);
  if (ffmpeg === null)
    throw new Error(
      '没有找到 ffmpeg，请先安装或在设置 recording.ffmpeg 中写明 / there is no ffmpeg: install it, or name it in recording.ffmpeg',
    );
  const startAt = start === undefined ? null : instantOf(start);
  return untilInterrupted(async (signal) => {
    const plan = await planImport(
      { ffprobe: probeOf(ffmpeg), files: files.map((one) => resolve(one)), startAt },
      signal,
    );
    process.stderr.write(`${plan.map(plannedText).join('\n')}\n`);
    if (yes !== true && !(await isConfirmed()))
      return {
        ok: false,
        text: '未导入：核对上面的时间（北京时间），不对时用 --start 给出第一个文件的开拍时间，对了加 --yes / nothing was imported: look at the times (China), correct the first with --start, or say --yes',
      };
    const show = speedLine('导入录像 / importing');
    const imported = await importCamcorderFiles(
      {
        ...{ folder: videoFolder(resolve(data), config), cameraId: camera, plan },
        keepFreeBytes: config.recording.stopGb * GB,
        onProgress: ({ doneBytes, totalBytes }) => show(doneBytes, totalBytes),
      },
      signal,
    );
    const lines = imported.map(
      ({ path, file: name, wasThere }) =>
        `${basename(path)} → ${name}${wasThere ? '（以前已导入 / was imported before）' : ''}`,
    );
    return { ok: true, camera, files: imported, text: lines.join('\n') };
  });
}

/** Files of a camera that records by itself would break its list. */
function assertCamcorder(devices: readonly DeviceSetting[], camera: string): void {
  const camcorders = devices.filter(({ adapter }) => adapter === 'camcorder').map(({ id }) => id);
  if (camcorders.includes(camera)) return;
  const known = camcorders.length === 0 ? '（无 / none）' : camcorders.join(', ');
  throw new UsageError(
    `设置中没有编号为 ${camera} 的 camcorder 设备，现有：${known}`,
    `the settings have no device ${camera} with the adapter camcorder; there are: ${known}`,
  );
}

function plannedText({ path, bytes, startAt, endAt, startFrom, facts }: PlannedImport): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const picture = facts.isReadable
    ? `${facts.width}x${facts.height} ${facts.codec}`
    : '无法读取 / not readable';
  return `${basename(path)}：${chinaTime(startAt)} – ${chinaTime(endAt)}（${STARTS[startFrom]}），${size}，${picture}`;
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await questions.question('这些时间对吗？ / Are these times right? [y/N] ');
    return /^(y|yes|是|对)$/i.test(answer.trim());
  } finally {
    questions.close();
  }
}

/**
 * `2026-11-21T09:00:03`, with a zone or in China's time; ms since 1970.
 * @throws UsageError
 */
export function instantOf(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?$/.exec(
    text.trim(),
  );
  const at = match === null ? NaN : Date.parse(`${match[1]}T${match[2]}${match[3] ?? '+08:00'}`);
  if (Number.isNaN(at))
    throw new UsageError(
      `--start：${text} 不是时间，应如 2026-11-21T09:00:03（北京时间）`,
      `--start: ${text} is no time; write it like 2026-11-21T09:00:03 (China)`,
    );
  return at;
}

/** Marks the video folder's disk as the one for recordings, and says what belongs into the settings. */
export async function videoMark({ data, config }: { data: string; config?: string }) {
  const folder = videoFolder(resolve(data), readConfig({ data: resolve(data), file: config ?? null }));
  mkdirSync(folder, { recursive: true });
  const volumeId = await markVolume(folder);
  const text = `${folder}：${volumeId}\n写入设置 / put it into the settings：{"recording": {"volumeId": "${volumeId}"}}`;
  return { ok: true, folder, volumeId, text };
}
