// Waits for something, but not for ever: a drive that hangs, a process that does not end.

/** What the work gives, or `otherwise` where it takes longer. */
export function inTime<T>(work: Promise<T>, withinMs: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), withinMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
