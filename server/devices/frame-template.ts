// Byte frames as profiles write them: `AA 55 {power:u8} ?? {sum8}` for what is sent and what is waited for. A small matcher
// of its own instead of regular expressions: a profile cannot make the server search without end.

import { ExpressionError, type PointValue } from './expression.js';

const NUMBERS = {
  u8: { size: 1, read: (bytes: Buffer, at: number) => bytes.readUInt8(at) },
  i8: { size: 1, read: (bytes: Buffer, at: number) => bytes.readInt8(at) },
  u16: { size: 2, read: (bytes: Buffer, at: number) => bytes.readUInt16BE(at) },
  i16: { size: 2, read: (bytes: Buffer, at: number) => bytes.readInt16BE(at) },
  u16le: { size: 2, read: (bytes: Buffer, at: number) => bytes.readUInt16LE(at) },
  i16le: { size: 2, read: (bytes: Buffer, at: number) => bytes.readInt16LE(at) },
  u32: { size: 4, read: (bytes: Buffer, at: number) => bytes.readUInt32BE(at) },
} as const;
type NumberType = keyof typeof NUMBERS;

const CHECKS = {
  sum8: (bytes: Buffer) => Buffer.of(bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)),
  xor8: (bytes: Buffer) => Buffer.of(bytes.reduce((sum, byte) => sum ^ byte, 0)),
  'crc16-modbus': crc16,
} as const;
type CheckName = keyof typeof CHECKS;

type Part =
  | { kind: 'bytes'; bytes: Buffer }
  | { kind: 'any' }
  | { kind: 'number'; name: string; type: NumberType }
  /** Digits, perhaps with a sign and a point, up to the first other character. */
  | { kind: 'digits'; name: string }
  | { kind: 'check'; check: CheckName; from: number };

export type FrameTemplate = readonly Part[];

const MOST_PARTS = 200;
const MOST_DIGITS = 12;
const TOKEN =
  /\s*(?:([0-9A-Fa-f]{2})(?![0-9A-Fa-f])|(\?\?)|"([\x20-\x21\x23-\x7e]*)"|\{([a-z0-9-]+)(?::([a-z0-9]+))?\}|\{([a-z][a-zA-Z0-9_]*):([a-z0-9]+)\})/y;

/**
 * @param use what the template is for: only a reply may hold gaps and fields
 * @throws ExpressionError naming the place
 */
export function parseFrame(text: string, use: 'send' | 'reply'): FrameTemplate {
  const parts: Part[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const part = match === null ? null : partOf(match);
    if (part === null) throw new ExpressionError(`not a frame at ${at + 1}: ${text.slice(at, at + 20)}`);
    if (use === 'send' && part.kind !== 'bytes' && part.kind !== 'check')
      throw new ExpressionError('what is sent has no gaps and no fields');
    if (parts.at(-1)?.kind === 'digits' && part.kind !== 'bytes')
      throw new ExpressionError('after {…:digits} a fixed byte has to follow');
    parts.push(part);
  }
  if (parts.length === 0 || parts.length > MOST_PARTS)
    throw new ExpressionError(`a frame has 1 to ${MOST_PARTS} parts`);
  if (parts.at(-1)?.kind === 'digits') throw new ExpressionError('a frame cannot end with {…:digits}');
  return parts;
}

function partOf(match: RegExpExecArray): Part | null {
  const [, hex, gap, quoted, check, from, camelName, camelType] = match;
  if (hex !== undefined) return { kind: 'bytes', bytes: Buffer.from(hex, 'hex') };
  if (gap !== undefined) return { kind: 'any' };
  if (quoted !== undefined) return { kind: 'bytes', bytes: Buffer.from(quoted, 'latin1') };
  if (check !== undefined && Object.hasOwn(CHECKS, check)) {
    if (from !== undefined && !/^[0-9]{1,3}$/.test(from)) return null;
    return { kind: 'check', check: check as CheckName, from: Number(from ?? 0) };
  }
  const name = check ?? camelName;
  const type = from ?? camelType;
  if (name === undefined || type === undefined || !/^[a-z][a-zA-Z0-9_]*$/.test(name)) return null;
  if (type === 'digits') return { kind: 'digits', name };
  return Object.hasOwn(NUMBERS, type) ? { kind: 'number', name, type: type as NumberType } : null;
}

/** Names of the fields that a reply gives. */
export function fieldsOf(template: FrameTemplate): string[] {
  return template.flatMap((part) => (part.kind === 'number' || part.kind === 'digits' ? [part.name] : []));
}

/** The bytes of a frame to send, checksums filled in. */
export function frameBytes(template: FrameTemplate): Buffer {
  let bytes = Buffer.alloc(0);
  for (const part of template) {
    if (part.kind === 'bytes') bytes = Buffer.concat([bytes, part.bytes]);
    if (part.kind === 'check') bytes = Buffer.concat([bytes, CHECKS[part.check](bytes.subarray(part.from))]);
  }
  return bytes;
}

export type FrameMatch = { found: Record<string, PointValue>; end: number } | 'more' | 'no';

/** Looks for the reply anywhere in what came; bytes before it are noise of the line. */
export function findFrame(template: FrameTemplate, bytes: Buffer): FrameMatch {
  let more = bytes.length === 0;
  for (let start = 0; start < bytes.length; start++) {
    const match = matchAt(template, bytes, start);
    if (match === 'more') more = true;
    else if (match !== 'no') return match;
  }
  return more ? 'more' : 'no';
}

function matchAt(template: FrameTemplate, bytes: Buffer, start: number): FrameMatch {
  const found: Record<string, PointValue> = {};
  let at = start;
  for (const part of template) {
    if (part.kind === 'digits') {
      const digits = /^[-+ ]?[0-9.]*/.exec(bytes.toString('latin1', at, at + MOST_DIGITS))?.[0] ?? '';
      if (at + digits.length >= bytes.length && digits.length < MOST_DIGITS) return 'more';
      const value = Number(digits);
      if (digits.trim() === '' || !Number.isFinite(value)) return 'no';
      found[part.name] = value;
      at += digits.length;
      continue;
    }
    const wanted =
      part.kind === 'bytes'
        ? part.bytes
        : part.kind === 'check'
          ? CHECKS[part.check](bytes.subarray(start + part.from, at))
          : null;
    const size = wanted?.length ?? (part.kind === 'number' ? NUMBERS[part.type].size : 1);
    const here = bytes.subarray(at, at + size);
    if (wanted !== null && !wanted.subarray(0, here.length).equals(here)) return 'no';
    if (here.length < size) return 'more';
    if (part.kind === 'number') found[part.name] = NUMBERS[part.type].read(bytes, at);
    at += size;
  }
  return { found, end: at };
}

/** CRC-16 of Modbus RTU, low byte first. */
function crc16(bytes: Buffer): Buffer {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return Buffer.of(crc & 0xff, crc >>> 8);
}

/** Bytes as profiles write them in fixtures: `AA 55 01`. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}

/** @throws ExpressionError unless the text is pairs of hexadecimal digits */
export function bytesOf(hex: string): Buffer {
  const dense = hex.replaceAll(/\s+/g, '');
  if (!/^([0-9A-Fa-f]{2})*$/.test(dense)) throw new ExpressionError(`not hexadecimal: ${hex.slice(0, 40)}`);
  return Buffer.from(dense, 'hex');
}
