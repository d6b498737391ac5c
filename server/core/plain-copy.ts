// A copy of plain data, for what an event and a state that goes on changing would otherwise share.

/** A deep copy of what is plain JSON. */
export function plainCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
