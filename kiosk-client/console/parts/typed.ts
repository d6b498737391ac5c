// What people type, as the room wants it. Pure.

/** A whole number of minutes from what was typed, full width and spaces included; null where it is none. */
export function minutesOf(typed: string): number | null {
  const plain = typed.normalize('NFKC').trim();
  if (!/^[0-9]{1,3}$/.test(plain)) return null;
  const minutes = Number(plain);
  return minutes >= 1 && minutes <= 600 ? minutes : null;
}

/** A code as it was read over the telephone: groups and full width do not matter; null where nothing was typed. */
export function codeOf(typed: string): string | null {
  const plain = typed.normalize('NFKC').replace(/\s+/g, '');
  return plain === '' ? null : plain;
}
