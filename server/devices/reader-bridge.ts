// Identity readers behind a bridge: a small program beside the maker's own library (often 32-bit, Windows only) that offers
// what was read by HTTP. The room asks; nothing on the reader's PC needs to know the room. The contract is in docs/devices.md.

import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { boundedText } from './bounded-text.js';
import { DeviceFault, type Device } from './contract.js';
import type { ReaderHost } from './reader-hid.js';
import { faultOf } from './transport.js';

export const BridgeReaderSettings = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[A-Za-z0-9.:\\[\\]-]{1,260}$',
      description: 'Where the bridge listens: http://127.0.0.1:18990, or the PC at the door.',
    }),
    token: Type.String({
      minLength: 16,
      maxLength: 200,
      description: 'Shared secret; the bridge answers only to who has it.',
    }),
  },
  { additionalProperties: false },
);
export type BridgeReaderSettings = Static<typeof BridgeReaderSettings>;

/** The answer of the bridge to `GET /reads?after=<seq>`; further fields are left alone. */
const AnswerSchema = Type.Object({
  /** Changes when the bridge starts anew: its numbers begin again. */
  bootId: Type.String({ minLength: 1, maxLength: 60 }),
  ready: Type.Boolean(),
  model: Type.Optional(Type.String({ maxLength: 200 })),
  serial: Type.Optional(Type.String({ maxLength: 200 })),
  seq: Type.Integer({ minimum: 0 }),
  reads: Type.Array(
    Type.Object({
      seq: Type.Integer({ minimum: 1 }),
      documentNo: Type.String({ minLength: 1, maxLength: 60 }),
      name: Type.Optional(Type.String({ maxLength: 60 })),
    }),
    { maxItems: 100 },
  ),
});
type Answer = Static<typeof AnswerSchema>;

const MOST_BYTES = 100_000;
const POLL_WITHIN_MS = 2_500;

async function ask(
  { url, token }: BridgeReaderSettings,
  after: number,
  signal: AbortSignal,
): Promise<Answer> {
  let text: string;
  try {
    const response = await fetch(`${url}/reads?after=${after}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(POLL_WITHIN_MS)]),
    });
    if (response.status === 401 || response.status === 403) throw new DeviceFault('refused', 'wrong token');
    if (!response.ok) throw new DeviceFault('bad-answer', `HTTP ${response.status}`);
    text = await boundedText(response, MOST_BYTES);
  } catch (error) {
    throw faultOf(error);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new DeviceFault('bad-answer', 'the bridge sends no JSON');
  }
  // No word of the answer goes into the fault: it may hold a person's number.
  if (!Value.Check(AnswerSchema, answer))
    throw new DeviceFault('bad-answer', 'the bridge does not keep its contract');
  return answer;
}

/** Documents that lay in the bridge before the room asked first belong to nobody's check-in and are passed over. */
export function openBridgeReader(deviceId: string, settings: BridgeReaderSettings, host: ReaderHost): Device {
  let seen: { bootId: string; seq: number } | null = null;
  let reads = 0;
  return {
    deviceId,
    kind: 'id-reader',
    async poll(signal) {
      const first = seen === null;
      let answer = await ask(settings, seen?.seq ?? 0, signal);
      if (seen !== null && answer.bootId !== seen.bootId) answer = await ask(settings, 0, signal);
      const after = seen?.bootId === answer.bootId ? seen.seq : 0;
      const fresh = first ? [] : answer.reads.filter(({ seq }) => seq > after).sort((a, b) => a.seq - b.seq);
      seen = {
        bootId: answer.bootId,
        seq: Math.max(answer.seq, after, ...answer.reads.map(({ seq }) => seq)),
      };
      for (const { documentNo, name } of fresh) {
        reads++;
        host.documentRead(deviceId, { documentNo, ...(name === undefined ? {} : { name }) });
      }
      const { ready, model, serial } = answer;
      return {
        'reader.ready': ready,
        'reader.reads': reads,
        ...(model === undefined ? {} : { model }),
        ...(serial === undefined ? {} : { serial }),
      };
    },
    close: () => Promise.resolve(),
  };
}

/** A reader behind a bridge. */
export function prepareBridgeReader(
  deviceId: string,
  settings: BridgeReaderSettings,
  host: ReaderHost,
): Promise<{ kind: 'id-reader'; open: () => Device }> {
  return Promise.resolve({ kind: 'id-reader', open: () => openBridgeReader(deviceId, settings, host) });
}
