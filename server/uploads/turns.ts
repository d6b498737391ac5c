// One at a time: whoever wants a turn waits for those before. A disk that is asked to flush forty files at once keeps the
// journal waiting behind all of them.

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Acts when everybody before has finished, well or not. */
  take<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(act, act);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
