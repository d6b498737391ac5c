// Numbers that a signed request has to carry: given by the room, good for some minutes, once. None is kept until it was
// used by somebody who is known, so that asking for numbers fills no memory.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const LASTS_MS = 5 * 60_000;
const MAX_USED = 100_000;

export class Nonces {
  /** New at each start: a number of before counts no more, and the other side is told so and takes a new one. */
  readonly #key = randomBytes(32);
  /** Until when each used one is kept, in the order of use. */
  readonly #used = new Map<string, number>();

  /** @param nowMs a clock that never goes back */
  constructor(private readonly nowMs: () => number) {}

  give(): string {
    const text = `${randomBytes(12).toString('base64url')}.${Math.floor(this.nowMs() + LASTS_MS)}`;
    return `${text}.${this.#mac(text)}`;
  }

  /** Takes a number out of use. */
  take(nonce: string): 'good' | 'used' | 'stale' {
    const cut = nonce.lastIndexOf('.');
    const text = nonce.slice(0, Math.max(0, cut));
    const given = Buffer.from(nonce.slice(cut + 1));
    const wanted = Buffer.from(this.#mac(text));
    const until = Number(text.split('.')[1]);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'stale';
    if (this.#used.has(nonce)) return 'used';
    const now = this.nowMs();
    if (now >= until) return 'stale';
    for (const [old, untilMs] of this.#used)
      if (untilMs <= now) this.#used.delete(old);
      else break;
    // Forgetting one that is still good would let it count twice.
    if (this.#used.size >= MAX_USED) return 'stale';
    this.#used.set(nonce, until);
    return 'good';
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
