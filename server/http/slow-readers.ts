// Lets go of who asks for something and does not read it: a connection that takes less than so many bytes a second for a
// while holds memory and a place that others need. Who reads slowly but steadily above that is left alone.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowReaderLimits {
  minReadBytesPerSecond: number;
  /** For so long it may be slower. */
  slowPatienceMs: number;
}

/** When it was last fast enough, and what it had taken by then. */
interface Watched {
  taken: number;
  atMs: number;
}

export class SlowReaders {
  readonly #watched = new Map<ServerResponse, Watched>();
  readonly #timer: NodeJS.Timeout;
  /** How many were let go since the start. */
  letGo = 0;

  /** @param nowMs a clock that never goes back */
  constructor(
    private readonly limits: SlowReaderLimits,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#timer = setInterval(() => this.look(), Math.max(100, limits.slowPatienceMs / 4));
    this.#timer.unref();
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    this.#watched.set(response, { taken: takenBy(request.socket), atMs: this.nowMs() });
    response.once('close', () => this.#watched.delete(response));
  }

  look(): void {
    const now = this.nowMs();
    const { minReadBytesPerSecond, slowPatienceMs } = this.limits;
    for (const [response, watched] of this.#watched) {
      const { socket } = response;
      if (socket === null) continue;
      const taken = takenBy(socket);
      const forMs = now - watched.atMs;
      const isFast = taken - watched.taken >= (minReadBytesPerSecond * forMs) / 1_000;
      // Nothing to read is no fault of the reader.
      const isWaiting = response.writableLength > 0 || socket.writableLength > 0;
      if (isFast || !isWaiting) Object.assign(watched, { taken, atMs: now });
      else if (forMs >= slowPatienceMs) {
        this.letGo += 1;
        socket.destroy();
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Bytes that went below the socket: whole pieces, as `piecesOf` makes them. */
function takenBy({ bytesWritten, writableLength }: Socket): number {
  return bytesWritten - writableLength;
}
