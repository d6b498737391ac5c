// Fetches the sealed parts of the coming exam while the PC waits, the text first, and keeps them by their hash. A part whose
// hash is not right is thrown away and fetched again.

import type { SealedPart } from '../../../server/protocol/seat.js';
import { sha256Hex } from '../exam/sealed-content.js';
import type { LocalStore } from '../local/local-store.js';

const AT_ONCE = 3;
const FIRST_SPREAD_MS = 2_000;
const RETRY_MS = 3_000;

export interface FetcherHost {
  store: Pick<LocalStore, 'part' | 'partHashes' | 'keepPart' | 'dropPart'>;
  fetchBytes(path: string): Promise<ArrayBuffer>;
  random(): number;
  changed(): void;
}

export class PartFetcher {
  #wanted: readonly SealedPart[] = [];
  readonly #have = new Set<string>();
  readonly #fetching = new Map<string, Promise<ArrayBuffer>>();
  #running = false;
  #stopped = false;

  constructor(private readonly host: FetcherHost) {}

  /** How many of the wanted parts are here. */
  get progress(): { have: number; all: number } {
    const have = this.#wanted.filter(({ sha256 }) => this.#have.has(sha256)).length;
    return { have, all: this.#wanted.length };
  }

  /** Wants exactly these parts: what is missing is fetched, what is of no use any more is removed. */
  async want(parts: readonly SealedPart[]): Promise<void> {
    const key = (list: readonly SealedPart[]) => list.map(({ sha256 }) => sha256).join();
    if (key(parts) === key(this.#wanted)) return;
    this.#wanted = [...parts].sort((a, b) => order(a) - order(b));
    const wanted = new Set(parts.map(({ sha256 }) => sha256));
    for (const sha256 of await this.host.store.partHashes().catch(() => [])) {
      if (wanted.has(sha256)) this.#have.add(sha256);
      else await this.host.store.dropPart(sha256).catch(() => undefined);
    }
    this.host.changed();
    await this.#run();
  }

  /** The bytes of a part, from here or from the room. @throws where the room is away and the part is not here */
  async bytes(sha256: string): Promise<ArrayBuffer> {
    const kept = await this.host.store.part(sha256).catch(() => null);
    return kept ?? this.#fetch(sha256);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    await delay(this.host.random() * FIRST_SPREAD_MS);
    while (!this.#stopped) {
      const missing = this.#wanted.filter(({ sha256 }) => !this.#have.has(sha256)).slice(0, AT_ONCE);
      if (missing.length === 0) break;
      const fetched = await Promise.all(
        missing.map(({ sha256 }) =>
          this.#fetch(sha256).then(
            () => true,
            () => false,
          ),
        ),
      );
      if (fetched.includes(false)) await delay(RETRY_MS * (0.5 + this.host.random()));
    }
    this.#running = false;
  }

  #fetch(sha256: string): Promise<ArrayBuffer> {
    let going = this.#fetching.get(sha256);
    if (going === undefined) {
      going = this.#fetchAndKeep(sha256).finally(() => this.#fetching.delete(sha256));
      this.#fetching.set(sha256, going);
    }
    return going;
  }

  async #fetchAndKeep(sha256: string): Promise<ArrayBuffer> {
    const bytes = await this.host.fetchBytes(`/content/${sha256}`);
    if ((await sha256Hex(bytes)) !== sha256) throw new Error(`Part ${sha256} came damaged`);
    await this.host.store.keepPart(sha256, bytes).catch(() => undefined);
    this.#have.add(sha256);
    this.host.changed();
    return bytes;
  }
}

/** The text opens the paper; pictures may come later. */
function order({ path }: SealedPart): number {
  return path.endsWith('/text.sealed') ? 0 : path.includes('/items/') ? 1 : 2;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
