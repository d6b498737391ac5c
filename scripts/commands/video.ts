// `kaochang video export` and `video verify`: recordings to another volume, and whether they are what the room recorded.

import { existsSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { openVideoRoom } from '../../server/compose/video-room.js';
import { runningExport } from '../../server/core/decide-video-export.js';
import { readPublicKeys } from '../../server/keys/key-files.js';
import { wantedExport } from '../../server/recording/export-request.js';
import { exportVideo, type VideoExportResult } from '../../server/recording/export-video.js';
import { statementsIn, verifyExport } from '../../server/recording/verify-export.js';
import { camerasIn, verifyRecordings } from '../../server/recording/verify-recordings.js';
import { problemText, type VideoReport } from '../../server/recording/verify-report.js';
import { VERSION } from '../../server/version.js';
import { untilInterrupted } from './progress-line.js';
import { ToldExport } from './told-export.js';
import { speedLine } from './speed-line.js';
import { UsageError } from './usage-error.js';

interface ExportOptions {
  session: string;
  to: string;
  data: string;
  config?: string;
  fat32: 'auto' | 'yes' | 'no';
}

/** Hands a session's recordings over (REQ-F04, F05). @throws VideoExportError and others, with a sentence for people */
export async function videoExport({ session: sessionId, to, data, config, fat32 }: ExportOptions) {
  const { state, keys, videoFolder } = await openVideoRoom(data, config ?? null);
  if (state.currentSession !== null)
    throw new Error(
      `场次 ${state.currentSession} 正在进行，收卷后再导出录像：考试中磁盘要留给答案 / session ${state.currentSession} holds the room: export after the collection, the disk is for answers until then`,
    );
  const now = Date.now();
  const listed = existsSync(videoFolder) ? await camerasIn(videoFolder) : [];
  const wanted = wantedExport(state, sessionId, { listed, now, roomName: keys.public.name });
  if (wanted === null) {
    const known = Object.keys(state.sessions).join(', ');
    throw new Error(`没有场次 ${sessionId}，现有：${known} / no session ${sessionId}, there are: ${known}`);
  }
  const running = runningExport(state);
  if (running !== null && running.way === 'dashboard')
    throw new Error(
      `监考台上正在导出录像到 ${running.target}：请等它完成或先取消 / a page exports recordings to ${running.target}: wait for it, or cancel it there first`,
    );
  const told = await ToldExport.begin({ data: resolve(data), sessionId, target: resolve(to) });
  // A server may run meanwhile: it comes first.
  setPriority(constants.priority.PRIORITY_LOW);
  const show = speedLine('导出录像 / exporting');
  const result = await untilInterrupted((signal) =>
    exportVideo({
      ...{ ...wanted, videoFolder, to, own: [resolve(data)], room: keys, version: VERSION },
      ...{ now, fat32, signal: AbortSignal.any([signal, told.signal]) },
      onProgress: (doneBytes, ofBytes) => show(doneBytes, ofBytes),
    }).catch(async (error: unknown) => {
      await told.failed(error, signal.aborted);
      if (!signal.aborted) throw error;
      throw new Error(
        '已中断；再次执行同一命令，会接着导出 / interrupted; the same command goes on where it was',
      );
    }),
  );
  await told.done(result);
  return exportSaid(result, wanted.until > now);
}

function exportSaid({ statement, ...result }: VideoExportResult, goesOn: boolean) {
  const faults = statement.cameras.flatMap(({ cameraId, faults: own }) =>
    own.map((fault) => ({ cameraId, ...fault })),
  );
  const lines = [
    ...result.files,
    result.statementFile,
    ...statement.cameras.map(({ number, name, coveredMs, gaps }) => {
      const percent = Math.floor((coveredMs * 1000) / Math.max(1, statement.to - statement.from)) / 10;
      return `摄像机 / camera ${number} ${name}：覆盖 / covered ${percent} %，中断 / gaps ${gaps.length}`;
    }),
    ...faults.map(
      ({ cameraId, line, fault }) =>
        `${cameraId} #${line}: ${fault === 'missing' ? '这一段已不在录像盘上 / this segment is no longer on the disk' : '这一段与录像时的哈希不符 / this segment has another hash than when it was recorded'}`,
    ),
    ...result.unsound.map(
      ({ cameraId, row, fault }) =>
        `${cameraId}/manifest.jsonl:${row}: ${fault}：清单有误 / the list is unsound`,
    ),
    ...(result.readFrom === 'cache'
      ? [
          '读回核对时系统可能用了缓存：拔出再插上后用 video verify 复核 / the system may have read back from its cache: unplug, plug in again and run video verify',
        ]
      : []),
    ...(goesOn
      ? [
          '收卷后的录像还没有结束，之后再执行一次可补齐 / the recording after the collection goes on: the same command later adds it',
        ]
      : []),
  ];
  const ok = faults.length === 0 && result.unsound.length === 0;
  const cameras = statement.cameras.map(({ cameraId, number, name, coveredMs, gaps, files }) => ({
    ...{ cameraId, number, name, coveredMs, gaps: gaps.length, files: files.length },
  }));
  return { ok, ...result, faults, cameras, text: lines.join('\n') };
}

interface VerifyOptions {
  folder: string;
  trust?: string[];
  data?: string;
  config?: string;
}

/** Exported recordings, or the room's own folder. @throws UsageError */
export async function videoVerify({ folder, trust = [], data, config }: VerifyOptions) {
  const onProgress = speedLine('核验录像 / verifying');
  if (!existsSync(folder)) throw new Error(`${folder} 不存在 / is not there`);
  if ((await statementsIn(folder)).length === 0 && (await camerasIn(folder)).length > 0) {
    const room = data === undefined ? null : await openVideoRoom(data, config ?? null);
    const heads = new Map(Object.entries(room?.state.video.cameras ?? {}));
    const names = new Map(
      Object.values(room?.state.devices ?? {}).map(({ card }) => [card.deviceId, card.name] as const),
    );
    const report = await verifyRecordings(folder, { now: Date.now(), heads, names, onProgress });
    return { kind: 'recordings', ...report, text: verifySaid(report, room !== null) };
  }
  if (trust.length === 0)
    throw new UsageError(
      '核验导出的录像需要 --trust 考场公钥（room.pub）',
      'exported recordings are verified with --trust and the room’s public key (room.pub)',
    );
  const keys = await Promise.all(trust.map(readPublicKeys));
  const report = await verifyExport(folder, keys, onProgress);
  return { kind: 'export', ...report, text: verifySaid(report, true) };
}

function verifySaid(
  { ok, problems, cameras, files, segments, bytes, pending }: VideoReport,
  isAnchored: boolean,
): string {
  if (!ok) return problems.map(problemText).join('\n');
  const covered = cameras.map(({ name, coveredMs, plannedMs, gaps }) => {
    const of =
      plannedMs === null ? '' : `（${Math.floor((coveredMs * 1000) / Math.max(1, plannedMs)) / 10} %）`;
    return `${name}：${(coveredMs / 60_000).toFixed(1)} 分钟 / min${of}，中断 / gaps ${gaps}`;
  });
  return [
    `录像完好 / the recordings hold（${files} 个文件 / files，${segments} 段 / segments，${(bytes / 1e9).toFixed(2)} GB）`,
    ...covered,
    ...(pending > 0 ? [`${pending} 个文件正在录制，尚未列入清单 / being recorded, not listed yet`] : []),
    ...(isAnchored
      ? []
      : [
          '加 --data 可与考务日志对照，发现被截去的末尾 / with --data the lists are held against the journal, so that a cut tail shows',
        ]),
  ].join('\n');
}
