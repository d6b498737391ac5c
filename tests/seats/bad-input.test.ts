// Whatever a PC may send that it should not: each costs its own connection or gets its code, and changes nothing.

import fc from 'fast-check';
import { WebSocket } from 'ws';
import t from 'tap';
import { readFrame } from '../../server/seats/frames.js';
import { PairingCodes } from '../../server/seats/pairing-codes.js';
import { TokenBucket } from '../../server/seats/token-bucket.js';
import { MAX_SEAT_FRAME_BYTES, SeatMessageSchema } from '../../server/protocol/seat.js';
import { Value } from '@sinclair/typebox/value';
import { secretOf } from '../support/seat-client.js';
import { saveOf, SeatsSetting } from '../support/seats-setting.js';
import { SESSION, start } from '../support/small-room.js';

type Teardown = { teardown: (fn: () => Promise<void>) => void };

async function opened(t: Teardown, options?: Parameters<typeof SeatsSetting.open>[0]): Promise<SeatsSetting> {
  const setting = await SeatsSetting.open(options);
  t.teardown(() => setting.close());
  return setting;
}

const HELLO = { t: 'hello', v: 1, client: 'test', pcSecret: secretOf(1), roomNow: null };
const text = (value: unknown) => JSON.stringify(value);

void t.test('before hello: what is no hello costs the connection', async (t) => {
  const setting = await opened(t);
  const rows = setting.journal.entries.length;
  const cases: [string, string | Buffer, string][] = [
    ['no JSON', '{"t":', 'not-json'],
    ['an empty frame', '', 'not-json'],
    ['a number', '7', 'not-a-message'],
    ['a list', '[]', 'not-a-message'],
    ['null', 'null', 'not-a-message'],
    ['an unknown type', text({ t: 'nonsense' }), 'unknown-type'],
    ['a type that every object has', text({ t: 'constructor' }), 'unknown-type'],
    [
      'a request before hello',
      text({ t: 'nothing-unsent', id: 1, candidateId: 'c1', lease: 1 }),
      'hello-first',
    ],
    ['a beat before hello', text({ t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 }), 'hello-first'],
    ['a hello without a secret', text({ ...HELLO, pcSecret: undefined }), 'wrong-fields'],
    ['a hello with a short secret', text({ ...HELLO, pcSecret: 'abc' }), 'wrong-fields'],
    ['a hello with one field more', text({ ...HELLO, more: 1 }), 'wrong-fields'],
    ['a hello whose version is text', text({ ...HELLO, v: '1' }), 'wrong-fields'],
    ['a binary frame', Buffer.from(text(HELLO)), 'binary-frame'],
  ];
  for (const [name, frame, reason] of cases) {
    const client = await setting.connect();
    client.socket.send(frame);
    t.match(await client.next('bye'), { code: 'bad-message', retry: false }, name);
    t.same(await client.untilClosed(), { code: 1008, reason }, name);
  }
  t.equal(setting.journal.entries.length, rows, 'and nothing happened');
});

void t.test('another version of the protocol is told so', async (t) => {
  const setting = await opened(t);
  for (const hello of [
    { ...HELLO, v: 2 },
    { ...HELLO, v: 0 },
    { t: 'hello', v: 3, fields: 'of tomorrow' },
  ]) {
    const client = await setting.connect();
    client.send(hello);
    t.match(await client.next('bye'), { code: 'version', retry: false });
    await client.untilClosed();
  }
});

void t.test('a connection without the subprotocol or from another origin is refused', async (t) => {
  const setting = await opened(t);
  const status = (url: string, protocols: string[], headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve) => {
      const socket = new WebSocket(url, protocols, { headers });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('open', () => resolve(101));
      socket.on('error', () => undefined);
    });
  t.equal(await status(`${setting.url}/seat`, []), 400);
  t.equal(await status(`${setting.url}/seat`, ['kaochang.seat.v9']), 400);
  t.equal(await status(`${setting.url}/other`, ['kaochang.seat.v1']), 404);
  const origin = { origin: 'https://elsewhere.example' };
  t.equal(await status(`${setting.url}/seat`, ['kaochang.seat.v1'], origin), 403);
  t.equal(await status(`${setting.url}/seat`, ['kaochang.seat.v1'], { origin: 'null' }), 403);
  const own = { origin: setting.url.replace('ws:', 'http:') };
  t.equal(await status(`${setting.url}/seat`, ['kaochang.seat.v1'], own), 101);
});

void t.test('an oversized frame is cut off by the limit', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  const other = await setting.paired(4, 's02');
  pc?.socket.send(text({ ...saveOf(setting), id: 1, client: 'x'.repeat(MAX_SEAT_FRAME_BYTES) }));
  t.match(await pc?.next('bye'), { code: 'bad-message', retry: false }, 'a word first');
  t.same(await pc?.untilClosed(), { code: 1009, reason: 'too-large' });
  t.equal(other.closed, null, 'the others stay');
  t.same(setting.room.state.sessions[SESSION]?.candidates['c1']?.answers, {});
  await (await setting.hello(0)).stage('answering');
});

void t.test('a second hello, and malformed requests, cost only this connection', async (t) => {
  const setting = await opened(t);
  const [pc, other] = await setting.running(2);
  const id = 50;
  const save = saveOf(setting) as Record<string, unknown>;
  const cases: [string, unknown][] = [
    ['a second hello', HELLO],
    ['no id', save],
    ['an id of 0', { ...save, id: 0 }],
    ['a fractional id', { ...save, id: 1.5 }],
    ['a negative revision', { ...save, id, rev: -1 }],
    ['no value', { ...save, id, value: undefined }],
    ['a value of both kinds', { ...save, id, value: { options: [], blanks: [] } }],
    ['a value of text', { ...save, id, value: 'a' }],
    ['options that are numbers', { ...save, id, value: { options: [1] } }],
    ['too many options', { ...save, id, value: { options: Array<string>(27).fill('a') } }],
    ['a text beyond any limit', { ...save, id, value: { blanks: ['x'.repeat(2001), ''] } }],
    ['a stamp that is text', { ...save, id, madeAt: 'now' }],
    ['a stamp below zero', { ...save, id, madeAt: -1 }],
    ['an item id with a slash', { ...save, id, itemId: '../q1' }],
    ['an item id that every object has', { ...save, id, itemId: 'constructor' }],
    ['a candidate id that every object has', { ...save, id, candidateId: '__proto__' }],
    ['a field too many', { ...save, id, score: 100 }],
    ['a staff command', { t: 'start-session', id, sessionId: SESSION }],
    ['a beat with a negative count', { t: 'beat', sent: 1, unsent: -1, oldestUnsentMs: 0 }],
  ];
  await pc?.close();
  const rows = () => setting.journal.entries.filter(({ type }) => !/^seat-/.test(type)).length;
  const before = rows();
  for (const [name, message] of cases) {
    const client = await setting.hello(0);
    client.send(message as object);
    t.match(await client.next('bye'), { code: 'bad-message' }, name);
    await client.untilClosed();
  }
  t.equal(rows(), before, 'nothing but connections was journaled');
  t.equal(other?.closed, null, 'the neighbour saw nothing of it');
  t.equal(other?.of('bye').length, 0);
});

void t.test('refused with a code: foreign, unknown, wrong, too long, too early, too late', async (t) => {
  const setting = await opened(t);
  const clients = await setting.seated(2);
  const [one, two] = clients;
  if (one === undefined || two === undefined) return;
  const { room } = setting;
  t.match(await one.ask(saveOf(setting)), { code: 'wrong-phase' }, 'before the start');
  t.match(
    await one.ask({ t: 'submit', candidateId: 'c1', lease: 1, madeAt: room.now() }),
    { code: 'wrong-phase' },
    'handing in before the start',
  );
  setting.clocks.pass(20 * 60_000);
  start(room);
  await one.stage('answering');
  const cases: [string, object, string][] = [
    ['for another candidate', { candidateId: 'c2' }, 'foreign-lease'],
    ['for a candidate that nobody knows', { candidateId: 'c99' }, 'foreign-lease'],
    ['under a lease that is not there', { lease: 2 }, 'foreign-lease'],
    ['for an unknown item', { itemId: 'q99' }, 'unknown-item'],
    ['a text for a choice', { value: { blanks: ['a'] } }, 'wrong-answer-type'],
    ['a choice for a text', { itemId: 'q3', value: { options: ['a'] } }, 'wrong-answer-type'],
    ['two choices where one is asked', { value: { options: ['a', 'b'] } }, 'wrong-answer-type'],
    ['the same choice twice', { itemId: 'q2', value: { options: ['a', 'a'] } }, 'wrong-answer-type'],
    ['an unknown option', { value: { options: ['z'] } }, 'unknown-option'],
    ['an inherited name as an option', { value: { options: ['constructor'] } }, 'unknown-option'],
    ['too few blanks', { itemId: 'q3', value: { blanks: ['x'] } }, 'wrong-answer-type'],
    [
      'too long a text',
      { itemId: 'q3', value: { blanks: ['一二三四五六七八九十一', ''] } },
      'answer-too-long',
    ],
  ];
  const before = setting.journal.entries.length;
  for (const [name, more, code] of cases)
    t.match(await one.ask(saveOf(setting, more)), { t: 'refused', code }, name);
  t.equal(setting.journal.entries.length, before, 'refused saves make no event');
  t.equal(
    [...room.refusedSaves.values()].reduce((sum, n) => sum + n, 0),
    cases.length + 1,
    'they are counted',
  );
  for (const t2 of ['hand', 'gap', 'nothing-unsent', 'submit'])
    t.match(
      await two.ask({
        t: t2,
        candidateId: 'c1',
        lease: 1,
        ...(t2 === 'hand' ? { up: true } : {}),
        ...(t2 === 'gap' ? { from: room.now(), to: room.now() + 1 } : {}),
        ...(t2 === 'submit' ? { madeAt: room.now() } : {}),
      }),
      { code: 'foreign-lease' },
      `${t2} for another candidate`,
    );
  setting.clocks.pass(60 * 60_000);
  await one.stage('ended');
  t.match(await one.ask(saveOf(setting, { rev: 2 })), { code: 'after-deadline' }, 'after the end');
  t.same(room.state.sessions[SESSION]?.candidates['c1']?.answers, {});
});

void t.test('an unpaired PC may ask for nothing', async (t) => {
  const setting = await opened(t);
  const pc = await setting.hello(3);
  t.match(await pc.ask(saveOf(setting)), { code: 'seat-not-paired' });
  const check = { browser: 'x', screen: '1x1', storageOk: true, cryptoOk: true, passed: true };
  t.match(await pc.ask({ t: 'check', check }), { code: 'seat-not-paired' });
});

void t.test('older revisions and out-of-order saves change nothing', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  await pc?.ask(saveOf(setting, { rev: 7, value: { options: ['c'] } }));
  t.match(await pc?.ask(saveOf(setting, { rev: 3, value: { options: ['a'] } })), { t: 'ack' });
  t.match(setting.room.state.sessions[SESSION]?.candidates['c1']?.answers['q1'], {
    rev: 7,
    value: { options: ['c'] },
  });
});

void t.test('a flood is let go, and may come back', async (t) => {
  const setting = await opened(t, { limits: { messageBurst: 20, messagesPerSecond: 1 } });
  const pc = await setting.hello(1);
  for (let i = 0; i < 30; i++) pc.send({ t: 'beat', sent: i, unsent: 0, oldestUnsentMs: 0 });
  t.match(await pc.next('bye'), { code: 'flood', retry: true });
  t.equal(pc.of('beat').length, 19, 'what was within the limit was served');
  await pc.untilClosed();
});

void t.test('who does not introduce himself, or falls silent, is let go', async (t) => {
  const setting = await opened(t, { limits: { helloTimeoutMs: 150, silentTimeoutMs: 300 } });
  const mute = await setting.connect();
  t.same(await mute.untilClosed(), { code: 1008, reason: 'no-hello' });
  const silent = await setting.paired(1, 's01');
  const alive = await setting.paired(2, 's02');
  t.teardown(async () => clearInterval(beating));
  const beating = setInterval(() => alive.send({ t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 }), 50);
  await silent.untilClosed();
  t.equal(silent.closed?.code, 1006, 'without a word: nobody would hear it');
  t.equal(alive.closed, null);
  await alive.until(() => (setting.room.state.seats['s01']?.connected === false ? true : undefined));
});

void t.test('too much on its way to the disk: the socket is read no further until it is there', async (t) => {
  const setting = await opened(t, { limits: { maxOutstanding: 4 } });
  const [pc] = await setting.running(1);
  if (pc === undefined) return;
  setting.journal.auto = false;
  const before = setting.room.lastSeq;
  // One frame at a time, so that each is a read of its own.
  for (let rev = 1; rev <= 12; rev++) {
    pc.send({ ...saveOf(setting, { rev }), id: 1_000 + rev });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.ok(setting.room.lastSeq - before <= 5, `${setting.room.lastSeq - before} were taken`);
  setting.journal.auto = true;
  setting.journal.release();
  t.equal((await pc.answerTo(1_012)).t, 'ack', 'then all of them');
  t.equal(setting.room.state.sessions[SESSION]?.candidates['c1']?.answers['q1']?.rev, 12);
});

void t.test('more connections than allowed are turned away', async (t) => {
  const setting = await opened(t, { limits: { maxConnections: 2 } });
  await setting.connect();
  await setting.connect();
  await t.rejects(setting.connect(), /503/);
});

void t.test('a rule that throws costs this connection; the room goes on', async (t) => {
  const setting = await opened(t);
  const [one, two] = await setting.running(2);
  const { handle } = setting.room;
  setting.room.handle = (command) => {
    if (command.type === 'raise-hand') throw new Error('planted');
    return handle.call(setting.room, command);
  };
  one?.send({ t: 'hand', id: 900, candidateId: 'c1', lease: 1, up: true });
  t.match(await one?.next('bye'), { code: 'stopping', retry: true });
  t.match(await two?.ask(saveOf(setting, { candidateId: 'c2' })), { t: 'ack' });
});

void t.test(
  'any frame: read, or named by a fault; never a throw, and nothing that is not a message passes',
  async () => {
    const anything = fc.oneof(
      fc.json().map((json) => Buffer.from(json)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record(
          {
            t: fc.constantFrom(
              'hello',
              'save',
              'submit',
              'beat',
              'gap',
              'hand',
              'check',
              '__proto__',
              'toString',
            ),
            id: fc.oneof(fc.integer(), fc.string()),
            v: fc.oneof(fc.integer(), fc.string()),
            candidateId: fc.oneof(fc.string(), fc.constantFrom('c1', 'constructor', '__proto__')),
            lease: fc.oneof(fc.integer(), fc.constant(1)),
            itemId: fc.string(),
            rev: fc.integer(),
            value: fc.oneof(
              fc.record({ options: fc.array(fc.string()) }),
              fc.record({ blanks: fc.array(fc.string()) }),
              fc.jsonValue(),
            ),
            marked: fc.boolean(),
            madeAt: fc.oneof(fc.nat(), fc.double()),
          },
          { requiredKeys: ['t'] },
        )
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(anything, fc.boolean(), (data, isBinary) => {
        const frame = readFrame(data, isBinary);
        return !frame.ok || Value.Check(SeatMessageSchema, frame.message);
      }),
      { numRuns: 2_000 },
    );
  },
);

void t.test('any frame on a real socket changes nothing but the connection', async (t) => {
  const setting = await opened(t);
  await setting.running(1);
  const before = JSON.stringify(setting.room.state.sessions);
  const frames = fc.sample(
    fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ t: fc.constantFrom('save', 'submit', 'log-in', 'confirm'), id: fc.nat(), lease: fc.nat() })
        .map((value) => JSON.stringify(value)),
    ),
    60,
  );
  for (const [index, frame] of frames.entries()) {
    const client = await setting.hello(100 + index);
    client.socket.send(frame);
    await client.next('bye');
    await client.untilClosed();
  }
  t.equal(JSON.stringify(setting.room.state.sessions), before);
});

void t.test('pairing codes are unique among those that wait, and spent codes are forgotten', async (t) => {
  const draws = [7, 7, 7, 8];
  const codes = new PairingCodes(() => draws.shift() ?? 9);
  t.equal(codes.codeFor('pc1', '10.0.0.1', 1), '000007');
  t.equal(codes.codeFor('pc2', '10.0.0.2', 2), '000008', 'drawn again while it is taken');
  t.equal(codes.codeFor('pc1', '10.0.0.1', 3), '000007', 'stable');
  t.equal(codes.pcOf('000008'), 'pc2');
  t.equal(codes.forget('pc2'), true);
  t.equal(codes.forget('pc2'), false);
  t.equal(codes.pcOf('000008'), null);
});

void t.test('the token bucket: a burst, then a steady rate', async (t) => {
  const bucket = new TokenBucket(10, 5, 0);
  t.same(
    [1, 2, 3, 4, 5, 6].map(() => bucket.take(0)),
    [true, true, true, true, true, false],
  );
  t.equal(bucket.take(99), false);
  t.equal(bucket.take(200), true);
  t.same(
    Array.from({ length: 7 }, () => bucket.take(1e9)).filter(Boolean).length,
    5,
    'no more than the burst',
  );
});
