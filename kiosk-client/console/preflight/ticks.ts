// What a person said of the lines of the check since the last report: ticks and notes, put together with what stands there. Pure.

import type { LineGroup, PreflightLine, RunPreflight } from '../../../server/protocol/preflight.js';

/** What was changed on this page; absent = as the report has it. */
export interface Said {
  ticked?: boolean;
  note?: string;
}

export type SaidOfLines = Record<string, Said>;

/** Whether a line is ticked, and its note, as the page shows them. */
export function shownTick(
  { id, attested }: PreflightLine,
  said: SaidOfLines,
): { ticked: boolean; note: string } {
  const { ticked = attested !== undefined, note = attested?.note ?? '' } = said[id] ?? {};
  return { ticked, note };
}

/** Lines of which something new is said that the room has not heard. */
export function newlySaid(lines: readonly PreflightLine[], said: SaidOfLines): PreflightLine[] {
  return lines.filter((line) => {
    const { ticked, note } = shownTick(line, said);
    if (ticked !== (line.attested !== undefined)) return true;
    return ticked && note.trim() !== (line.attested?.note ?? '');
  });
}

/** What the room is asked: every tick that stands, old ones too, with the notes beside them. */
export function requestOf(
  groups: LineGroup[] | null,
  lines: readonly PreflightLine[],
  said: SaidOfLines,
): RunPreflight {
  const ticked = lines.map((line) => ({ line, ...shownTick(line, said) })).filter((one) => one.ticked);
  // A note that was taken back is told as an empty one; where none stood there is none to tell.
  const notes = ticked
    .map(({ line, note }) => ({ line: line.id, note: note.trim(), before: line.attested?.note }))
    .filter(({ note, before }) => note !== '' || before !== undefined)
    .map(({ line, note }) => ({ line, note }));
  return { groups, attested: ticked.map(({ line }) => line.id), ...(notes.length > 0 && { notes }) };
}
