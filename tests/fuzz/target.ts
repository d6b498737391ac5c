// What a target of the fuzzing is: a reader of bytes from outside, samples of what it takes, how they are changed, and what has
// to hold for every input. A property that does not hold is a Finding; whatever else is thrown is one too.

import type { Random } from './random.js';

export interface OpenTarget<Input> {
  /** A sound input. */
  sample(random: Random): Input | Promise<Input>;
  /** One change; the given input stays as it is. */
  mutate(input: Input, random: Random): Input;
  /** Gives the input to the reader. @throws Finding when a property does not hold */
  attempt(input: Input): Promise<void>;
  /** The input for a person who looks for the fault. */
  show(input: Input): string;
  close(): Promise<void>;
}

export interface Target {
  name: string;
  /** Source files whose reading of outside bytes is tried here. */
  reads: readonly string[];
  /** What is given, and where samples come from; for the list in the README. */
  about: string;
  /** Inputs of one run of `npm test`. */
  inputsInTests: number;
  open(): Promise<OpenTarget<unknown>>;
}

/** A property that did not hold. */
export class Finding extends Error {
  constructor(message: string, cause?: unknown) {
    super(cause === undefined ? message : `${message}: ${textOf(cause)}`, { cause });
    this.name = 'Finding';
  }
}

/** @throws Finding with `message` unless `holds` */
export function expect(holds: boolean, message: string | (() => string)): void {
  if (!holds) throw new Finding(typeof message === 'string' ? message : message());
}

/** Bytes as a person can paste them, cut where they are many. */
export function showBytes(bytes: Buffer, most = 2_000): string {
  const text = bytes.toString('latin1');
  const plain = /^[\x20-\x7e\r\n\t]*$/.test(text)
    ? JSON.stringify(text.slice(0, most))
    : `base64 ${bytes.subarray(0, most).toString('base64')}`;
  return bytes.length > most ? `${plain} … (${bytes.length} bytes)` : plain;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame =
    (error.stack ?? '')
      .split('\n')
      .find((line) => /build\/server|build\/scripts|build\/kiosk/.test(line))
      ?.trim() ?? '';
  return `${error.name}: ${error.message.slice(0, 300)} ${frame}`;
}
