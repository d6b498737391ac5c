// The keyboard of the interactive demo: single keys from a terminal, or characters from a pipe. It decides nothing.

/** Calls a function for each known key until quit is pressed or the process is asked to end. */
export function listenToKeys(known: Readonly<Record<string, () => void>>): Promise<void> {
  const { stdin } = process;
  return new Promise<void>((resolve) => {
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on('data', (bytes) => {
      for (const key of bytes.toString('utf8').toLowerCase()) {
        // Raw mode hands Ctrl+C over as a character.
        if (key === '\u0003' || key === 'q') return resolve();
        known[key]?.();
      }
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  }).finally(() => {
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.removeAllListeners('data');
    stdin.pause();
  });
}
