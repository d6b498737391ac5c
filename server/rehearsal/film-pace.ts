// When the pictures of a film are due, by a clock that never goes back: whoever shows them is late now and then, and never drifts.

export class FilmPace {
  #next = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  /**
   * Begins: picture k is due k / fps seconds after `startedMono`.
   * @param fps pictures a second
   * @param startedMono performance.now() at which picture 0 is due
   * @param show called with the number of each picture, those that are late too, in their order
   */
  constructor(
    private readonly fps: number,
    private readonly startedMono: number,
    private readonly show: (picture: number) => void,
  ) {
    this.#wait();
  }

  /** Shows nothing more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer ?? undefined);
  }

  #dueMono(): number {
    return this.startedMono + (this.#next * 1_000) / this.fps;
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#dueMono() - performance.now()));
    this.#timer.unref();
  }

  #tick(): void {
    const now = performance.now();
    for (; !this.#stopped && this.#dueMono() <= now; this.#next += 1) this.show(this.#next);
    if (!this.#stopped) this.#wait();
  }
}
