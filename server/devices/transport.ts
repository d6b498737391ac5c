// What a transport of device profiles is: it reads raw values and writes what the profile says, one thing after the other.
// It knows no device. Which transports there are stands in transports.ts and nowhere else.

import type { Static, TObject, TSchema } from '@sinclair/typebox';
import type { DeviceFaultCode } from '../core/readings.js';
import { DeviceFault } from './contract.js';
import type { PointValue } from './expression.js';

export interface Transport {
  /** One value for each read, in order. Never tries twice; ends when `signal` does. @throws DeviceFault */
  read(reads: readonly unknown[], signal: AbortSignal): Promise<PointValue[]>;
  /** @throws DeviceFault */
  write(write: unknown, signal: AbortSignal): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** What fixtures answer: request as text, reply as text; each transport says in its file how it writes them. */
export type Replies = ReadonlyMap<string, string>;

export interface TransportKind<Settings extends TObject, Read extends TSchema, Write extends TSchema> {
  /** In the profile, with defaults; the room's settings may lay their own values over them. */
  settings: Settings;
  read: Read;
  write: Write;
  /** What a schema cannot say, in words; null when all is well. */
  problem?: (what: Static<Read> | Static<Write>) => string | null;
  /** Opens nothing yet: the first read does. */
  open(settings: Static<Settings>): Transport;
  /** The same transport on fixtures instead of a wire; a request without a reply is named in the fault. */
  replay(settings: Static<Settings>, replies: Replies): Transport;
}

/** For the table: keeps the types of a row together. */
export const transportKind = <Settings extends TObject, Read extends TSchema, Write extends TSchema>(
  row: TransportKind<Settings, Read, Write>,
) => row;

/** @throws DeviceFault that names the request: whoever writes a profile reads it there */
export function replyTo(replies: Replies, request: string): string {
  const reply = replies.get(request);
  if (reply === undefined) throw new DeviceFault('unreachable', `the fixture has no reply to: ${request}`);
  return reply;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EPIPE',
  'EIO',
]);

/** What an error of a socket, a serial line or a library means to the room. */
export function faultOf(error: unknown): DeviceFault {
  if (error instanceof DeviceFault) return error;
  const { code, errno, name, message = 'unknown', cause } = (error ?? {}) as Record<string, unknown>;
  const inner = (cause ?? {}) as { code?: unknown };
  const word = [code, errno, inner.code].find((each) => typeof each === 'string') as string | undefined;
  const text = `${word ?? ''} ${String(message)}`.trim().slice(0, 200);
  if (word === 'ETIMEDOUT' || name === 'AbortError' || name === 'TimeoutError')
    return new DeviceFault('timed-out', text);
  if (word === 'EACCES' || word === 'EPERM') return new DeviceFault('refused', text);
  const known: DeviceFaultCode =
    word !== undefined && UNREACHABLE.has(word)
      ? 'unreachable'
      : /not open|cannot open|no such file/i.test(text)
        ? 'unreachable'
        : 'bad-answer';
  return new DeviceFault(known, text);
}

/** Rejects as soon as the signal ends, whatever the work does with it. @throws DeviceFault */
export async function withSignal<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let giveUp: () => void = () => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(new DeviceFault('timed-out', 'given up'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([work, over]);
  } catch (error) {
    work.catch(() => undefined);
    throw faultOf(error);
  } finally {
    over.catch(() => undefined);
    signal.removeEventListener('abort', giveUp);
  }
}

/** One after the other, whatever becomes of the one before. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
