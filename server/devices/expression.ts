// The closed grammar of conditions in device profiles: names, numbers, texts, comparisons, && || ! and brackets. It evaluates
// its own small tree and nothing else; a profile can never run code.

export type PointValue = boolean | number | string;
/** Values by point name; a point that gave nothing is absent. */
export type PointValues = Readonly<Record<string, PointValue>>;

const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;
type Comparison = (typeof COMPARISONS)[number];

export type Expression =
  | { kind: 'value'; value: PointValue }
  | { kind: 'name'; name: string }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'compare'; by: Comparison; left: Expression; right: Expression };

/** The text is no expression; the message names the place. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';
}

const LONGEST_TEXT = 200;
const TOKEN = /\s*(?:(&&|\|\||[=!<>]=|[<>!()])|(-?[0-9]+(?:\.[0-9]+)?)|'([^']*)'|([a-zA-Z][a-zA-Z0-9_]*))/y;

type Token = { at: number } & ({ sign: string } | { value: PointValue } | { name: string });

function tokensOf(text: string): Token[] {
  if (text.length > LONGEST_TEXT) throw new ExpressionError(`more than ${LONGEST_TEXT} characters`);
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new ExpressionError(`unknown sign at ${at + 1}: ${text.slice(at, at + 10)}`);
    const [, sign, number, quoted, name] = match;
    if (sign !== undefined) tokens.push({ at, sign });
    else if (number !== undefined) tokens.push({ at, value: Number(number) });
    else if (quoted !== undefined) tokens.push({ at, value: quoted });
    else if (name === 'true' || name === 'false') tokens.push({ at, value: name === 'true' });
    else if (name !== undefined) tokens.push({ at, name });
    at = TOKEN.lastIndex;
  }
  return tokens;
}

/**
 * @param names the points that the expression may speak of
 * @throws ExpressionError
 */
export function parseExpression(text: string, names: ReadonlySet<string>): Expression {
  const tokens = tokensOf(text);
  let next = 0;
  const sign = () => {
    const token = tokens[next];
    return token !== undefined && 'sign' in token ? token.sign : null;
  };
  const refuse = (): never => {
    const token = tokens[next];
    throw new ExpressionError(
      token === undefined ? 'ends too early' : `unexpected at ${token.at + 1}: ${text.slice(token.at)}`,
    );
  };

  function either(): Expression {
    let left = both();
    while (sign() === '||') {
      next++;
      left = { kind: 'or', left, right: both() };
    }
    return left;
  }
  function both(): Expression {
    let left = comparison();
    while (sign() === '&&') {
      next++;
      left = { kind: 'and', left, right: comparison() };
    }
    return left;
  }
  function comparison(): Expression {
    const left = single();
    const by = COMPARISONS.find((known) => known === sign());
    if (by === undefined) return left;
    next++;
    return { kind: 'compare', by, left, right: single() };
  }
  function single(): Expression {
    const token = tokens[next];
    if (token === undefined) return refuse();
    if ('value' in token) {
      next++;
      return { kind: 'value', value: token.value };
    }
    if ('name' in token) {
      if (!names.has(token.name)) throw new ExpressionError(`no such point: ${token.name}`);
      next++;
      return { kind: 'name', name: token.name };
    }
    if (token.sign === '!') {
      next++;
      return { kind: 'not', of: single() };
    }
    if (token.sign !== '(') return refuse();
    next++;
    const inner = either();
    if (sign() !== ')') refuse();
    next++;
    return inner;
  }

  const whole = either();
  if (next < tokens.length) refuse();
  return whole;
}

/** @returns null where a point is absent that matters, or where values cannot be compared: unknown is never taken for false */
export function evaluate(expression: Expression, values: PointValues): PointValue | null {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'name':
      return Object.hasOwn(values, expression.name) ? (values[expression.name] ?? null) : null;
    case 'not': {
      const of = evaluate(expression.of, values);
      return typeof of === 'boolean' ? !of : null;
    }
    case 'and':
    case 'or': {
      const decides = expression.kind === 'or';
      const left = evaluate(expression.left, values);
      const right = evaluate(expression.right, values);
      if (left === decides || right === decides) return decides;
      return typeof left === 'boolean' && typeof right === 'boolean' ? !decides : null;
    }
    case 'compare':
      return compare(expression.by, evaluate(expression.left, values), evaluate(expression.right, values));
  }
}

function compare(by: Comparison, left: PointValue | null, right: PointValue | null): boolean | null {
  if (left === null || typeof left !== typeof right) return null;
  if (by === '==') return left === right;
  if (by === '!=') return left !== right;
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (by === '<') return left < right;
  if (by === '<=') return left <= right;
  return by === '>' ? left > right : left >= right;
}
