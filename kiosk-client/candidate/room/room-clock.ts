// Room time on a candidate's PC: the offset between the room's clock and this PC's monotonic clock, from the round trips of
// the last beats. The PC's wall clock is asked only to bridge a reload, until the room is heard again (rules 5 and 6).

import type { ClockMark } from '../local/local-store.js';

export interface Clocks {
  /** Monotonic, ms. */
  monotonic(): number;
  /** Wall clock, ms since 1970. */
  wall(): number;
}

interface Sample {
  offset: number;
  roundTripMs: number;
}

const KEPT_SAMPLES = 8;
/** A sample that differs by more than its own doubt and this means that one of the clocks jumped, as after a PC slept. */
const JUMP_MS = 500;

export class RoomClock {
  #samples: Sample[] = [];
  #bridge: number | null = null;
  /** By how much the bridge was wrong, ms, once the room was heard; null where there was none. */
  bridgeErrorMs: number | null = null;

  constructor(private readonly clocks: Clocks) {}

  /** True once the room was heard on this page. */
  get heard(): boolean {
    return this.#samples.length > 0;
  }

  /** Goes on from before a reload. A wall clock that went backwards is not believed. */
  bridge({ roomNow, wallNow }: ClockMark): void {
    const awayMs = Math.max(0, this.clocks.wall() - wallNow);
    this.#bridge = roomNow + awayMs - this.clocks.monotonic();
  }

  /**
   * Takes what the room says its time is.
   * @param roomNow room time in a message, ms
   * @param sentAt monotonic time when the request left; null where the message came by itself
   */
  hear(roomNow: number, sentAt: number | null): void {
    const heardAt = this.clocks.monotonic();
    // Whole milliseconds, as everything that is told to the room.
    if (!this.heard && this.#bridge !== null)
      this.bridgeErrorMs = Math.round(roomNow - heardAt - this.#bridge);
    if (sentAt === null) {
      // One way only: good enough until the first beat returns, too late by the way here.
      if (!this.heard) this.#samples = [{ offset: roomNow - heardAt, roundTripMs: 1_000 }];
      return;
    }
    const roundTripMs = Math.max(0, heardAt - sentAt);
    const sample = { offset: roomNow + roundTripMs / 2 - heardAt, roundTripMs };
    if (Math.abs(sample.offset - this.#offset()) > roundTripMs / 2 + JUMP_MS) this.#samples = [];
    this.#samples = [...this.#samples, sample].slice(-KEPT_SAMPLES);
  }

  /** Room time, ms; null while neither the room nor an earlier page told it. */
  now(): number | null {
    if (!this.heard && this.#bridge === null) return null;
    return Math.round(this.clocks.monotonic() + this.#offset());
  }

  /** What a later page needs to go on; null while nothing is known. */
  mark(): ClockMark | null {
    const roomNow = this.now();
    return roomNow === null ? null : { roomNow, wallNow: this.clocks.wall() };
  }

  /** The sample with the shortest way is the least in doubt. */
  #offset(): number {
    let best: Sample | null = null;
    for (const sample of this.#samples)
      if (best === null || sample.roundTripMs <= best.roundTripMs) best = sample;
    return best?.offset ?? this.#bridge ?? 0;
  }
}
