// The network of the room: who answers, how fast, and which address is there twice.

import fc from 'fast-check';
import t from 'tap';
import { isReading } from '../../server/core/readings.js';
import { openNetwork, systemNeighbours, type SeatTrip } from '../../server/devices/network.js';
import {
  NO_CARDS,
  readArpTable,
  readIpNeigh,
  sharedCards,
  watchNeighbours,
} from '../../server/devices/network-neighbours.js';

const signal = new AbortController().signal;
const card = (n: number) => `02:00:00:00:00:0${n}`;

t.test('what Linux and Windows print is read', async (t) => {
  const linux = JSON.stringify([
    { dst: '10.0.0.7', dev: 'eth0', lladdr: '02:00:00:00:00:0A', state: ['REACHABLE'] },
    { dst: '10.0.0.8', dev: 'eth0', state: ['FAILED'] },
    { dst: '10.0.0.9', dev: 'eth0', lladdr: card(1), state: ['FAILED'] },
  ]);
  t.same([...(readIpNeigh(linux) ?? [])], [['10.0.0.7', '02:00:00:00:00:0a']]);
  const windows = `\r\n接口: 10.0.0.1 --- 0x5\r\n  Internet 地址         物理地址              类型\r\n  10.0.0.7              02-00-00-00-00-0a     动态\r\n  10.0.0.255            ff-ff-ff-ff-ff-ff     静态\r\n`;
  t.same([...readArpTable(windows)], [['10.0.0.7', '02:00:00:00:00:0a']]);
  t.equal(readIpNeigh('not JSON'), null);
});

t.test('any output is a table of addresses and cards, or none', async () => {
  const isTable = (table: ReadonlyMap<string, string>) =>
    [...table].every(
      ([address, each]) => address.length <= 45 && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(each),
    );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const neigh = readIpNeigh(text);
      return (neigh === null || isTable(neigh)) && isTable(readArpTable(text));
    }),
  );
});

t.test(
  'two cards for one address are a duplicate; one that took over is none after ten minutes',
  async (t) => {
    const steps: [number, number, string[]][] = [
      [0, 1, []],
      [5_000, 2, ['10.0.0.7']],
      [10_000, 1, ['10.0.0.7']],
      [609_999, 1, []],
    ];
    let memory = NO_CARDS;
    for (const [at, which, expected] of steps) {
      const seen = watchNeighbours(memory, new Map([['10.0.0.7', card(which)]]), at);
      memory = seen.memory;
      t.same(seen.duplicates, expected, `at ${at}`);
    }
  },
);

t.test('one card behind two PCs that are connected at once is named by their addresses', async (t) => {
  const table = new Map([
    ['10.0.0.1', card(1)],
    ['10.0.0.2', card(1)],
    ['10.0.0.3', card(3)],
  ]);
  t.same(sharedCards(table, ['10.0.0.1', '10.0.0.3', '10.0.0.9']), [], 'the other one is not here');
  const trip = (seatId: string, address: string, roundTripMs: number | null = 1) => ({
    ...{ seatId, address, roundTripMs },
  });
  let trips: SeatTrip[] = [trip('01', '10.0.0.1'), trip('02', '10.0.0.2'), trip('03', '10.0.0.3')];
  const host = { seatTrips: () => trips, nowMs: () => 0 };
  const poll = async (sharedAddresses: boolean) =>
    (await openNetwork('net', { sharedAddresses }, host, async () => table).poll(signal))[
      'network.duplicates'
    ];
  t.same(await poll(false), ['10.0.0.1', '10.0.0.2']);
  t.same(await poll(true), [], 'a router answers for both');
  trips = [trip('01', '10.0.0.1'), trip('02', '10.0.0.2', null)];
  t.same(await poll(false), [], 'a PC that was given another address has left the old one');
});

t.test('PCs that answer, PCs that do not, the median and the worst', async (t) => {
  const trips: SeatTrip[] = [
    { seatId: '01', roundTripMs: 1.24, address: '10.0.0.1' },
    { seatId: '02', roundTripMs: 9, address: '10.0.0.2' },
    { seatId: '03', roundTripMs: 2, address: '10.0.0.2' },
    { seatId: '04', roundTripMs: null, address: '10.0.0.1' },
  ];
  const host = { seatTrips: () => trips, nowMs: () => 0 };
  const poll = (sharedAddresses: boolean) =>
    openNetwork('net', { sharedAddresses }, host, async () => null).poll(signal);
  t.same(await poll(false), {
    'network.reachable': 3,
    'network.unreachable': ['04'],
    'network.duplicates': ['10.0.0.2'],
    'network.round-trip': 2,
    'network.round-trip-worst': 9,
  });
  t.same((await poll(true))['network.duplicates'], []);
});

t.test('a room of any size holds the dictionary', async () => {
  const trip = fc.record({
    seatId: fc.string({ maxLength: 10 }),
    roundTripMs: fc.option(fc.double({ min: 0, max: 600_000, noNaN: true })),
    address: fc.option(fc.ipV4()),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(trip, { maxLength: 300 }), async (trips) => {
      const host = { seatTrips: () => trips, nowMs: () => 0 };
      const readings = await openNetwork('net', { sharedAddresses: false }, host, async () => null).poll(
        signal,
      );
      return Object.entries(readings).every(([name, value]) => isReading(name, value));
    }),
    { numRuns: 50 },
  );
});

t.test('the table of this system is a table, or there is none', async (t) => {
  const table = await systemNeighbours(AbortSignal.timeout(2_000));
  t.ok(table === null || table instanceof Map);
});
