// Why an export cannot be made, or not like this: a code that stays, and a sentence for people that says what would be right.

export type ExportFault =
  | 'target-inside'
  | 'no-space'
  | 'read-only'
  | 'names-garbled'
  | 'volume-fault'
  | 'source-fault'
  | 'name-taken'
  | 'too-large'
  | 'nothing-recorded'
  | 'read-back'
  | 'session-opened';

/** The export cannot be made like this. */
export class VideoExportError extends Error {
  constructor(
    readonly code: ExportFault,
    readonly zh: string,
    readonly en: string,
  ) {
    super(`${zh} / ${en}`);
    this.name = 'VideoExportError';
  }
}
