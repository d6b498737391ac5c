// Relay boards on USB (HID 16c0:05df) as a transport of device profiles, and the transport of devices that nobody can ask:
// what a person says about them stands in the journal, never here.

import { Type, type Static } from '@sinclair/typebox';
import { DeviceFault } from './contract.js';
import { bytesOf, hexOf } from './frame-template.js';
import { faultOf, replyTo, transportKind, Turns, withSignal, type Transport } from './transport.js';

const strict = { additionalProperties: false } as const;
const VENDOR_ID = 0x16c0;
const PRODUCT_ID = 0x05df;
const REPORT_BYTES = 9;
const STATE_BYTE = 7;
const ON = 0xff;
const OFF = 0xfd;

const channel = Type.Integer({ minimum: 1, maximum: 8 });
const Read = Type.Object({ channel }, strict);
const Write = Type.Object({ channel, value: Type.Boolean() }, strict);

/** What is used of an open board. */
export interface RelayBoard {
  getFeatureReport(reportId: number, length: number): Promise<Uint8Array>;
  sendFeatureReport(data: number[]): Promise<unknown>;
  close(): Promise<void>;
}

/** The same exchange over whatever board `open` gives. */
export function overBoard(open: () => Promise<RelayBoard>): Transport {
  const turns = new Turns();
  let board: RelayBoard | null = null;
  const withBoard = <T>(signal: AbortSignal, work: (board: RelayBoard) => Promise<T>) =>
    turns.take(async () => {
      try {
        board ??= await withSignal(signal, open());
        return await withSignal(signal, work(board));
      } catch (error) {
        const ended = board;
        board = null;
        await ended?.close().catch(() => undefined);
        throw faultOf(error);
      }
    });
  return {
    async read(reads, signal) {
      if (reads.length === 0) return [];
      const report = await withBoard(signal, (here) => here.getFeatureReport(1, REPORT_BYTES));
      const states = report[STATE_BYTE];
      if (states === undefined) throw new DeviceFault('bad-answer', 'a short report');
      return (reads as Static<typeof Read>[]).map((read) => ((states >> (read.channel - 1)) & 1) === 1);
    },
    async write(write, signal) {
      const { channel: number, value } = write as Static<typeof Write>;
      const report = [0, value ? ON : OFF, number, 0, 0, 0, 0, 0, 0];
      await withBoard(signal, (here) => here.sendFeatureReport(report));
    },
    async close() {
      const ended = board;
      board = null;
      await ended?.close().catch(() => undefined);
    },
  };
}

async function openBoard(serial: string | undefined): Promise<RelayBoard> {
  const hid = await import('node-hid').catch(() => {
    throw new DeviceFault('not-installed', 'the module node-hid is missing');
  });
  const boards = await hid.devicesAsync(VENDOR_ID, PRODUCT_ID);
  const mine = boards.find(({ serialNumber }) => serial === undefined || serialNumber === serial);
  if (mine?.path === undefined) throw new DeviceFault('unreachable', 'no such relay board on USB');
  return hid.HIDAsync.open(mine.path);
}

/** Fixtures: `get` answered by the report in hexadecimal, `set <bytes>` answered by `ok`. */
export const RELAY = transportKind({
  settings: Type.Object(
    { type: Type.Literal('relay'), serial: Type.Optional(Type.String({ maxLength: 60 })) },
    strict,
  ),
  read: Read,
  write: Write,
  open: ({ serial }) => overBoard(() => openBoard(serial)),
  replay: (_settings, replies) =>
    overBoard(() =>
      Promise.resolve({
        getFeatureReport: async () => bytesOf(replyTo(replies, 'get')),
        sendFeatureReport: async (data) => replyTo(replies, `set ${hexOf(Uint8Array.from(data))}`),
        close: () => Promise.resolve(),
      }),
    ),
});

/** Nothing can be asked and nothing switched. */
const silent: Transport = {
  read: () => Promise.resolve([]),
  write: () => Promise.reject(new DeviceFault('refused', 'only a person can switch this device')),
  close: () => Promise.resolve(),
};

export const MANUAL = transportKind({
  settings: Type.Object({ type: Type.Literal('manual') }, strict),
  read: Type.Never(),
  write: Type.Never(),
  open: () => silent,
  replay: () => silent,
});
