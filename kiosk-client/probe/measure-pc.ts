// What a browser tells of its PC for the check of the room before the exam. What it does not tell is left out, never guessed.

import type { MachineFacts } from '../../server/protocol/seat.js';

const ROUND_TRIPS = 7;
const MARKER = 'kaochang.marker';
/** A page that is loaded anew within this time may be the same browser on the same boot. */
const SHORTEST_BOOT_MS = 30_000;

/** @param load path of a megabyte in the room that no line can make smaller */
export async function measurePc(load: string): Promise<MachineFacts> {
  const facts: MachineFacts = {};
  const { hardwareConcurrency, storage } = navigator;
  const { deviceMemory } = navigator as { deviceMemory?: number };
  if (deviceMemory !== undefined) facts.memoryGib = deviceMemory;
  if (hardwareConcurrency > 0) facts.cores = hardwareConcurrency;
  const ratio = window.devicePixelRatio || 1;
  facts.screen = { width: Math.round(screen.width * ratio), height: Math.round(screen.height * ratio) };
  const { quota } = await storage.estimate().catch(() => ({}) as StorageEstimate);
  if (quota !== undefined) facts.quotaBytes = Math.round(quota);
  const roundTripMs = await medianRoundTrip().catch(() => null);
  if (roundTripMs !== null) facts.roundTripMs = roundTripMs;
  const throughputMbit = await throughput(load).catch(() => null);
  if (throughputMbit !== null) facts.throughputMbit = throughputMbit;
  if (survivedRestart()) facts.survivedReboot = true;
  return facts;
}

async function medianRoundTrip(): Promise<number> {
  const taken: number[] = [];
  // The first one may open the connection and is not counted.
  for (let round = 0; round <= ROUND_TRIPS; round++) {
    const beganAt = performance.now();
    await (await fetch('/healthz', { cache: 'no-store' })).text();
    if (round > 0) taken.push(performance.now() - beganAt);
  }
  const sorted = taken.sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}

/** Megabits per second over two megabytes or two seconds, whichever comes first. */
async function throughput(path: string): Promise<number | null> {
  const beganAt = performance.now();
  let bytes = 0;
  while (bytes < 2_000_000 && performance.now() - beganAt < 2_000) {
    const response = await fetch(path, { cache: 'no-store' });
    if (!response.ok) return null;
    bytes += (await response.arrayBuffer()).byteLength;
  }
  const seconds = (performance.now() - beganAt) / 1000;
  return Math.round((bytes * 8) / seconds / 100_000) / 10;
}

/**
 * True when what an earlier browser of this PC wrote down is still here after a pause in which it was off. A restore card that
 * wipes the disk at every boot leaves nothing. A browser cannot prove that the PC was off and not itself alone.
 */
function survivedRestart(): boolean {
  try {
    const seenAt = Number(localStorage.getItem(MARKER) ?? NaN);
    const isSameTab = sessionStorage.getItem(MARKER) === 'seen';
    const survived =
      sessionStorage.getItem(`${MARKER}.survived`) === 'yes' ||
      (!isSameTab && Date.now() - seenAt > SHORTEST_BOOT_MS);
    sessionStorage.setItem(MARKER, 'seen');
    localStorage.setItem(MARKER, String(Date.now()));
    if (survived) sessionStorage.setItem(`${MARKER}.survived`, 'yes');
    return survived;
  } catch {
    return false;
  }
}
