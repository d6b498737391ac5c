// The WebSocket of a PC: like any other, but it says a word before it closes on a frame that is too large. The library closes
// at the frame's header, before anybody else hears of it.

import { WebSocket } from 'ws';

/** WebSocket close code: message too big. */
export const TOO_BIG = 1009;

export class SeatSocket extends WebSocket {
  /** Called while something can still be said. */
  onTooBig: (() => void) | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    if (code === TOO_BIG) this.onTooBig?.();
    super.close(code, reason);
  }
}
