// One line on the terminal that says how far a long piece of work is, and the way to stop it. Where nobody watches it says nothing.

const EVERY_MS = 200;

/** A listener for bytes done of bytes; the line is cleared at the end. */
export function progressLine(what: string): (doneBytes: number, ofBytes: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  let shownAt = -Infinity;
  return (doneBytes, ofBytes) => {
    const now = performance.now();
    const isDone = doneBytes >= ofBytes;
    if (!isDone && now - shownAt < EVERY_MS) return;
    shownAt = now;
    const [done, of] = [doneBytes, ofBytes].map((bytes) => (bytes / 1e6).toFixed(0));
    const percent = ofBytes === 0 ? 0 : Math.floor((doneBytes * 100) / ofBytes);
    process.stderr.write(isDone ? '\r\x1b[K' : `\r\x1b[K${what} ${percent} % (${done} / ${of} MB)`);
  };
}

/** Works until it is done or somebody presses Ctrl-C: then what was begun is cleared away first. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController();
  const stop = () => control.abort(new Error('已中断 / interrupted'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  try {
    return await work(control.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, stop);
  }
}
