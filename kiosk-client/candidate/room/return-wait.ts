// How long a PC that lost the room waits before it knocks again.

const FIRST_WAIT_MS = 2_000;
/** So short that 2,000 PCs are back ten seconds after the room is, their handshakes by turns, however long it was away. */
const LONGEST_WAIT_MS = 6_000;
/** The room said that coming back makes no sense; answers may still wait here, so ask again, rarely. */
const UNWANTED_WAIT_MS = 30_000;

/**
 * All PCs of a room lose the server at the same moment; they must not return at the same moment.
 * @param failures knocks in vain since the connection was lost
 * @param random a number from 0 to 1
 * @returns milliseconds
 */
export function returnWaitMs(failures: number, random: number, unwanted = false): number {
  const longest = unwanted
    ? UNWANTED_WAIT_MS
    : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 8));
  const shortest = failures === 0 && !unwanted ? 0 : longest / 2;
  return shortest + random * (longest - shortest);
}
