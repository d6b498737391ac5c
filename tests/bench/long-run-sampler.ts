// Reads the figures of a room that runs for long every few seconds: its own metrics, and its clock beside this machine's.

import { fetchBytes } from '../../server/rehearsal/room-address.js';
import type { Sample } from './long-run-report.js';
import type { PreparedRoom } from './prepared-room.js';
import { serverFigures } from './server-figures.js';

/** Reads the room's figures every few seconds. */
export class Sampler {
  session = 0;
  isWriting = false;
  readonly #begunMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #clockAtFirst: number | null = null;

  constructor(
    private readonly room: PreparedRoom,
    private readonly samples: Sample[],
    everyMs: number,
  ) {
    this.#timer = setInterval(() => void this.#take().catch(() => undefined), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #take(): Promise<void> {
    const { address } = this.room;
    const { session, isWriting } = this;
    const { rssMb, heapMb, externalMb, openFiles, loopP99Ms, loopMaxMs } = await serverFigures(address);
    const drift = await clockAgainstMonotonic(this.room);
    this.#clockAtFirst ??= drift;
    const at = { minutes: (performance.now() - this.#begunMs) / 60_000, session, isWriting };
    const figures = { rssMb, heapMb, externalMb, openFiles, loopP99Ms, loopMaxMs };
    this.samples.push({ ...at, ...figures, clockMs: drift - this.#clockAtFirst });
  }
}

/** Room time minus monotonic time, by the quickest of five questions: half the way there and back is its error. */
async function clockAgainstMonotonic({ address }: PreparedRoom): Promise<number> {
  let [best, quickestMs] = [0, Infinity];
  for (let n = 0; n < 5; n += 1) {
    const before = performance.now();
    const { now } = JSON.parse((await fetchBytes(address, '/api/v1/room')).toString('utf8')) as {
      now: number;
    };
    const after = performance.now();
    if (after - before >= quickestMs) continue;
    quickestMs = after - before;
    best = now - (before + after) / 2;
  }
  return best;
}
