// A film as an encoder writes it (H.264 or H.265, Annex B, with access unit delimiters), taken apart into its pictures as a camera
// sends them.

export type Codec = 'h264' | 'h265';

/** All that belongs to one picture, in the order in which it is sent. */
export interface AccessUnit {
  nals: Buffer[];
  key: boolean;
}

/** What a camera shows over and over. */
export interface CodedFilm {
  codec: Codec;
  fps: number;
  units: readonly AccessUnit[];
  /** H.264: SPS, PPS. H.265: VPS, SPS, PPS. */
  parameterSets: readonly Buffer[];
}

/** Reads a film. @param fps pictures a second @throws Error where it does not begin with a key frame and its parameters */
export function codedFilm(bytes: Buffer, codec: Codec, fps: number): CodedFilm {
  const units = accessUnits(bytes, codec);
  const [first] = units;
  if (first === undefined || !first.key) throw new Error('A film begins with a key frame');
  const parameterSets = first.nals.filter((nal) => isParameterSet(nal, codec));
  if (parameterSets.length < (codec === 'h264' ? 2 : 3)) throw new Error('A film begins with its parameters');
  return { codec, fps, units, parameterSets };
}

const nalType = (nal: Buffer, codec: Codec) =>
  codec === 'h264' ? (nal[0] ?? 0) & 0x1f : ((nal[0] ?? 0) >> 1) & 0x3f;
const isDelimiter = (nal: Buffer, codec: Codec) => nalType(nal, codec) === (codec === 'h264' ? 9 : 35);
const isParameterSet = (nal: Buffer, codec: Codec) =>
  codec === 'h264' ? [7, 8].includes(nalType(nal, codec)) : [32, 33, 34].includes(nalType(nal, codec));
const isKey = (nal: Buffer, codec: Codec) =>
  codec === 'h264' ? nalType(nal, codec) === 5 : nalType(nal, codec) >= 16 && nalType(nal, codec) <= 21;

/** Takes Annex B bytes apart at their start codes and gathers them into pictures at the delimiters. */
function accessUnits(bytes: Buffer, codec: Codec): AccessUnit[] {
  const units: AccessUnit[] = [];
  const code = Buffer.from([0, 0, 1]);
  let start = bytes.indexOf(code);
  while (start >= 0) {
    const next = bytes.indexOf(code, start + 3);
    let end = next < 0 ? bytes.length : next;
    while (end > start + 3 && bytes[end - 1] === 0) end -= 1;
    const nal = bytes.subarray(start + 3, end);
    if (isDelimiter(nal, codec)) units.push({ nals: [], key: false });
    else {
      const unit = units.at(-1);
      if (unit === undefined) throw new Error('A film begins with a delimiter');
      unit.nals.push(nal);
      unit.key ||= isKey(nal, codec);
    }
    start = next;
  }
  return units;
}
