// Frames of candidates' PCs on a real socket of a running exam: each is answered, refused by a documented code, or costs its own
// connection; what is refused changes nothing; what is taken is in the journal.

import { isUtf8 } from 'node:buffer';
import { Value } from '@sinclair/typebox/value';
import { evolve } from '../../../server/core/evolve.js';
import { initialState } from '../../../server/core/initial.js';
import { MAX_SEAT_FRAME_BYTES, SeatMessageSchema } from '../../../server/protocol/seat.js';
import { REFUSAL_CODES } from '../../../server/core/refusals.js';
import { eventOf } from '../../../server/protocol/journal-event.js';
import { SeatClient, secretOf } from '../../support/seat-client.js';
import { saveOf, SeatsSetting } from '../../support/seats-setting.js';
import { PAPER, SESSION } from '../../support/small-room.js';
import { mutateBytes } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { expect, showBytes, type OpenTarget, type Target } from '../target.js';

interface Frame {
  bytes: Buffer;
  binary: boolean;
}

const FREE = { messagesPerSecond: 1e6, messageBurst: 1e6, bytesPerSecond: 1e12, byteBurst: 1e12 };
/** Rows that a connection makes by coming and going, and those that put a refusal on record. */
const BESIDE = new Set([
  'seat-connected',
  'seat-disconnected',
  'log-in-refused',
  'command-refused',
  'clock-doubted',
  'clock-settled',
]);
const CODES = new Set<string>(REFUSAL_CODES);
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

async function openSeats(): Promise<OpenTarget<Frame>> {
  let setting: SeatsSetting;
  let pc: SeatClient;
  let fence = 1;
  const begin = async () => {
    setting = await SeatsSetting.open({ limits: FREE });
    [pc] = (await setting.running(2)) as [SeatClient, SeatClient];
  };
  await begin();
  const now = setting!.room.now();
  const base = { candidateId: 'c1', lease: 1 };
  const samples = [
    { t: 'hello', v: 1, client: 'test', pcSecret: secretOf(0), roomNow: null },
    { t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 },
    { ...saveOf(setting!), id: 7 },
    {
      ...saveOf(setting!, {
        itemId: 'q2',
        rev: 2,
        value: { options: ['a', 'b'] },
        restores: [{ rev: 2, ofRev: 1 }],
      }),
      id: 7,
    },
    { ...saveOf(setting!, { itemId: 'q3', value: { blanks: ['甲', '乙'] } }), id: 7 },
    {
      ...saveOf(setting!, {
        value: { files: [{ fileHash: 'a'.repeat(64), size: 5, name: '文.xlsx', type: '' }] },
      }),
      id: 7,
    },
    { ...saveOf(setting!, { value: { text: '论述' } }), id: 7 },
    { t: 'log-in', id: 7, ticketNo: '1'.repeat(26), password: '111111' },
    { t: 'confirm', id: 7, ...base, what: 'rules' },
    { t: 'submit', id: 7, ...base, madeAt: now },
    { t: 'hand', id: 7, ...base, up: true },
    { t: 'gap', id: 7, ...base, from: now, to: now + 1 },
    { t: 'play', id: 7, ...base, itemId: 'q1', count: 1 },
    { t: 'nothing-unsent', id: 7, ...base },
    {
      t: 'check',
      id: 7,
      check: { browser: 'x', screen: '1x1', storageOk: true, cryptoOk: true, passed: true },
    },
  ].map((message) => Buffer.from(JSON.stringify(message)));
  const sessions = () => {
    const { seats: _seats, clock: _clock, ...rest } = setting.room.state;
    // A lease notes when its PC was away, which a lost connection is.
    return JSON.stringify(rest, (key, value: unknown) => (key === 'offline' ? undefined : value));
  };
  const isMessage = ({ bytes, binary }: Frame): { id?: number; t: string } | null => {
    if (binary || bytes.length > 256 * 1_024 || !isUtf8(bytes)) return null;
    try {
      const value = JSON.parse(bytes.toString('utf8')) as {
        id?: number;
        t: string;
        candidateId?: string;
        itemId?: string;
      };
      const isInherited = [value.candidateId, value.itemId].some((id) => INHERITED.includes(id ?? ''));
      return Value.Check(SeatMessageSchema, value) && !isInherited && (value.t as string) !== 'hello'
        ? value
        : null;
    } catch {
      return null;
    }
  };
  return {
    sample: (random) => ({ bytes: random.pick(samples), binary: false }),
    mutate: ({ bytes, binary }, random) => {
      if (random.onceIn(20)) return { bytes, binary: !binary };
      if (random.onceIn(8)) return { bytes: mutateBytes(bytes, random), binary };
      return { bytes: Buffer.from(mutateJson(bytes.toString('utf8'), random)), binary };
    },
    attempt: async (frame) => {
      const c1 = setting.room.state.sessions[SESSION]?.candidates['c1'];
      if (c1?.ended !== null || setting.room.lastSeq > 400) {
        await setting.close();
        await begin();
      }
      if (pc.closed !== null) {
        pc = await SeatClient.hello(setting.url, 0);
        setting.clients.push(pc);
        await pc.stage('answering');
      }
      const before = sessions();
      const rows = setting.journal.entries.length;
      const message = isMessage(frame);
      const seen = pc.received.length;
      pc.socket.send(frame.bytes, { binary: frame.binary });
      const sent = (fence += 1);
      if (message === null) {
        await pc.untilClosed();
        const code = pc.closed?.code ?? 0;
        // Of what is no UTF-8 the wire itself disposes, if it is not too large to be looked at.
        const isText = isUtf8(frame.bytes) || frame.binary;
        const isTooBig = frame.bytes.length > MAX_SEAT_FRAME_BYTES;
        expect(
          code === 1008 || (isTooBig ? code === 1009 : !isText && code === 1007),
          () => `closed with ${code}`,
        );
        for (const bye of pc.of('bye'))
          expect(['bad-message', 'version'].includes(bye.code), () => `bye ${bye.code}`);
      } else {
        pc.send({ t: 'beat', sent, unsent: 0, oldestUnsentMs: 0 });
        await pc.until(() => pc.of('beat').find((beat) => beat.sent === sent));
        const answer =
          message.id === undefined
            ? null
            : await pc.until(() =>
                pc.received
                  .slice(seen)
                  .find(
                    (one) =>
                      (one.t === 'ack' && one.ids.includes(message.id ?? 0)) ||
                      (one.t === 'refused' && one.id === message.id),
                  ),
              );
        if (answer?.t === 'refused') expect(CODES.has(answer.code), () => `refused with ${answer.code}`);
        if (answer?.t === 'ack') {
          const pcs = setting.journal.entries.length;
          expect(setting.journal.durableSeq === pcs, 'Acknowledged before it was on the disk');
        } else if (answer !== null) expect(sessions() === before, 'A refusal changed the exam');
      }
      const news = setting.journal.entries.slice(rows);
      if (message === null) {
        expect(sessions() === before, 'A frame that is no message changed the exam');
        expect(
          news.every(({ type }) => BESIDE.has(type)),
          () => `It made ${news.map(({ type }) => type).join()}`,
        );
      }
      const all = JSON.stringify(pc.received.slice(seen));
      expect(!all.includes(secretOf(0)), 'The secret of the PC came back');
      if (setting.journal.entries.length % 50 === 0) assertReplays(setting);
    },
    show: ({ bytes, binary }) => `${binary ? 'binary ' : ''}${showBytes(bytes)}`,
    close: async () => {
      assertReplays(setting);
      await setting.close();
    },
  };
}

/** From the journal alone follows what the room holds. */
function assertReplays({ journal, room }: SeatsSetting): void {
  let state = initialState();
  for (const written of journal.entries) state = evolve(state, eventOf(written));
  expect(
    JSON.stringify(state) === JSON.stringify(room.state),
    `The journal of ${PAPER} leads to another state`,
  );
}

export const seatTargets: readonly Target[] = [
  {
    name: 'seat-frames',
    reads: [
      'server/seats/frames.ts',
      'server/seats/gateway.ts',
      'server/seats/seat-commands.ts',
      'server/seats/connection.ts',
    ],
    about:
      'Every message of kaochang.seat.v1 on a real socket of a running exam; fields, JSON and bytes changed.',
    inputsInTests: 200,
    open: () => openSeats() as Promise<OpenTarget<unknown>>,
  },
];
