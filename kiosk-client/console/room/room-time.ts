// Room time on this page: what the room said last, carried on by the PC's monotonic clock. The PC's own time of day is not used.

/** A message can only be late, never early: the latest estimate is the best one, unless the room's clock really was set. */
const CLOCK_WAS_SET_MS = 5_000;

export class RoomTime {
  #offset: number | null = null;

  constructor(private readonly monotonic: () => number) {}

  /** Notes that the room said `now`, milliseconds since 1970. */
  heard(now: number): void {
    const offset = now - this.monotonic();
    const known = this.#offset;
    if (known === null || offset > known || known - offset > CLOCK_WAS_SET_MS) this.#offset = offset;
  }

  /** Room time in milliseconds since 1970; 0 before anything was heard. */
  now(): number {
    return this.#offset === null ? 0 : Math.round(this.#offset + this.monotonic());
  }
}
