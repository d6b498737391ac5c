// What is asked of the process that exports recordings, and what it says.

import type { ExportedWhat, ExportReason } from '../core/video-export-types.js';
import type { ExportPlanView, ExportTarget } from '../protocol/video-transfer.js';
import type { FileProgress, VideoExportRequest } from '../recording/export-video.js';

type PlainRequest = Omit<VideoExportRequest, 'signal' | 'onProgress'>;

export type ExportTask =
  | { kind: 'export'; request: PlainRequest }
  | {
      kind: 'plan';
      request: Pick<
        VideoExportRequest,
        'videoFolder' | 'session' | 'from' | 'until' | 'judgedUntil' | 'cameras'
      >;
      target: Pick<ExportTarget, 'targetId' | 'path' | 'divided'>;
      goesOnUntil: number | null;
    };

export type ExportAnswer =
  | { kind: 'planned'; plan: ExportPlanView }
  | { kind: 'exported'; what: ExportedWhat }
  | { kind: 'failed'; reason: ExportReason }
  /** Any number of them come before the answer. */
  | { kind: 'progress'; doneBytes: number; ofBytes: number; file: FileProgress };
