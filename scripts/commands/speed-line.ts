// One line on the terminal for gigabytes on their way: how far, how fast, how long it will still take. Where nobody watches it
// says nothing.

import { RateMeter, type TransferRate } from '../../server/recording/transfer-rate.js';

const EVERY_MS = 500;

/** A listener for bytes done of bytes; the line is cleared at the end. */
export function speedLine(what: string): (doneBytes: number, ofBytes: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  const meter = new RateMeter();
  let shownAt = -Infinity;
  return (doneBytes, ofBytes) => {
    const now = performance.now();
    const isDone = doneBytes >= ofBytes;
    if (!isDone && now - shownAt < EVERY_MS) return;
    shownAt = now;
    const rate = meter.note(now, doneBytes, ofBytes);
    process.stderr.write(isDone ? '\r\x1b[K' : `\r\x1b[K${what} ${speedText(rate, doneBytes, ofBytes)}`);
  };
}

/** `42 % (1.2 / 2.9 GB) 31.5 MB/s 剩余约 0:54 / left`. */
export function speedText({ bytesPerSecond, leftMs }: TransferRate, done: number, of: number): string {
  const percent = of === 0 ? 0 : Math.floor((done * 100) / of);
  const [doneGb, ofGb] = [done, of].map((bytes) => (bytes / 1e9).toFixed(1));
  const speed = `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  const left = leftMs === null ? '' : ` 剩余约 ${clock(leftMs)} / left`;
  return `${percent} % (${doneGb} / ${ofGb} GB) ${speed}${left}`;
}

function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
