// Chance that can be had again: the same seed gives the same numbers. It reads neither a clock nor the system's dice.

/** A stream of numbers from a text. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(readonly seed: string) {
    const words = [0x9e3779b9, 0x243f6a88, 0xb7e15162].map((start) => {
      let hash = start;
      for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
      return hash | 0;
    });
    [this.#a = 0, this.#b = 0, this.#c = 0] = words;
    for (let round = 0; round < 15; round++) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws Error for an empty list */
  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.next() * list.length)];
    if (found === undefined) throw new Error('There is nothing to pick from');
    return found;
  }

  /** Some of them, in the order of the list. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = list.map((_, index) => index);
    const taken: number[] = [];
    while (taken.length < count && left.length > 0)
      taken.push(...left.splice(Math.floor(this.next() * left.length), 1));
    return taken.sort((a, b) => a - b).map((index) => list[index] as T);
  }

  /** A stream of its own, so that what one drawer takes does not shift the others. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${label}`);
  }
}
