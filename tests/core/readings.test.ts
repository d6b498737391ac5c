// The dictionary of readings: only names that it has, only values of their type and range.

import fc from 'fast-check';
import t from 'tap';
import { isReading, READINGS } from '../../server/core/readings.js';

void t.test('a reading has a name of the dictionary, its type and its range', async (t) => {
  const rows: [string, unknown, boolean][] = [
    ['mains.present', true, true],
    ['mains.present', 'true', false],
    ['mains.present', 1, false],
    ['battery.charge', 0, true],
    ['battery.charge', 100, true],
    ['battery.charge', 100.1, false],
    ['battery.charge', -0.1, false],
    ['battery.charge', NaN, false],
    ['battery.charge', '50', false],
    ['ups.alarm', 'x'.repeat(200), true],
    ['ups.alarm', 'x'.repeat(201), false],
    ['ups.alarm', 5, false],
    ['jammer.bands', [], true],
    ['jammer.bands', ['2400', '5800'], true],
    ['jammer.bands', ['2400', 5800], false],
    ['jammer.bands', '2400', false],
    ['jammer.bands', Array.from({ length: 201 }, () => 'x'), false],
    ['supply.in-range', false, true],
    ['constructor', true, false],
    ['battery', 5, false],
  ];
  for (const [name, value, expected] of rows)
    t.equal(isReading(name, value), expected, `${name} ${JSON.stringify(value)}`.slice(0, 60));
  for (const word of Object.values(READINGS)) t.ok(word.zh !== '' && word.en !== '');
});

void t.test('whatever a device says, only what its type allows is a reading', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(READINGS)), fc.anything(), (name, value) => {
      const { type } = READINGS[name as keyof typeof READINGS];
      const wanted = { flag: 'boolean', number: 'number', text: 'string', list: 'object' }[type];
      return !isReading(name, value) || typeof value === wanted;
    }),
  );
});
