// Fill-in answers are compared after full and half width, case and blanks have been made equal.

/** NFKC, lower case, without any white space. */
export function normaliseFillIn(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, '');
}
