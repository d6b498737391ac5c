// Changes bytes and texts as broken lines, torn disks and ill will do. Pure: the same seed makes the same change.

import type { Random } from './random.js';

/** Texts on which readers stumble: names that objects inherit, paths, signs that are no letters, half letters, long ones. */
export const TEXTS: readonly string[] = [
  ...['', ' ', '\u0000', 'null', 'undefined', 'NaN', 'true', '0', '-1', '1e999', '[]', '{}'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'],
  ...[
    '../x',
    '../../etc/passwd',
    '/etc/passwd',
    'C:\\x',
    '\\\\host\\x',
    '..',
    '.',
    '...',
    'a/./b',
    '%2e%2e%2f',
    '%00',
  ],
  ...[
    '\ud800',
    '\udc00\ud800',
    '\ufeff',
    '\u202e',
    '\ufffe',
    '\uffff',
    '𠮷',
    '👩‍👩‍👧',
    'ﷺ'.repeat(20),
    '\r\n',
    '\r\nX: y',
  ],
  ...[
    '<script>',
    '&amp;',
    '&x;',
    '<!--',
    ']]>',
    "' OR 1=1 --",
    '${x}',
    '{{x}}',
    '=1+1',
    '=cmd|x',
    '%s%n',
    '١٢٣',
    '１２３',
  ],
  ...['2027-02-30T25:61:00Z', '+099999-01-01T00:00:00Z', '999999999999999999999999', '0x10', '1_000', '--1'],
  ...['a'.repeat(65), 'a'.repeat(1_025), '考'.repeat(2_001), 'x'.repeat(70_000)],
];

/** Numbers at the edges of what formats, schemas and clocks take. */
export const NUMBERS: readonly number[] = [
  ...[0, -0, 1, -1, 2, 255, 256, 1_001, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32],
  ...[2 ** 53 - 1, 2 ** 53, -(2 ** 53), 8.64e15, 8.64e15 + 1, 1e21, 1e308, 5e-324, 0.1, 1.5, -0.5],
];

const CHUNKS: readonly Buffer[] = [
  ...[
    '00',
    'ff',
    '0a',
    '0d0a',
    '22',
    '5c',
    '7b',
    '5d',
    '504b0304',
    '504b0506',
    'efbbbf',
    'fffe',
    'ffffffff',
    'c0af',
    'eda080',
  ].map((hex) => Buffer.from(hex, 'hex')),
  ...['__proto__', '../', 'SQLite format 3', 'age-encryption.org/v1', 'Content-Length: 5\r\n'].map((text) =>
    Buffer.from(text),
  ),
];
const LARGEST_COPY = 4_096;

/** One change of some bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return Buffer.from(random.pick(CHUNKS));
  const at = random.below(bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.below(random.onceIn(4) ? LARGEST_COPY : 16));
  const part = bytes.subarray(at, end);
  const join = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);
  switch (random.below(9)) {
    case 0:
    case 1: {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 2: {
      const set = Buffer.from(bytes);
      set[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
      return set;
    }
    case 3: {
      const set = Buffer.from(bytes);
      const number = random.pick([0, 1, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]);
      if (at + 4 > set.length) return set.subarray(0, at);
      if (random.onceIn(2)) set.writeUInt32LE(number >>> 0, at);
      else set.writeUInt32BE(number >>> 0, at);
      return set;
    }
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return join(bytes.subarray(0, at), bytes.subarray(end));
    case 6:
      return join(bytes.subarray(0, end), part, bytes.subarray(end));
    case 7:
      return join(bytes.subarray(0, at), random.pick(CHUNKS), bytes.subarray(at));
    default: {
      const to = random.below(bytes.length);
      const copied = Buffer.from(bytes);
      part.copy(copied, to);
      return copied;
    }
  }
}

/** One change of a text: by bytes, or a text of the list in the place of a run of signs. */
export function mutateText(text: string, random: Random): string {
  if (random.onceIn(2)) return mutateBytes(Buffer.from(text), random).toString('utf8');
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(20));
  return text.slice(0, at) + random.pick(TEXTS) + text.slice(end);
}
