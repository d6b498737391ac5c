// How often a recording may still be played, and from where. A play is counted when it begins; what breaks it off (another item,
// a pause of the exam, a crash) does not cost another one: it goes on where it stopped. Pure.

export interface Plays {
  /** Plays that were begun. */
  count: number;
  /** Where the present play stands, seconds; null when none is under way. */
  at: number | null;
  /** As many of them as the room has heard of. */
  told: number;
}

export const NOT_PLAYED: Plays = { count: 0, at: null, told: 0 };

/** How many new plays are left; null = as many as wanted. */
export function playsLeft({ count }: Pick<Plays, 'count'>, maxPlays: number | null): number | null {
  return maxPlays === null ? null : Math.max(0, maxPlays - count);
}

/** True when the button does something: a play is under way, or another is left. */
export function mayPlay(plays: Plays, maxPlays: number | null): boolean {
  return plays.at !== null || playsLeft(plays, maxPlays) !== 0;
}

/** The play that begins, or the one that goes on. @throws Error where there is none left */
export function begun(plays: Plays, maxPlays: number | null): Plays & { at: number } {
  if (plays.at !== null) return { ...plays, at: plays.at };
  if (!mayPlay(plays, maxPlays)) throw new Error('No play is left');
  return { ...plays, count: plays.count + 1, at: 0 };
}

/** What this PC and the room know together: nobody gets a play back by changing the PC. */
export function merged(plays: Plays, roomCount: number): Plays {
  if (roomCount > plays.count) return { count: roomCount, at: null, told: roomCount };
  return { ...plays, told: Math.max(plays.told, roomCount) };
}
