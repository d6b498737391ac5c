// The hash that chains the lines of a camera's recordings, said once for who writes them and for everybody who checks them.

import { canonicalBytes } from './canonical.js';
import { sha256 } from './sha256.js';

/** SHA-256 (hex) of the canonical JSON of a line without its own hash. */
export function hashOfLine(line: object): string {
  const { hash: _own, ...rest } = line as { hash?: unknown };
  return sha256(canonicalBytes(rest));
}

/** Whether a line is what its hash says; who compares a chain looks at its number and at `prev` too. */
export function isSoundLine(line: { hash: string }): boolean {
  return hashOfLine(line) === line.hash;
}
