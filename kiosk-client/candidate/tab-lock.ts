// One page a PC: two pages on the same storage would answer over each other. The second waits until the first is closed.

/**
 * Resolves when this page is the only one. A browser without locks goes on at once: the room then lets only the newest
 * connection of a PC live.
 * @param onBusy called when another page has it
 */
export function onlyPage(name: string, onBusy: () => void): Promise<void> {
  const { locks } = navigator as { locks?: LockManager };
  if (locks === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const busy = setTimeout(onBusy, 700);
    void locks.request(name, () => {
      clearTimeout(busy);
      resolve();
      // Held until the page goes away.
      return new Promise(() => undefined);
    });
  });
}
