// The network of the room as one device: which PCs answer, how long that takes, which addresses are there twice. PCs have no
// open port; what counts is the round trip on each PC's own connection to the room.

import { execFile } from 'node:child_process';
import { Type, type Static } from '@sinclair/typebox';
import type { Device } from './contract.js';
import {
  NO_CARDS,
  readArpTable,
  readIpNeigh,
  sharedCards,
  watchNeighbours,
  type Neighbours,
} from './network-neighbours.js';

export const NetworkSettings = Type.Object(
  {
    sharedAddresses: Type.Boolean({
      default: false,
      description:
        'Several PCs may come from one address (NAT), or from behind one card (proxy ARP): it is then no sign of a duplicate.',
    }),
  },
  { additionalProperties: false },
);
export type NetworkSettings = Static<typeof NetworkSettings>;

/** One PC that belongs to a seat. */
export interface SeatTrip {
  seatId: string;
  /** Last round trip on its connection; null while it has none. */
  roundTripMs: number | null;
  /** Where it comes from; null while unknown. */
  address: string | null;
}

export interface NetworkHost {
  /** All seats that have a PC. */
  seatTrips(): readonly SeatTrip[];
  nowMs(): number;
}

const MOST_NAMES = 200;
const TABLE_WITHIN_MS = 2_000;

/** Reads the neighbour table; null where the system offers none. */
export type NeighbourReader = (signal: AbortSignal) => Promise<Neighbours | null>;

/** The neighbour table of this system. */
export const systemNeighbours: NeighbourReader = (signal) =>
  new Promise((resolve) => {
    const [program, args] = process.platform === 'win32' ? ['arp', ['-a']] : ['ip', ['-j', 'neigh']];
    const options = { signal, timeout: TABLE_WITHIN_MS, maxBuffer: 4_000_000 };
    execFile(program as string, args as string[], options, (error, stdout) => {
      if (error !== null) resolve(null);
      else resolve(process.platform === 'win32' ? readArpTable(stdout) : readIpNeigh(stdout));
    });
  });

/** @param neighbours tests give their own table */
export function openNetwork(
  deviceId: string,
  { sharedAddresses }: NetworkSettings,
  host: NetworkHost,
  neighbours: NeighbourReader = systemNeighbours,
): Device {
  let memory = NO_CARDS;
  return {
    deviceId,
    kind: 'network',
    async poll(signal) {
      const trips = host.seatTrips();
      const table = await neighbours(signal);
      const known = table ?? new Map<string, string>();
      const watched = watchNeighbours(memory, known, host.nowMs());
      memory = watched.memory;
      const connected = trips.flatMap(({ address, roundTripMs }) =>
        address === null || roundTripMs === null ? [] : [address],
      );
      const twice = sharedAddresses ? [] : [...sharedBySeats(connected), ...sharedCards(known, connected)];
      const times = trips
        .flatMap(({ roundTripMs }) => (roundTripMs === null ? [] : [roundTripMs]))
        .sort((a, b) => a - b);
      const median = times[Math.floor((times.length - 1) / 2)];
      const worst = times.at(-1);
      return {
        'network.reachable': times.length,
        'network.unreachable': trips
          .filter(({ roundTripMs }) => roundTripMs === null)
          .map(({ seatId }) => seatId)
          .slice(0, MOST_NAMES),
        'network.duplicates': [...new Set([...watched.duplicates, ...twice])].sort().slice(0, MOST_NAMES),
        ...(median === undefined ? {} : { 'network.round-trip': Math.round(median * 10) / 10 }),
        ...(worst === undefined ? {} : { 'network.round-trip-worst': Math.round(worst * 10) / 10 }),
      };
    },
    close: () => Promise.resolve(),
  };
}

/** Addresses from which two seats are connected at once. */
function sharedBySeats(connected: readonly string[]): string[] {
  const seats = new Map<string, number>();
  for (const address of connected) seats.set(address, (seats.get(address) ?? 0) + 1);
  return [...seats].filter(([, count]) => count > 1).map(([address]) => address);
}

/** The network of the room. */
export function prepareNetwork(
  deviceId: string,
  settings: NetworkSettings,
  host: NetworkHost,
): Promise<{ kind: 'network'; open: () => Device }> {
  return Promise.resolve({ kind: 'network', open: () => openNetwork(deviceId, settings, host) });
}
