// What staff pages are shown of recordings on their way out of the room: drives, what would go there, how far it is, how it ended.

import type { GapCause } from '../core/video-types.js';
import type { ExportRecord } from '../core/video-export-types.js';

/** A drive or folder that recordings can go to. */
export interface ExportTarget {
  /** Stays as long as the drive does; another drive in the same socket is another target. */
  targetId: string;
  path: string;
  /** What is written on it, or the last part of its path. */
  label: string;
  kind: 'removable' | 'folder';
  /** `vfat`, `exfat`, `ntfs3`, `ext4` ...; null where nobody can say. */
  fileSystem: string | null;
  freeBytes: number;
  totalBytes: number;
  /**
   * Why nothing can go there; null = it can. `hangs`: it does not answer, or an earlier export still waits for it; `names-garbled`: it is
   * mounted so that Chinese names would be others on the next machine.
   */
  unfit: 'locked' | 'hangs' | 'names-garbled' | null;
  /** Films are divided into files below 4 GiB. */
  divided: boolean;
}

/** What an export of a session to a target would be. Instants of films are the cameras' wall clock. */
export interface ExportPlanView {
  sessionId: string;
  targetId: string;
  /** The folder that is made, or gone on with. */
  folder: string;
  divided: boolean;
  bytes: number;
  /** What has to be free on the drive: of files that an earlier export left there, only the rest. */
  needBytes: number;
  /** The cameras record until then: what comes later is added by the same export made again. null = all is there. */
  goesOnUntil: number | null;
  cameras: {
    number: number;
    name: string;
    files: { name: string; bytes: number; startAt: number; endAt: number }[];
    /** Of the session's time, ms. */
    plannedMs: number;
    coveredMs: number;
    gapCount: number;
    /** The longest ones, in the order of their time. */
    gaps: { from: number; to: number; cause: GapCause }[];
    /** Recorded files that are no longer there. */
    missing: number;
  }[];
}

/** Why there is no plan, in words with the next step. */
export interface ExportPlanFault {
  fault: { code: string; zh: string; en: string };
}

/** How far an export is. Each byte counts twice: written, and read back. */
export interface ExportProgress {
  exportId: string;
  /** `looking`: at the recorded files, before the first byte; `stopping`: nothing is written any more. */
  step: 'looking' | 'writing' | 'reading-back' | 'stopping';
  doneBytes: number;
  ofBytes: number;
  /** By what the last seconds gave; null while nobody can know. */
  bytesPerSecond: number | null;
  leftMs: number | null;
  file: {
    name: string;
    number: number;
    count: number;
    doneBytes: number;
    ofBytes: number;
    leftMs: number | null;
  } | null;
}

/** An export of a session, done or under way. Instants are room time. */
export type VideoExportView = Omit<ExportRecord, 'exported'>;
