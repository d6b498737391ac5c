// How loud this PC plays, as it was set here.

const KEY = 'kaochang.volume';

/** 0 to 1, as it was set on this PC. */
export function volume(): number {
  const kept = Number(localStorage.getItem(KEY) ?? NaN);
  return Number.isFinite(kept) && kept >= 0 && kept <= 1 ? kept : 0.7;
}

export function setVolume(next: number): void {
  localStorage.setItem(KEY, String(Math.min(1, Math.max(0, next))));
}
