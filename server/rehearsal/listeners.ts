// Who wants to hear of what, by name: the little of an event emitter that runs in Node and in browsers alike.

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each event has its own arguments, which its docstring names
type Listener = (...args: any[]) => void;

export class Listeners {
  readonly #byEvent = new Map<string, Set<Listener>>();

  on(event: string, listener: Listener): this {
    const known = this.#byEvent.get(event) ?? new Set<Listener>();
    this.#byEvent.set(event, known.add(listener));
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#byEvent.get(event)?.delete(listener);
    return this;
  }

  once(event: string, listener: Listener): this {
    const heard: Listener = (...args: unknown[]) => {
      this.off(event, heard);
      listener(...args);
    };
    return this.on(event, heard);
  }

  /** Tells everybody who listens now; who is added meanwhile hears the next one. */
  protected emit(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.#byEvent.get(event) ?? [])]) listener(...args);
  }
}
