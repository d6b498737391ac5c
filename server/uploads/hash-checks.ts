// Has handed-in files read back and compared with their hash in a thread of its own: the buffers of forty large files that end
// together would have the loop that answers saves collect garbage all the time. The thread is there while there is work.

import { Worker } from 'node:worker_threads';
import type { HashAnswer, HashQuestion } from './hash-thread.js';

const IDLE_MS = 30_000;

interface Asked {
  resolve: (isWhole: boolean) => void;
  reject: (error: Error) => void;
}

export class HashChecks {
  readonly #asked = new Map<number, Asked>();
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastId = 0;

  /** @param program of the thread; another one for tests */
  constructor(private readonly program = new URL('./hash-thread.js', import.meta.url)) {}

  /** Whether the file has its hash; a file that cannot be read has not. @throws Error when the thread failed */
  check(question: Omit<HashQuestion, 'id'>): Promise<boolean> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    const thread = (this.#thread ??= this.#begun());
    // Somebody waits for it.
    thread.ref();
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      thread.postMessage({ ...question, id } satisfies HashQuestion);
      this.#asked.set(id, { resolve, reject });
    });
  }

  #begun(): Worker {
    const thread = new Worker(this.program);
    thread.on('message', ({ id, isWhole }: HashAnswer) => {
      this.#asked.get(id)?.resolve(isWhole);
      this.#asked.delete(id);
      if (this.#asked.size === 0) this.#rest(thread);
    });
    thread.on('error', (error) => this.#failed(error as Error));
    return thread;
  }

  #rest(thread: Worker): void {
    thread.unref();
    this.#idle = setTimeout(() => {
      this.#thread = null;
      void thread.terminate();
    }, IDLE_MS);
    this.#idle.unref();
  }

  /** The next question begins a new thread. */
  #failed(error: Error): void {
    this.#thread = null;
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
