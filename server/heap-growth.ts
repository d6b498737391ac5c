// How far the heap may grow before V8 looks for garbage. By itself V8 lets that of a room of thousands grow to several times what
// it holds; held short in a small room, it would look for garbage many times a second while files come in, and saves would wait.

import { setFlagsFromString } from 'node:v8';

/** A heap that small need not be kept short. */
const ALWAYS_BYTES = 128 * 2 ** 20;
const LEAST_PERCENT = 20;
/** V8 reads more than this as "as you like". */
const MOST_PERCENT = 400;
const LOOK_MS = 5_000;
/** What is held is the least that was seen in so many looks: garbage comes and goes. */
const LOOKS = 6;

/** By how many percent the heap may grow beyond what it holds. @param heldBytes without garbage */
export function growthPercent(heldBytes: number): number {
  const percent = Math.round(((ALWAYS_BYTES - heldBytes) / Math.max(1, heldBytes)) * 100);
  return Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, percent));
}

/** Sets the growth now and as the heap changes, for this process. Returns the function that ends it. */
export function keepHeapInBounds(): () => void {
  const seen: number[] = [];
  let set = 0;
  const look = () => {
    seen.push(process.memoryUsage().heapUsed);
    if (seen.length > LOOKS) seen.shift();
    const percent = growthPercent(Math.min(...seen));
    if (percent === set) return;
    set = percent;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
