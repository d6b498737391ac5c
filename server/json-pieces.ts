// JSON of a large value in pieces, so that it is never in memory as one text. Nothing here knows what the value means.

/**
 * The pieces, put together, are what JSON.stringify makes of plain data.
 * @param depth so many levels of objects are taken apart; what lies deeper comes whole
 */
export function* jsonPieces(value: unknown, depth: number): Generator<string, void> {
  if (depth === 0 || !isPlainObject(value)) {
    yield JSON.stringify(value);
    return;
  }
  let before = '{';
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* jsonPieces(inner, depth - 1);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
