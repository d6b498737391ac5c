// What the verifiers of recordings say: one fault and where it shows, for everything that does not hold.

import type { ManifestFault } from './manifest-check.js';

export type VideoFault =
  | ManifestFault
  | 'no-statement'
  | 'statement-signature'
  | 'statement-unsound'
  | 'manifest-missing'
  | 'manifest-changed'
  /** Lines are missing at its end, or there are more. */
  | 'manifest-cut'
  | 'file-missing'
  /** Its bytes are those of another file of the list. */
  | 'file-swapped'
  | 'file-changed'
  | 'file-added'
  | 'segment-changed'
  /** The manifest names it, and no file has it. */
  | 'segment-absent'
  /** The room said itself that it had it no more when it exported. */
  | 'source-missing'
  | 'source-changed'
  | 'coverage-differs'
  /** The journal knows of more lines, or of another one. */
  | 'journal-differs';

export interface VideoProblem {
  fault: VideoFault;
  /** A file's name, a row of a manifest, or a time in a film. */
  where: string;
}

export interface VideoReport {
  ok: boolean;
  cameras: { cameraId: string; name: string; coveredMs: number; plannedMs: number | null; gaps: number }[];
  files: number;
  bytes: number;
  segments: number;
  /** Files that are being recorded, or were just closed: no list names them yet. */
  pending: number;
  problems: VideoProblem[];
}

/** Told of bytes read, of all. */
export type VerifyProgress = (doneBytes: number, ofBytes: number) => void;

const WORDS: Record<VideoFault, readonly [zh: string, en: string]> = {
  'line-unreadable': ['清单中有读不懂的行', 'a row of the manifest is none'],
  'line-number': ['清单缺行或行号不连续', 'a row of the manifest is missing'],
  'line-prev': ['清单的哈希链断开', 'the chain of the manifest is broken'],
  'line-hash': ['清单中的行被改动', 'a row of the manifest was changed'],
  'line-camera': ['清单中有别的摄像机的行', 'a row of another camera'],
  'no-statement': ['没有考场签名的清单', 'there is no list signed by the room'],
  'statement-signature': ['签名不是所给公钥的', 'not signed by the key that was given'],
  'statement-unsound': ['签名的清单内容有误', 'the signed list is unsound'],
  'manifest-missing': ['缺少录像清单', 'a manifest is missing'],
  'manifest-changed': ['录像清单被改动', 'a manifest was changed'],
  'manifest-cut': ['录像清单末尾缺行或多行', 'the end of a manifest is missing or was added to'],
  'file-missing': ['缺少文件', 'a file is missing'],
  'file-swapped': [
    '文件名与内容对不上（内容属于另一文件）',
    'holds what another file of the list should hold',
  ],
  'file-changed': ['文件被改动', 'a file was changed'],
  'file-added': ['多出的文件，清单中没有', 'a file that no list names'],
  'segment-changed': ['这一段被改动', 'this segment was changed'],
  'segment-absent': ['清单中的一段不在任何文件里', 'no file has this segment'],
  'source-missing': ['导出时考场磁盘上已没有这一段', 'the room had it no more when it exported'],
  'source-changed': ['导出时这一段已与录像时的哈希不符', 'had another hash than when it was recorded'],
  'coverage-differs': ['覆盖时长或中断与清单算出的不符', 'coverage or gaps are not what the manifest gives'],
  'journal-differs': ['清单与考务日志不符', 'the manifest is not what the journal says'],
};

/** One line for people. */
export function problemText({ fault, where }: VideoProblem): string {
  const [zh, en] = WORDS[fault];
  return `${fault}: ${where}：${zh} / ${en}`;
}
