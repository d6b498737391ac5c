// Films taken apart into pictures: whatever an encoder puts between its start codes comes out again, picture by picture.

import fc from 'fast-check';
import t from 'tap';
import { codedFilm } from '../../server/rehearsal/coded-pictures.js';

const CODE = Buffer.from([0, 0, 0, 1]);
const DELIMITER = Buffer.from([9, 0xf0]);
const [SPS, PPS] = [Buffer.from([0x67, 1, 2]), Buffer.from([0x68, 3])];

/** A slice without bytes that would look like a start code, not ending in a zero. */
const slice = (type: number) =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 40 })
    .map((bytes) => Buffer.from([type, ...bytes]));
const pictures = fc.array(fc.tuple(fc.boolean(), fc.array(slice(0x41), { minLength: 1, maxLength: 3 })), {
  maxLength: 12,
});

void t.test('what stands between the delimiters is one picture, byte for byte', async () => {
  fc.assert(
    fc.property(slice(0x65), pictures, fc.boolean(), (first, rest, long) => {
      const units = [[SPS, PPS, first], ...rest.map(([, nals]) => nals)];
      const code = long ? CODE : CODE.subarray(1);
      const bytes = Buffer.concat(
        units.flatMap((nals) => [DELIMITER, ...nals].flatMap((nal) => [code, nal])),
      );
      const film = codedFilm(bytes, 'h264', 10);
      return (
        film.units.length === units.length &&
        film.units.every(
          ({ nals, key }, n) =>
            key === (n === 0) && Buffer.concat(nals).equals(Buffer.concat(units[n] ?? [])),
        ) &&
        Buffer.concat(film.parameterSets).equals(Buffer.concat([SPS, PPS]))
      );
    }),
  );
});

void t.test('bytes that are no film are refused and nothing else', async (t) => {
  for (const parts of [[], [DELIMITER, PPS], [SPS, PPS], [DELIMITER, Buffer.from([0x41, 7])]])
    t.throws(
      () => codedFilm(Buffer.concat(parts.flatMap((part) => [CODE, part])), 'h264', 10),
      /A film begins/,
    );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        codedFilm(Buffer.from(bytes), 'h264', 10);
      } catch (error) {
        return /A film begins/.test((error as Error).message);
      }
      return true;
    }),
  );
});
