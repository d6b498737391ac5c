// The page of words that lies beside exported films: what each file is, what is missing, how to read the time, how to check it.

import type { VideoExport } from '../protocol/video-export.js';
import { causeWords, roomClock } from './room-clock-text.js';

/** All gaps are in the statement; a person reads the first of them. */
const MAX_GAPS = 200;

/** UTF-8 with a mark at its beginning and lines as Windows ends them: the oldest notepad shows it right. */
export function exportReadme(statement: VideoExport, statementName: string): string {
  const { siteName, roomName, sessionId, from, to, cameras } = statement;
  const lines = [
    `${siteName} ${roomName}  考场录像 / recordings of the exam room`,
    `场次 / session：${sessionId}`,
    `应录时段 / to be recorded：${roomClock(from)} – ${roomClock(to)}（北京时间 / China time）`,
    `导出时间 / exported：${roomClock(statement.exportedAt)}`,
    '',
    ...cameras.flatMap((camera) => [...cameraLines(camera, to - from), '']),
    '说明',
    '· 每台摄像机一个文件（FAT32 盘或画面规格改变时分段）。画面未经重新编码。',
    '· 影片中的时间加上文件的开始时刻就是考场时间；字幕轨显示考场时钟。没有录像的时段在影片中保持原有长度，画面停住，字幕写明原因。',
    `· ${statementName} 是考场密钥签名的清单；*.jsonl 是录像时逐段写下的清单。请勿改名、修改或删除任何文件。`,
    '· 核验：kaochang video verify 本文件夹 --trust 考场公钥',
    '',
    'About these files',
    '- One film a camera (in parts on a FAT32 volume, or where the picture’s format changed). Nothing was encoded anew.',
    '- The time in a film plus the moment at which it starts is the time in the room; a subtitle track shows the room’s clock. What',
    '  was not recorded keeps its length: the picture stands still and the subtitle says why.',
    `- ${statementName} is the list that the room’s key signed; *.jsonl is the list written while recording. Rename, change or remove nothing.`,
    '- To check: kaochang video verify THIS-FOLDER --trust ROOM.pub',
    '',
  ];
  return `\ufeff${lines.join('\r\n')}`;
}

function cameraLines(camera: VideoExport['cameras'][number], plannedMs: number): string[] {
  const percent = plannedMs > 0 ? Math.floor((camera.coveredMs * 1000) / plannedMs) / 10 : 0;
  const gaps = camera.gaps.slice(0, MAX_GAPS).map(({ from, to, cause }) => {
    const [zh, en] = causeWords(cause);
    return `    ${roomClock(from)} – ${roomClock(to)}  ${((to - from) / 1000).toFixed(1)} s  ${zh} / ${en}`;
  });
  const more = camera.gaps.length - gaps.length;
  return [
    `摄像机 / camera ${camera.number}：${camera.name}（${camera.cameraId}）`,
    ...camera.files.map(
      ({ name, startAt, endAt, bytes }) =>
        `  ${name}  ${(bytes / 1e6).toFixed(1)} MB  ${roomClock(startAt)} – ${roomClock(endAt)}`,
    ),
    ...(camera.files.length === 0 ? ['  没有录像 / nothing was recorded'] : []),
    `  覆盖 / covered：${percent} %，中断 / gaps：${camera.gaps.length}`,
    ...gaps,
    ...(more > 0 ? [`    另有 ${more} 处，见清单 / ${more} more, see the list`] : []),
    ...camera.faults.map(({ line, fault }) =>
      fault === 'missing'
        ? `  第 ${line} 段在导出时已不在考场磁盘上 / segment ${line} was no longer on the room’s disk`
        : `  第 ${line} 段与录像时的哈希不符 / segment ${line} no longer has the hash that it was recorded with`,
    ),
  ];
}
