// What is asked of the process that exports recordings, and what it says.

import type { ExportedWhat, ExportReason } from '../core/video-export-types.js';
import type { ExportPlanView } from '../protocol/video-transfer.js';
import type { SessionToPlan } from '../recording/export-session.js';
import type { FileProgress, VideoExportRequest } from '../recording/export-video.js';

type PlainRequest = Omit<VideoExportRequest, 'signal' | 'onProgress'>;

export type ExportTask =
  | { kind: 'export'; request: PlainRequest }
  | {
      kind: 'plan';
      request: Omit<SessionToPlan, 'signal'>;
      isDivided: boolean;
    };

export type ExportAnswer =
  /** Of any drive that takes films like this: the child opens none. */
  | { kind: 'planned'; cameras: ExportPlanView['cameras'] }
  | { kind: 'exported'; what: ExportedWhat }
  | { kind: 'failed'; reason: ExportReason }
  /** Any number of them come before the answer. */
  | { kind: 'progress'; doneBytes: number; ofBytes: number; file: FileProgress };
