// What is wrong with an 18-digit identity number, in words for whoever made the roster. REQ-B01

import { isIdentityNumber } from '../protocol/document-reading.js';

/** What is wrong with a number, in both languages, or null. */
export function identityNumberProblem(number: string): string | null {
  if (!/^[0-9]{17}[0-9X]$/.test(number))
    return `身份证号应为 18 位 / an identity number has 18 digits: ${number}`;
  return isIdentityNumber(number)
    ? null
    : `身份证号校验位不符 / the checksum of the identity number is wrong: ${number}`;
}
