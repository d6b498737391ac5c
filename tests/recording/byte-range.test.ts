// One stretch of bytes as players ask for it; whatever else a header holds gives the whole file.

import fc from 'fast-check';
import t from 'tap';
import { readByteRange } from '../../server/recording/byte-range.js';

void t.test('stretches as players ask for them', async (t) => {
  t.same(readByteRange('bytes=0-99', 1_000), { start: 0, end: 100 });
  t.same(readByteRange('bytes=500-', 1_000), { start: 500, end: 1_000 });
  t.same(readByteRange('bytes=-200', 1_000), { start: 800, end: 1_000 });
  t.same(readByteRange('bytes=900-5000', 1_000), { start: 900, end: 1_000 });
  t.same(readByteRange('bytes=-5000', 1_000), { start: 0, end: 1_000 });
});

void t.test('what lies outside is unsatisfiable, what is no stretch gives the whole', async (t) => {
  for (const header of ['bytes=1000-', 'bytes=1000-2000', 'bytes=-0'])
    t.equal(readByteRange(header, 1_000), 'unsatisfiable', header);
  for (const header of [
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-2',
    'bytes=0-1,5-6',
    'items=0-5',
    'bytes=a-b',
    'bytes=1e3-',
  ])
    t.equal(readByteRange(header, 1_000), null, header);
});

void t.test('whatever the header, a stretch lies inside the file and is not empty', async () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9]{0,16}-[0-9]{0,16}$/));
  fc.assert(
    fc.property(header, fc.nat({ max: 1e9 }), (text, size) => {
      const range = readByteRange(text, size);
      if (range === null || range === 'unsatisfiable') return true;
      return range.start >= 0 && range.start < range.end && range.end <= size;
    }),
  );
});
