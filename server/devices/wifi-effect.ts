// Does the jammer have an effect? A scan of wireless networks is held against a baseline from when it was off. Pure: without an
// emitter to be silenced there is no verdict, and "not measurable" is never taken for "effective".

export interface WirelessNetwork {
  /** Address of the access point, in capitals; names may be hidden or shared. */
  bssid: string;
  /** dBm, negative. */
  level: number;
}

export interface WirelessScan {
  networks: readonly WirelessNetwork[];
  /** The system may have answered from memory: such a scan proves nothing. */
  weak: boolean;
}

export interface EffectRules {
  /** Access points that the room set up for this test. */
  testPoints: readonly string[];
}

export type Effect = 'effective' | 'ineffective' | 'not-measurable';

/** Of the baseline's networks at most this share may still be seen. */
const MOST_SEEN = 0.2;
/** A test point of the room that is still heard better than this was not silenced, dBm. */
const LOUD = -75;
/** Without a test point of the room the baseline needs so many networks to mean anything. */
const FEWEST_NETWORKS = 5;

/** @param baseline networks seen while the jammer was off; null when there was no such scan */
export function judgeEffect(
  baseline: readonly WirelessNetwork[] | null,
  scan: WirelessScan,
  { testPoints }: EffectRules,
): Effect {
  if (baseline === null || scan.weak) return 'not-measurable';
  const before = new Set(baseline.map(({ bssid }) => bssid));
  const wanted = testPoints.map((bssid) => bssid.toUpperCase());
  const hadTestPoint = wanted.some((bssid) => before.has(bssid));
  if (!hadTestPoint && before.size < FEWEST_NETWORKS) return 'not-measurable';
  if (scan.networks.some(({ bssid, level }) => wanted.includes(bssid) && level > LOUD)) return 'ineffective';
  const seen = new Set(scan.networks.map(({ bssid }) => bssid)).size;
  return seen <= before.size * MOST_SEEN ? 'effective' : 'ineffective';
}

/** Strongest signal, null when nothing is heard. dBm */
export function strongestOf(networks: readonly WirelessNetwork[]): number | null {
  return networks.reduce<number | null>(
    (most, { level }) => (most === null || level > most ? level : most),
    null,
  );
}

/** What `nmcli --terse --escape no --fields BSSID,SIGNAL` prints; lines that are none are left out. */
export function readNmcli(text: string): WirelessNetwork[] {
  return text.split('\n').flatMap((line) => {
    const match = /^((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}):([0-9]{1,3})\s*$/.exec(line);
    if (match?.[1] === undefined) return [];
    // NetworkManager gives percent: 0 is -100 dBm, 100 is -50 dBm and better.
    return [{ bssid: match[1].toUpperCase(), level: Math.min(100, Number(match[2])) / 2 - 100 }];
  });
}
