// Modbus of device profiles: TCP, RTU on a serial line, and RTU through a TCP gateway. Several devices may share a line; it is
// opened once, asked one after the other, and thrown away after every doubt so that no late answer meets a later question.

import { EventEmitter } from 'node:events';
import { Type, type Static } from '@sinclair/typebox';
import ModbusLibrary from 'modbus-serial';
import { DeviceFault } from './contract.js';
import type { PointValue } from './expression.js';
import { bytesOf, hexOf } from './frame-template.js';
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

type Client = ModbusLibrary.default;
const ModbusClient = ModbusLibrary.default;

const strict = { additionalProperties: false } as const;
const Address = Type.Integer({ minimum: 0, maximum: 65_535 });
const unit = Type.Integer({ minimum: 0, maximum: 247, default: 1 });
const timeoutMs = Type.Integer({ minimum: 50, maximum: 3_000, default: 1_000 });
const host = Type.String({ minLength: 1, maxLength: 253 });
/** Quiet time that slow devices need between two requests. */
const gapMs = Type.Integer({ minimum: 0, maximum: 1_000, default: 0 });

const REGISTERS = { uint16: 1, int16: 1, uint32: 2, int32: 2, float32: 2 } as const;
type Data = keyof typeof REGISTERS;
const MOST_IN_ONE_READ = 64;

const Read = Type.Object(
  {
    /** 1 coil, 2 discrete input, 3 holding register, 4 input register. */
    fc: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)]),
    addr: Address,
    data: Type.Optional(Type.Union((Object.keys(REGISTERS) as Data[]).map((name) => Type.Literal(name)))),
    /** Of two registers the low one comes first. */
    swap: Type.Optional(Type.Boolean()),
  },
  strict,
);
type ReadPoint = Static<typeof Read>;

const Write = Type.Union([
  Type.Object({ fc: Type.Literal(5), addr: Address, value: Type.Boolean() }, strict),
  Type.Object({ fc: Type.Literal(6), addr: Address, value: Address }, strict),
  Type.Object(
    { fc: Type.Literal(15), addr: Address, value: Type.Array(Type.Boolean(), { minItems: 1, maxItems: 64 }) },
    strict,
  ),
  Type.Object(
    { fc: Type.Literal(16), addr: Address, value: Type.Array(Address, { minItems: 1, maxItems: 64 }) },
    strict,
  ),
]);

function problem(what: ReadPoint | Static<typeof Write>): string | null {
  if (what.fc > 4) return null;
  const { fc, data, swap } = what as ReadPoint;
  if (fc < 3 && (data !== undefined || swap !== undefined)) return 'a coil or an input has no data type';
  return swap === true && REGISTERS[data ?? 'uint16'] === 1 ? 'one register has nothing to swap' : null;
}

interface LineSettings {
  unit: number;
  timeoutMs: number;
  gapMs: number;
}

const sharedLines = new Map<string, Line>();

/** One line with everybody who uses it. */
class Line {
  readonly #turns = new Turns();
  #client: Client | null = null;
  #users = 0;

  private constructor(
    private readonly name: string | null,
    private readonly connect: () => Promise<Client>,
  ) {}

  /** @param name null for a line of one's own */
  static use(name: string | null, connect: () => Promise<Client>): Line {
    const line = (name === null ? undefined : sharedLines.get(name)) ?? new Line(name, connect);
    if (name !== null) sharedLines.set(name, line);
    line.#users++;
    return line;
  }

  ask<T>(settings: LineSettings, signal: AbortSignal, question: (client: Client) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (signal.aborted) throw new DeviceFault('timed-out', 'given up before its turn');
      try {
        this.#client ??= await withSignal(signal, this.#opened());
        const client = this.#client;
        client.setID(settings.unit);
        client.setTimeout(settings.timeoutMs);
        const answer = await withSignal(signal, unlessClosed(client, question(client)));
        if (settings.gapMs > 0) await new Promise((resolve) => setTimeout(resolve, settings.gapMs));
        return answer;
      } catch (error) {
        const fault = faultOf(error);
        if (fault.code !== 'refused') this.#drop();
        throw fault;
      }
    });
  }

  async leave(): Promise<void> {
    if (--this.#users > 0) return;
    if (this.name !== null && sharedLines.get(this.name) === this) sharedLines.delete(this.name);
    await this.#turns.take(() => Promise.resolve(this.#drop()));
  }

  /** A line that comes up after everybody gave it up is closed, not kept. */
  async #opened(): Promise<Client> {
    const client = await this.connect();
    client.on('error', () => this.#drop());
    client.on('close', () => this.#drop());
    return client;
  }

  #drop(): void {
    const client = this.#client;
    this.#client = null;
    if (client !== null) endClient(client);
  }
}

/** Who closes without an answer gives none: nobody waits for it. */
async function unlessClosed<T>(client: Client, answer: Promise<T>): Promise<T> {
  const events = client as unknown as EventEmitter;
  let closed: () => void = () => undefined;
  const end = new Promise<never>((_resolve, reject) => {
    closed = () => reject(new DeviceFault('unreachable', 'the line was closed'));
    events.on('close', closed);
  });
  try {
    return await Promise.race([answer, end]);
  } finally {
    events.off('close', closed);
    answer.catch(() => undefined);
    end.catch(() => undefined);
  }
}

function endClient(client: Client): void {
  try {
    client.on('error', () => undefined);
    client.destroy(() => undefined);
  } catch {
    // It was not open.
  }
}

/** The device answered, and its answer is no: the line is in order. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { modbusCode, message } = error as { modbusCode?: number; message: string };
    throw modbusCode === undefined ? error : new DeviceFault('refused', message);
  }
}

interface Span {
  fc: ReadPoint['fc'];
  from: number;
  size: number;
}

const sizeOf = ({ fc, data }: ReadPoint) => (fc < 3 ? 1 : REGISTERS[data ?? 'uint16']);

/** Neighbours are read together; nothing is read that the profile does not name. */
export function spansOf(reads: readonly ReadPoint[]): Span[] {
  const spans: Span[] = [];
  const sorted = [...reads].sort((a, b) => a.fc - b.fc || a.addr - b.addr);
  for (const read of sorted) {
    const last = spans.at(-1);
    const end = read.addr + sizeOf(read);
    const joins =
      last !== undefined &&
      last.fc === read.fc &&
      read.addr <= last.from + last.size &&
      end - last.from <= MOST_IN_ONE_READ;
    if (joins) last.size = Math.max(last.size, end - last.from);
    else spans.push({ fc: read.fc, from: read.addr, size: sizeOf(read) });
  }
  return spans;
}

function askSpan(client: Client, { fc, from, size }: Span): Promise<{ data: (boolean | number)[] }> {
  if (fc === 1) return client.readCoils(from, size);
  if (fc === 2) return client.readDiscreteInputs(from, size);
  return fc === 3 ? client.readHoldingRegisters(from, size) : client.readInputRegisters(from, size);
}

function valueOf(read: ReadPoint, data: readonly (boolean | number)[], at: number): PointValue {
  const first = data[at];
  if (first === undefined) throw new DeviceFault('bad-answer', `nothing at ${read.addr}`);
  if (typeof first === 'boolean') return first;
  const words = read.data ?? 'uint16';
  const bytes = Buffer.alloc(4);
  if (REGISTERS[words] === 1) {
    bytes.writeUInt16BE(first);
    return words === 'int16' ? bytes.readInt16BE() : first;
  }
  const second = data[at + 1];
  if (typeof second !== 'number') throw new DeviceFault('bad-answer', `half a value at ${read.addr}`);
  const [high, low] = read.swap === true ? [second, first] : [first, second];
  bytes.writeUInt16BE(high);
  bytes.writeUInt16BE(low, 2);
  if (words === 'float32') return bytes.readFloatBE();
  return words === 'int32' ? bytes.readInt32BE() : bytes.readUInt32BE();
}

async function readAll(
  line: Line,
  settings: LineSettings,
  reads: readonly ReadPoint[],
  signal: AbortSignal,
): Promise<PointValue[]> {
  const answers: { span: Span; data: (boolean | number)[] }[] = [];
  for (const span of spansOf(reads)) {
    const { data } = await line.ask(settings, signal, (client) => asked(askSpan(client, span)));
    answers.push({ span, data });
  }
  return reads.map((read) => {
    const holds = answers.find(
      ({ span }) =>
        span.fc === read.fc && span.from <= read.addr && read.addr + sizeOf(read) <= span.from + span.size,
    );
    return valueOf(read, holds?.data ?? [], read.addr - (holds?.span.from ?? 0));
  });
}

async function writeOne(client: Client, write: Static<typeof Write>): Promise<void> {
  if (write.fc === 5) await client.writeCoil(write.addr, write.value);
  else if (write.fc === 6) await client.writeRegister(write.addr, write.value);
  else if (write.fc === 15) await client.writeCoils(write.addr, write.value);
  else await client.writeRegisters(write.addr, write.value);
}

function overLine(settings: LineSettings, name: string | null, connect: () => Promise<Client>): Transport {
  const line = Line.use(name, connect);
  return {
    read: (reads, signal) => readAll(line, settings, reads as ReadPoint[], signal),
    write: (write, signal) =>
      line.ask(settings, signal, (client) => asked(writeOne(client, write as Static<typeof Write>))),
    close: () => line.leave(),
  };
}

/** Replies of fixtures are RTU frames in hexadecimal, checksum included, for all three kinds of Modbus. */
class FixturePort extends EventEmitter {
  readonly isOpen = true;

  constructor(private readonly replies: Replies) {
    super();
  }

  open(done: () => void): void {
    done();
  }

  close(done?: () => void): void {
    done?.();
  }

  destroy(done?: () => void): void {
    done?.();
  }

  write(frame: Buffer): void {
    let reply: Buffer | DeviceFault;
    try {
      reply = bytesOf(replyTo(this.replies, hexOf(frame)));
    } catch (error) {
      reply = error as DeviceFault;
    }
    setImmediate(() => {
      if (Buffer.isBuffer(reply)) this.emit('data', reply);
      else this.fault = reply;
    });
  }

  fault: DeviceFault | null = null;
}

function replay(settings: LineSettings, replies: Replies): Transport {
  const port = new FixturePort(replies);
  const connect = () =>
    new Promise<Client>((resolve) => {
      const client = new ModbusClient(port);
      client.open(() => resolve(client));
    });
  const transport = overLine({ ...settings, timeoutMs: 100, gapMs: 0 }, null, connect);
  /** What the fixture lacks is said, not waited for. */
  const orLack = async <T>(work: Promise<T>): Promise<T> => {
    port.fault = null;
    try {
      return await work;
    } catch (error) {
      throw port.fault ?? error;
    }
  };
  return {
    ...transport,
    read: (reads, signal) => orLack(transport.read(reads, signal)),
    write: (write, signal) => orLack(transport.write(write, signal)),
  };
}

async function connected(client: Client, connecting: Promise<unknown>): Promise<Client> {
  try {
    await connecting;
    return client;
  } catch (error) {
    endClient(client);
    throw error;
  }
}

const shared = { read: Read, write: Write, problem, replay };

export const MODBUS_TCP = transportKind({
  ...shared,
  settings: Type.Object(
    {
      type: Type.Literal('modbus-tcp'),
      host,
      port: Type.Integer({ minimum: 1, maximum: 65_535, default: 502 }),
      unit,
      timeoutMs,
      gapMs,
    },
    strict,
  ),
  open: (settings) =>
    overLine(settings, `tcp ${settings.host}:${settings.port}`, () => {
      const client = new ModbusClient();
      client.setTimeout(settings.timeoutMs);
      return connected(client, client.connectTCP(settings.host, { port: settings.port }));
    }),
});

export const MODBUS_RTU_TCP = transportKind({
  ...shared,
  settings: Type.Object(
    {
      type: Type.Literal('modbus-rtu-tcp'),
      host,
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      unit,
      timeoutMs,
      gapMs,
    },
    strict,
  ),
  open: (settings) =>
    overLine(settings, `rtu ${settings.host}:${settings.port}`, () => {
      const client = new ModbusClient();
      client.setTimeout(settings.timeoutMs);
      // Frames of a serial line, checksums included, as gateways pass them on. The library's "TcpRTUBuffered" is Modbus TCP.
      return connected(client, client.connectTelnet(settings.host, { port: settings.port }));
    }),
});

export const MODBUS_RTU = transportKind({
  ...shared,
  settings: Type.Object(
    {
      type: Type.Literal('modbus-rtu'),
      ...serialLine,
      unit,
      timeoutMs,
      gapMs: Type.Integer({ minimum: 0, maximum: 1_000, default: 30 }),
    },
    strict,
  ),
  open: (settings) =>
    overLine(settings, `serial ${settings.serialPort}`, () => {
      const client = new ModbusClient();
      const { serialPort, baudRate, parity, stopBits } = settings;
      return connected(client, client.connectRTUBuffered(serialPort, { baudRate, parity, stopBits }));
    }),
});
