// Takes a zip apart and writes it again with faults in its structure: entries twice, names that leave the folder, sizes and
// checksums that lie, bombs, cuts. Shares no code with the readers.

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { mutateBytes } from './mutate.js';
import type { Random } from './random.js';

export interface ZipPart {
  name: string;
  bytes: Buffer;
  /** 0 = stored, 8 = deflated. */
  method: number;
  flags?: number;
  declared?: { size?: number; compressed?: number; crc?: number; offset?: number };
}

export interface ZipModel {
  parts: ZipPart[];
  /** Changes of the written file, in order. */
  after: ((bytes: Buffer) => Buffer)[];
  /** Number of entries that the directory claims, where it lies. */
  count?: number;
}

/** Reads a sound zip by its central directory. */
export function zipModel(bytes: Buffer): ZipModel {
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const parts: ZipPart[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const method = bytes.readUInt16LE(at + 10);
    const compressed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(from, from + compressed);
    parts.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      bytes: method === 8 ? inflateRawSync(content) : Buffer.from(content),
      method,
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return { parts, after: [] };
}

/** Writes it as it says, true or not. */
export function writeZipModel({ parts, after, count = parts.length }: ZipModel): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, method, flags = 0x800, declared = {} } of parts) {
    const content = method === 8 ? deflateRawSync(bytes, { level: 1 }) : bytes;
    const file = Buffer.from(name, 'utf8');
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt16LE(0x21, 8);
    fields.writeUInt32LE((declared.crc ?? crc32(bytes)) >>> 0, 10);
    fields.writeUInt32LE((declared.compressed ?? content.length) >>> 0, 14);
    fields.writeUInt32LE((declared.size ?? bytes.length) >>> 0, 18);
    fields.writeUInt16LE(file.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((declared.offset ?? offset) >>> 0, 10);
    local.push(Buffer.from('504b0304', 'hex'), fields, file, content);
    central.push(Buffer.from('504b01021400', 'hex'), fields, tail, file);
    offset += 30 + file.length + content.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count & 0xffff, 8);
  end.writeUInt16LE(count & 0xffff, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return after.reduce((bytes, act) => act(bytes), Buffer.concat([...local, directory, end]) as Buffer);
}

const NAMES = [
  '../x',
  '/x',
  'a/../../x',
  'C:/x',
  'a\\b',
  'a\u0000b',
  '',
  '.',
  'x/',
  '__proto__',
  'ü',
  'A',
  'x'.repeat(300),
];
const SIZES = [0, 1, 0x7fffffff, 0xffffffff, 0xfffffffe, 64 * 1024 * 1024];

/** One change of its structure, or by `inside` of one part's content. */
export function mutateZip(
  model: ZipModel,
  random: Random,
  inside: (part: ZipPart, random: Random) => Buffer = ({ bytes }, dice) => mutateBytes(bytes, dice),
): ZipModel {
  const parts = model.parts.map((part) => ({ ...part }));
  const next: ZipModel = { ...model, parts };
  const at = parts.length === 0 ? 0 : random.below(parts.length);
  const part = parts[at];
  if (part === undefined) return next;
  switch (random.below(20)) {
    case 0:
      parts.splice(at, 1);
      break;
    case 1:
      parts.splice(random.below(parts.length), 0, { ...part });
      break;
    case 2:
      part.name = random.pick([...NAMES, part.name.toUpperCase(), `${part.name}/x`, parts[0]?.name ?? '']);
      break;
    case 3:
      parts.push({ name: random.pick(NAMES), bytes: Buffer.from('x'), method: 0 });
      break;
    case 4:
      part.declared = {
        ...part.declared,
        size: random.pick([...SIZES, part.bytes.length + 1, part.bytes.length - 1]),
      };
      break;
    case 5:
      part.declared = { ...part.declared, compressed: random.pick([...SIZES, part.bytes.length + 1]) };
      break;
    case 6:
      part.declared = { ...part.declared, crc: random.below(2 ** 31) };
      break;
    case 7:
      part.declared = { ...part.declared, offset: random.pick([...SIZES, random.below(5_000)]) };
      break;
    case 8:
      part.method = random.pick([0, 8, 8, 12, 99]);
      break;
    case 9:
      part.flags = random.pick([1, 8, 0x41, 0xffff, 0]);
      break;
    case 10:
      // Small on the line, large in memory.
      Object.assign(part, { bytes: Buffer.alloc(random.pick([2 ** 20, 2 ** 23, 2 ** 25])), method: 8 });
      break;
    case 11:
      next.count = random.pick([0, 1, parts.length + 1, 0xffff]);
      break;
    case 12: {
      const seed = random.below(2 ** 31);
      next.after = [...model.after, (bytes) => bytes.subarray(0, seed % (bytes.length + 1))];
      break;
    }
    case 13: {
      const seed = random.below(2 ** 31);
      const place = (bytes: Buffer) =>
        Math.max(0, bytes.length - 1 - (seed % Math.min(bytes.length || 1, 600)));
      next.after = [
        ...model.after,
        (bytes) =>
          Buffer.from(bytes.map((byte, index) => (index === place(bytes) ? byte ^ (1 << (seed & 7)) : byte))),
      ];
      break;
    }
    case 14:
      parts.reverse();
      break;
    default:
      part.bytes = inside(part, random);
  }
  return next;
}
