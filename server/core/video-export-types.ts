// What the journal knows of recordings that were handed over: who, to where, and how it ended. Data only.

import type { SessionId, StaffId } from './ids.js';

/** `interrupted`: nobody wanted the end; the same export goes on where it was. */
export const EXPORT_OUTCOMES = ['done', 'failed', 'cancelled', 'interrupted'] as const;
export type ExportOutcome = (typeof EXPORT_OUTCOMES)[number];

/** A sentence for people with its next step. */
export interface ExportReason {
  /** Stable: pages and scripts know it. */
  code: string;
  zh: string;
  en: string;
}

/** What an export that is done left on the drive. */
export interface ExportedWhat {
  /** SHA-256 of the signed list as it lies beside the films. */
  manifestHash: string;
  files: number;
  bytes: number;
  /** Past the cache, or perhaps from memory: then the drive is unplugged and verified once more. */
  readFrom: 'medium' | 'cache';
  /** Segments that the room no longer had as they were listed, and rows of lists that do not hold. */
  lacking: number;
}

export interface ExportRecord {
  exportId: string;
  /** Not `sessionId`: what becomes of the recordings is told also once the session is wiped. */
  exported: SessionId;
  /** The folder that it goes to. */
  target: string;
  /** Begun on a page, or by the command on the server. */
  way: 'dashboard' | 'command';
  /** null: by the command. */
  by: StaffId | null;
  begunAt: number;
  endedAt: number | null;
  outcome: ExportOutcome | null;
  reason: ExportReason | null;
  what: ExportedWhat | null;
}

/** The newest are kept; the journal has them all. */
export const MOST_EXPORTS = 100;
