// The connection to the room: hello, beats, silence, patience, and frames that make no sense.

import { mock } from 'node:test';
import fc from 'fast-check';
import t from 'tap';
import { RoomClock } from '../../../../kiosk-client/candidate/room/room-clock.js';
import { RoomLink, type LinkSocket } from '../../../../kiosk-client/candidate/room/room-link.js';
import type { RoomMessage, SeatMessage } from '../../../../server/protocol/seat.js';

const { timers } = mock;
t.beforeEach(() => timers.enable({ apis: ['setTimeout', 'setInterval'] }));
t.afterEach(() => timers.reset());

class Socket implements LinkSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: SeatMessage[] = [];
  closed = false;
  send(text: string) {
    this.sent.push(JSON.parse(text) as SeatMessage);
  }
  close() {
    this.closed = true;
  }
  say(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

function link(random = () => 0.5) {
  const sockets: Socket[] = [];
  const heard: RoomMessage[] = [];
  const online: boolean[] = [];
  const hands = { monotonic: 0 };
  const clock = new RoomClock({ monotonic: () => hands.monotonic, wall: () => 0 });
  const room = new RoomLink({
    ...{ client: 'test', pcSecret: 'ab'.repeat(32), clock, monotonic: () => hands.monotonic, random },
    connect: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket;
    },
    unsent: () => ({ count: 3, oldestMs: 1_234.6 }),
    heard: (message) => heard.push(message),
    changed: (on) => online.push(on),
  });
  const last = () => sockets.at(-1) as Socket;
  const welcome = () => {
    last().onopen?.();
    last().say({ t: 'welcome', v: 1, server: 'x', now: 5_000 });
  };
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      hands.monotonic += 100;
      timers.tick(100);
    }
  };
  return { link: room, sockets, heard, online, hands, clock, last, welcome, pass };
}

void t.test('it says hello first, and is online with the welcome', async (t) => {
  const one = link();
  one.link.start();
  one.last().onopen?.();
  t.same(one.last().sent, [{ t: 'hello', v: 1, client: 'test', pcSecret: 'ab'.repeat(32), roomNow: null }]);
  t.equal(one.link.online, false);
  one.last().say({ t: 'welcome', v: 1, server: 'x', now: 5_000 });
  t.equal(one.link.online, true);
  t.same(one.online, [true]);
  t.same(one.last().sent[1], { t: 'beat', sent: 0, unsent: 3, oldestUnsentMs: 1_235 });
  one.link.stop();
});

void t.test(
  'a request is answered by its number, in whatever order; without a line at once with null',
  async (t) => {
    const one = link();
    t.equal(await one.link.request({ t: 'log-in', ticketNo: '1', password: '2' }), null);
    one.link.start();
    one.welcome();
    const first = one.link.request({ t: 'log-in', ticketNo: '1', password: '2' });
    const second = one.link.request({ t: 'log-in', ticketNo: '3', password: '4' });
    const third = one.link.request({ t: 'log-in', ticketNo: '5', password: '6' });
    const [a, b] = one.last().sent.slice(-3) as { id: number }[];
    one.last().say({ t: 'refused', id: b?.id, code: 'wrong-password', params: { left: 2 }, now: 1 });
    one.last().say({ t: 'ack', ids: [a?.id, 999], now: 1 });
    t.same(await first, { ok: true });
    t.same(await second, { ok: false, code: 'wrong-password', params: { left: 2 } });
    one.last().onclose?.();
    t.equal(await third, null, 'the line broke before the answer');
    t.same(one.online, [true, false]);
    one.link.stop();
  },
);

void t.test('a line without a word is dead after twelve seconds, and beats keep it alive', async (t) => {
  const one = link();
  one.link.start();
  one.welcome();
  for (let beats = 0; beats < 4; beats++) {
    one.pass(5_000);
    one.last().say({ t: 'beat', sent: one.hands.monotonic, now: 10_000 });
  }
  t.equal(one.link.online, true);
  t.equal(one.sockets.length, 1);
  one.pass(16_000);
  t.equal(one.link.online, false);
  t.equal(one.sockets[0]?.closed, true);
  one.sockets[0]?.say({ t: 'welcome', v: 1, server: 'ghost', now: 1 });
  t.equal(one.link.online, false, 'the old line is not listened to any more');
  one.link.stop();
});

void t.test(
  'it comes back within two seconds at first, then with more patience, six seconds at most',
  async (t) => {
    const one = link(() => 0.999);
    one.link.start();
    const waits: number[] = [];
    for (let count = 0; count < 7; count++) {
      const before = one.sockets.length;
      const from = one.hands.monotonic;
      one.last().onclose?.();
      while (one.sockets.length === before) one.pass(100);
      waits.push(one.hands.monotonic - from);
    }
    t.same(waits, [2_000, 4_000, 6_000, 6_000, 6_000, 6_000, 6_000]);
    one.welcome();
    const before = one.sockets.length;
    one.last().onclose?.();
    one.pass(2_100);
    t.equal(one.sockets.length, before + 1, 'after a welcome it is quick again');
    one.link.stop();
  },
);

void t.test('forty-five PCs do not come back at the same moment', async (t) => {
  const moments = new Set<number>();
  for (let pc = 0; pc < 45; pc++) {
    const one = link(() => pc / 45);
    one.link.start();
    one.welcome();
    one.last().onclose?.();
    let at = 0;
    while (one.sockets.length === 1) {
      one.pass(100);
      at += 100;
    }
    moments.add(at);
    one.link.stop();
  }
  t.ok(moments.size >= 18, `${moments.size} different moments of 100 ms`);
});

void t.test('a room that wants nobody is asked twice a minute', async (t) => {
  const one = link(() => 0.5);
  one.link.start();
  one.welcome();
  one.last().say({ t: 'bye', code: 'flood', retry: false });
  one.last().onclose?.();
  one.pass(14_000);
  t.equal(one.sockets.length, 1);
  one.pass(16_000);
  t.equal(one.sockets.length, 2);
  one.link.stop();
});

void t.test('hurry: the network is back, nobody waits; with a line it does nothing', async (t) => {
  const one = link();
  one.link.start();
  one.last().onclose?.();
  one.link.hurry();
  t.equal(one.sockets.length, 2);
  one.link.hurry();
  t.equal(one.sockets.length, 2);
  one.pass(5_000);
  t.equal(one.sockets.length, 2, 'and the alarm that was set is off');
  one.link.stop();
  one.link.hurry();
  one.pass(60_000);
  t.equal(one.sockets.length, 2, 'after stop it stays away');
});

void t.test('a browser that refuses the socket is asked again', async (t) => {
  let attempts = 0;
  const clock = new RoomClock({ monotonic: () => 0, wall: () => 0 });
  const room = new RoomLink({
    ...{ client: 'test', pcSecret: '', clock, monotonic: () => 0, random: () => 0.5 },
    connect: () => {
      attempts += 1;
      throw new Error('SecurityError');
    },
    ...{ unsent: () => ({ count: 0, oldestMs: 0 }), heard: () => undefined, changed: () => undefined },
  });
  room.start();
  timers.tick(2_000);
  t.equal(attempts, 2);
  room.stop();
});

const TYPES = ['welcome', 'state', 'paper', 'ack', 'refused', 'beat', 'reminder', 'message', 'bye', 'what'];
const FIELDS = [
  'now',
  'sent',
  'ids',
  'id',
  'code',
  'params',
  'retry',
  'v',
  'text',
  'at',
  'stage',
  'candidate',
];

void t.test(
  'whatever frame comes: no exception, the line lives, the next answer finds its request',
  async (t) => {
    const odd = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          t: fc.oneof(fc.constantFrom(...TYPES), fc.jsonValue()),
          more: fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue()),
        })
        .map(({ t: type, more }) => JSON.stringify({ t: type, ...more })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 8 }), async (frames) => {
        const one = link();
        one.link.start();
        one.welcome();
        const answer = one.link.request({ t: 'log-in', ticketNo: '1', password: '2' });
        const { id } = one.last().sent.at(-1) as { id: number };
        const harmless = frames.filter((data) => !data.includes(String(id)));
        for (const data of harmless) one.last().onmessage?.({ data });
        t.equal(one.link.online, true);
        one.last().say({ t: 'ack', ids: [id], now: 6_000 });
        t.same(await answer, { ok: true });
        const now = one.clock.now();
        t.ok(now !== null && Number.isFinite(now), `room time is ${now}`);
        one.link.stop();
      }),
      { numRuns: 500 },
    );
  },
);
