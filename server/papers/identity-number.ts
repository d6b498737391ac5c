// The checksum of an 18-digit identity number (GB 11643, ISO 7064 MOD 11-2). REQ-B01

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** What is wrong with a number, in both languages, or null. */
export function identityNumberProblem(number: string): string | null {
  if (!/^[0-9]{17}[0-9X]$/.test(number))
    return `身份证号应为 18 位 / an identity number has 18 digits: ${number}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return number[17] === CHECKS[sum % 11]
    ? null
    : `身份证号校验位不符 / the checksum of the identity number is wrong: ${number}`;
}
