// One line on the terminal for gigabytes on their way: how far, how fast, how long it will still take. Where nobody watches it
// says nothing.

import { RateMeter, type TransferRate } from '../../server/recording/transfer-rate.js';
import { clearedLine, percentOf, type BytesDone } from './progress-line.js';

const EVERY_MS = 500;

/** A listener for bytes done of bytes; the line is cleared at the end. */
export function speedLine(what: string): BytesDone {
  const meter = new RateMeter();
  return clearedLine(what, EVERY_MS, (now, doneBytes, ofBytes) =>
    speedText(meter.note(now, doneBytes, ofBytes), doneBytes, ofBytes),
  );
}

/** `42 % (1.2 / 2.9 GB) 31.5 MB/s 剩余约 0:54 / left`. */
export function speedText({ bytesPerSecond, leftMs }: TransferRate, done: number, of: number): string {
  const [doneGb, ofGb] = [done, of].map((bytes) => (bytes / 1e9).toFixed(1));
  const speed = `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  const left = leftMs === null ? '' : ` 剩余约 ${clock(leftMs)} / left`;
  return `${percentOf(done, of)} % (${doneGb} / ${ofGb} GB) ${speed}${left}`;
}

function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
