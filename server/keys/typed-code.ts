// Codes that a telephone can carry (rules 10 and 14): digits in groups of four, closed by two check digits
// (ISO 7064 MOD 97-10), so that a slip of the tongue is told from a wrong code.

import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** Adds the two check digits. @param digits a string of digits */
export function withCheckDigits(digits: string): string {
  const check = 98n - ((BigInt(digits) * 100n) % 97n);
  return digits + check.toString().padStart(2, '0');
}

/** The digits without spaces and dashes if the check digits hold, else null. Full-width digits are read too. */
export function readTypedCode(typed: string): string | null {
  const digits = typed.normalize('NFKC').replace(/[\s-]/g, '');
  if (!/^[0-9]{6,40}$/.test(digits)) return null;
  return BigInt(digits) % 97n === 1n ? digits : null;
}

/** `1234 5678 ...` for reading aloud. */
export function inGroups(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ');
}

/** A start code: 18 random digits (60 bit) and two check digits. */
export function makeStartCode(): string {
  let digits = '';
  for (let i = 0; i < 18; i++) digits += randomInt(10);
  return withCheckDigits(digits);
}

/** What an org code stands for; the same on both ends. */
export interface CodeScope {
  act: string;
  sessionId: string;
  /** Candidate, paper or '' for the whole session. */
  scope: string;
  minutes: number;
  counter: number;
}

/** Org code: 4 digits of counter, 8 digits of truncated HMAC-SHA256, 2 check digits. */
export function makeOrgCode(key: Buffer, scope: CodeScope): string {
  return withCheckDigits(String(scope.counter).padStart(4, '0') + codeDigits(key, scope));
}

/** The counter when `typed` is the org's code for this act, else null. @param scope without the counter: the code names it */
export function checkOrgCode(key: Buffer, scope: Omit<CodeScope, 'counter'>, typed: string): number | null {
  const code = readTypedCode(typed);
  if (code?.length !== 14) return null;
  const counter = Number(code.slice(0, 4));
  const wanted = Buffer.from(codeDigits(key, { ...scope, counter }));
  return timingSafeEqual(wanted, Buffer.from(code.slice(4, 12))) ? counter : null;
}

function codeDigits(key: Buffer, { act, sessionId, scope, minutes, counter }: CodeScope): string {
  const mac = createHmac('sha256', key)
    .update(JSON.stringify([act, sessionId, scope, minutes, counter]))
    .digest();
  return (mac.readBigUInt64BE(0) % 100_000_000n).toString().padStart(8, '0');
}
