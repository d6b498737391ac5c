// Vendor frames of device profiles, over TCP or a serial line: one frame out, one frame back. What comes without having been
// asked for is thrown away before the next question, and a line that failed is opened anew.

import { connect } from 'node:net';
import { Type, type Static } from '@sinclair/typebox';
import { DeviceFault } from './contract.js';
import { ExpressionError, type PointValue } from './expression.js';
import { bytesOf, fieldsOf, findFrame, frameBytes, hexOf, parseFrame } from './frame-template.js';
import { serialLine } from './serial-line.js';
import {
  faultOf,
  replyTo,
  transportKind,
  Turns,
  withSignal,
  type Replies,
  type Transport,
} from './transport.js';

const strict = { additionalProperties: false } as const;
const Frame = Type.String({ minLength: 2, maxLength: 500 });
const timeoutMs = Type.Integer({ minimum: 50, maximum: 3_000, default: 1_000 });

const Read = Type.Object(
  { send: Frame, reply: Frame, field: Type.String({ minLength: 1, maxLength: 40 }) },
  strict,
);
const Write = Type.Object({ send: Frame, reply: Type.Optional(Frame) }, strict);
type ReadPoint = Static<typeof Read>;
type WritePoint = Static<typeof Write>;

/** A device that says more than this without the frame that is waited for says nonsense. */
const MOST_BYTES = 4_096;

function problem(what: ReadPoint | WritePoint): string | null {
  try {
    parseFrame(what.send, 'send');
    const fields = what.reply === undefined ? [] : fieldsOf(parseFrame(what.reply, 'reply'));
    if ('field' in what && !fields.includes(what.field)) return `the reply has no field ${what.field}`;
    return null;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** A line with bytes in both directions. */
export interface ByteLine {
  send(bytes: Buffer): void;
  onBytes: (bytes: Buffer) => void;
  onEnd: (error: Error | null) => void;
  close(): Promise<void>;
}

/** The same exchange over whatever line `open` gives; exported for lines that only tests have. */
function overBytes(settings: { timeoutMs: number }, open: () => Promise<ByteLine>): Transport {
  const turns = new Turns();
  let line: ByteLine | null = null;
  let closed = false;

  async function drop(): Promise<void> {
    const ended = line;
    line = null;
    await ended?.close();
  }

  async function opened(): Promise<ByteLine> {
    const fresh = await open();
    if (closed) {
      await fresh.close();
      throw new DeviceFault('unreachable', 'closed');
    }
    fresh.onBytes = () => undefined;
    fresh.onEnd = () => {
      if (line === fresh) line = null;
    };
    line = fresh;
    return fresh;
  }

  function exchange(send: string, reply: string | undefined, signal: AbortSignal) {
    return turns.take(async (): Promise<Record<string, PointValue>> => {
      if (signal.aborted) throw new DeviceFault('timed-out', 'given up before its turn');
      try {
        const here = line ?? (await withSignal(signal, opened()));
        return await withSignal(signal, askOnce(here, send, reply, settings.timeoutMs));
      } catch (error) {
        await drop();
        throw faultOf(error);
      }
    });
  }

  return {
    async read(reads, signal) {
      const answers = new Map<string, Record<string, PointValue>>();
      const values: PointValue[] = [];
      for (const { send, reply, field } of reads as ReadPoint[]) {
        const key = `${send}\n${reply}`;
        const found = answers.get(key) ?? (await exchange(send, reply, signal));
        answers.set(key, found);
        const value = found[field];
        if (value === undefined) throw new DeviceFault('bad-answer', `no field ${field}`);
        values.push(value);
      }
      return values;
    },
    async write(write, signal) {
      const { send, reply } = write as WritePoint;
      await exchange(send, reply, signal);
    },
    async close() {
      closed = true;
      await drop();
    },
  };
}

function askOnce(
  line: ByteLine,
  send: string,
  reply: string | undefined,
  timeoutMs: number,
): Promise<Record<string, PointValue>> {
  return new Promise((resolve, reject) => {
    const template = reply === undefined ? null : parseFrame(reply, 'reply');
    let came = Buffer.alloc(0);
    const timer = setTimeout(
      () => end(() => reject(new DeviceFault('timed-out', `after ${hexOf(came.subarray(0, 32))}`))),
      timeoutMs,
    );
    const endedBefore = line.onEnd;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      line.onBytes = () => undefined;
      line.onEnd = endedBefore;
      settle();
    };
    line.onEnd = (error) => {
      endedBefore(error);
      end(() => reject(error ?? new DeviceFault('unreachable', 'the device ended the connection')));
    };
    line.onBytes = (bytes) => {
      if (template === null) return;
      came = Buffer.concat([came, bytes]);
      const match = findFrame(template, came);
      if (typeof match === 'object') end(() => resolve(match.found));
      else if (came.length > MOST_BYTES)
        end(() => reject(new DeviceFault('bad-answer', hexOf(came.subarray(0, 32)))));
    };
    line.send(frameBytes(parseFrame(send, 'send')));
    if (template === null) end(() => resolve({}));
  });
}

async function openTcp(host: string, port: number, timeoutMs: number): Promise<ByteLine> {
  const socket = connect({ host, port, noDelay: true });
  const line: ByteLine = {
    send: (bytes) => void socket.write(bytes),
    onBytes: () => undefined,
    onEnd: () => undefined,
    close: () => Promise.resolve(void socket.destroy()),
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new DeviceFault('timed-out', 'no connection'));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  socket.on('data', (bytes) => line.onBytes(bytes));
  socket.on('error', (error) => line.onEnd(error));
  socket.on('close', () => line.onEnd(null));
  return line;
}

interface SerialSettings {
  serialPort: string;
  baudRate: number;
  parity: 'none' | 'even' | 'odd';
  stopBits: 1 | 2;
}

/** The serial library is an optional part of the Modbus library: a server without serial lines needs none. */
async function openSerial({ serialPort, ...options }: SerialSettings): Promise<ByteLine> {
  const { SerialPort } = await import('serialport').catch(() => {
    throw new DeviceFault('not-installed', 'the module serialport is missing');
  });
  const port = new SerialPort({ path: serialPort, ...options, autoOpen: false });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error === null ? resolve() : reject(error))),
  );
  const line: ByteLine = {
    send: (bytes) => void port.write(bytes),
    onBytes: () => undefined,
    onEnd: () => undefined,
    close: () =>
      new Promise((resolve) => {
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
  port.on('data', (bytes: Buffer) => line.onBytes(bytes));
  port.on('error', (error: Error) => line.onEnd(error));
  port.on('close', () => line.onEnd(null));
  return line;
}

/** Requests and replies of fixtures are bytes in hexadecimal; an empty reply is silence. */
function replay(_settings: unknown, replies: Replies): Transport {
  return overBytes({ timeoutMs: 100 }, () => {
    const line: ByteLine = {
      send: (bytes) => {
        let settle: () => void;
        try {
          const reply = bytesOf(replyTo(replies, hexOf(bytes)));
          settle = () => line.onBytes(reply);
        } catch (error) {
          settle = () => line.onEnd(error as Error);
        }
        setImmediate(() => settle());
      },
      onBytes: () => undefined,
      onEnd: () => undefined,
      close: () => Promise.resolve(),
    };
    return Promise.resolve(line);
  });
}

const shared = { read: Read, write: Write, problem, replay };

export const TCP_FRAME = transportKind({
  ...shared,
  settings: Type.Object(
    {
      type: Type.Literal('tcp-frame'),
      host: Type.String({ minLength: 1, maxLength: 253 }),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      timeoutMs,
    },
    strict,
  ),
  open: (settings) => overBytes(settings, () => openTcp(settings.host, settings.port, settings.timeoutMs)),
});

export const SERIAL_FRAME = transportKind({
  ...shared,
  settings: Type.Object(
    {
      type: Type.Literal('serial-frame'),
      ...serialLine,
      timeoutMs,
    },
    strict,
  ),
  open: (settings) => overBytes(settings, () => openSerial(settings)),
});
