// The text of an HTTP answer, read no further than it may be long: what a device sends is never trusted with the room's memory.

import { DeviceFault } from './contract.js';

/** @throws DeviceFault `bad-answer` as soon as more than `mostBytes` came */
export async function boundedText(response: Response, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > mostBytes) throw new DeviceFault('bad-answer', `more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
