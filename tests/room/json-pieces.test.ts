// JSON in pieces is JSON, to the letter; and comes in pieces.

import fc from 'fast-check';
import t from 'tap';
import { jsonPieces } from '../../server/json-pieces.js';

void t.test('the pieces of any plain value are what JSON.stringify makes of it', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat({ max: 6 }), (value, depth) => {
      t.equal([...jsonPieces(value, depth)].join(''), JSON.stringify(value));
    }),
  );
  t.end();
});

void t.test('what is undefined is left out, as JSON does', (t) => {
  const value = { a: undefined, b: { c: undefined }, d: [undefined, 1] };
  for (const depth of [0, 1, 2, 3]) t.equal([...jsonPieces(value, depth)].join(''), JSON.stringify(value));
  t.end();
});

void t.test('each part of the depth asked for is a piece of its own', (t) => {
  const people = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`c${n}`, { text: '答'.repeat(50) }]),
  );
  const pieces = [...jsonPieces({ people }, 2)];
  t.ok(pieces.length >= 200, 'each of them');
  t.ok(Math.max(...pieces.map((piece) => piece.length)) < 100, 'and never two at once');
  t.end();
});
