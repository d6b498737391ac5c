// Conditions of device profiles: a closed grammar, three-valued, and nothing that a text could make it run.

import fc from 'fast-check';
import t from 'tap';
import {
  evaluate,
  ExpressionError,
  parseExpression,
  type PointValue,
  type PointValues,
} from '../../server/devices/expression.js';

const NAMES = new Set(['power', 'heat', 'mode']);
const value = (text: string, values: PointValues) => evaluate(parseExpression(text, NAMES), values);

t.test('conditions say what they say', async (t) => {
  const values = { power: true, heat: 42.5, mode: 'jam' };
  const wanted: [string, PointValue | null][] = [
    ['power == true', true],
    ['!power', false],
    ['heat > 42 && heat <= 42.5', true],
    ["mode == 'jam' && !(heat < -5)", true],
    ["mode != 'idle'", true],
    ['power || heat < 0 && false', true],
    ['heat', 42.5],
    ['heat == power', null],
    ['mode > 3', null],
  ];
  for (const [text, expected] of wanted) t.equal(value(text, values), expected, text);
});

t.test('what is absent is unknown, and never taken for off', async (t) => {
  t.equal(value('power == false', {}), null);
  t.equal(value('!power', {}), null);
  t.equal(value('power || true', {}), true);
  t.equal(value('power && false', {}), false);
  t.equal(value('power && true', {}), null);
});

t.test('anything else is refused with its place', async (t) => {
  for (const text of [
    '',
    'power =',
    'power == ',
    '(power',
    'power)',
    'power power',
    'constructor',
    'x',
    'power; 1',
  ])
    t.throws(() => parseExpression(text, NAMES), { name: 'ExpressionError' }, text);
  t.throws(() => parseExpression('!'.repeat(201), NAMES), { name: 'ExpressionError' });
});

t.test('whatever is written is an expression or an ExpressionError', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('power', 'heat', '(', ')', '!', '==', '<', '&&', '||', '1', "'a'", ' ', '=')),
      (parts) => {
        try {
          const found = evaluate(parseExpression(parts.join(' '), NAMES), { power: true, heat: 1 });
          return found === null || ['boolean', 'number', 'string'].includes(typeof found);
        } catch (error) {
          return error instanceof ExpressionError;
        }
      },
    ),
  );
});

t.test('it agrees with the language on flags and numbers', async () => {
  const leaf = fc.constantFrom('power', '!power', 'heat > 3', 'heat <= 3', 'true', 'false');
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(tie('node'), fc.constantFrom('&&', '||'), tie('node'))
        .map(([left, by, right]) => `(${left} ${by} ${right})`),
    ),
  })).node;
  fc.assert(
    fc.property(tree, fc.boolean(), fc.integer({ min: 0, max: 6 }), (text, power, heat) => {
      fc.pre(text.length <= 200);
      // The reference is the language's own evaluator, on texts that this test made itself.
      const wanted = new Function('power', 'heat', `return ${text}`)(power, heat) as boolean;
      return value(text, { power, heat }) === wanted;
    }),
  );
});
