// One line on the terminal that says how far a long piece of work is, and the way to stop it. Where nobody watches it says nothing.

const EVERY_MS = 200;

/** Bytes done of bytes. */
export type BytesDone = (doneBytes: number, ofBytes: number) => void;

/** A listener for bytes done of bytes; the line is cleared at the end. */
export function progressLine(what: string): BytesDone {
  return clearedLine(what, EVERY_MS, (_now, doneBytes, ofBytes) => {
    const [done, of] = [doneBytes, ofBytes].map((bytes) => (bytes / 1e6).toFixed(0));
    return `${percentOf(doneBytes, ofBytes)} % (${done} / ${of} MB)`;
  });
}

/** A line that is written again and again, no more often than every so many ms, and cleared at the end. */
export function clearedLine(
  what: string,
  everyMs: number,
  textOf: (nowMs: number, doneBytes: number, ofBytes: number) => string,
): BytesDone {
  if (!process.stderr.isTTY) return () => undefined;
  let shownAt = -Infinity;
  return (doneBytes, ofBytes) => {
    const now = performance.now();
    const isDone = doneBytes >= ofBytes;
    if (!isDone && now - shownAt < everyMs) return;
    shownAt = now;
    process.stderr.write(isDone ? '\r\x1b[K' : `\r\x1b[K${what} ${textOf(now, doneBytes, ofBytes)}`);
  };
}

/** Whole percents, rounded down. */
export const percentOf = (done: number, of: number): number => (of === 0 ? 0 : Math.floor((done * 100) / of));

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
