// Whose word stands beside which line of a check: what the last report has of it, and what is said now. Pure.

import type { AttestedLine } from '../core/device-types.js';
import type { RunPreflight } from '../protocol/preflight.js';
import type { Tick } from './run.js';

/**
 * Who ticked a line first, or wrote its note last, stands beside it; a tick that is taken back is gone. [PF4]
 * @param standing what the last report on record has
 * @param who the person who asks, by name, and room time
 * @returns the ticks of the check that is asked for, by line
 */
export function ticksOf(
  standing: readonly AttestedLine[],
  { attested, notes = [] }: Pick<RunPreflight, 'attested' | 'notes'>,
  who: { by: string; at: number },
): Map<string, Tick> {
  const before = new Map<string, Tick>(standing.map(({ line, ...tick }) => [line, tick]));
  const written = new Map(notes.map(({ line, note }) => [line, note.trim()]));
  return new Map(
    attested.map((line) => {
      const known = before.get(line);
      const note = written.get(line) ?? known?.note ?? '';
      const tick = { ...who, ...(note !== '' && { note }) };
      return [line, known !== undefined && (known.note ?? '') === note ? known : tick];
    }),
  );
}
