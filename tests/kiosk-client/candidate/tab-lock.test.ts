// One page a PC: the second waits until the first is closed; without locks nobody waits.

import { mock } from 'node:test';
import t from 'tap';
import { onlyPage } from '../../../kiosk-client/candidate/tab-lock.js';

/** Locks as a browser gives them: one holder, the others in a row. */
class Locks {
  #holder: (() => void) | null = null;
  readonly #row: (() => void)[] = [];
  request = (_name: string, hold: () => Promise<unknown>) => {
    const begin = () => {
      void hold();
      this.#holder = () => this.#row.shift()?.();
    };
    if (this.#holder === null) setImmediate(begin);
    else this.#row.push(begin);
    return new Promise(() => undefined);
  };
  /** The page that holds it is closed. */
  closeFirst() {
    this.#holder?.();
  }
}

const rest = () => new Promise((resolve) => setImmediate(resolve));
function withLocks(locks: Locks | undefined) {
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
}

t.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
t.afterEach(() => mock.timers.reset());

void t.test('the first page goes on, the second says so and waits, then it takes over', async (t) => {
  const locks = new Locks();
  withLocks(locks);
  const busy: string[] = [];
  await onlyPage('pc', () => busy.push('first'));
  mock.timers.tick(5_000);
  let second = false;
  const waiting = onlyPage('pc', () => busy.push('second')).then(() => (second = true));
  await rest();
  t.same(busy, [], 'not before it is sure');
  mock.timers.tick(1_000);
  t.same(busy, ['second']);
  t.equal(second, false);
  locks.closeFirst();
  await waiting;
  t.equal(second, true);
});

void t.test('a browser without locks goes on at once', async (t) => {
  withLocks(undefined);
  await onlyPage('pc', () => t.fail('nobody else is known'));
});
