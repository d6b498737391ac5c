// SNMP of device profiles: numbered objects are read together and written one by one. UPS have an adapter of their own; this
// is for jammers, meters and boxes with a network card.

import { Type, type Static } from '@sinclair/typebox';
import snmp, { type Session, type Varbind } from 'net-snmp';
import { DeviceFault } from './contract.js';
import type { PointValue } from './expression.js';
import { snmpProtocol } from './snmp-session.js';
import { faultOf, replyTo, transportKind, withSignal, type Replies, type Transport } from './transport.js';

const strict = { additionalProperties: false } as const;
const Oid = Type.String({ pattern: '^1(\\.[0-9]{1,10}){2,40}$' });
const Read = Type.Object({ oid: Oid }, strict);
const Write = Type.Union([
  Type.Object(
    {
      oid: Oid,
      type: Type.Literal('integer'),
      value: Type.Integer({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }),
    },
    strict,
  ),
  Type.Object({ oid: Oid, type: Type.Literal('text'), value: Type.String({ maxLength: 200 }) }, strict),
]);
type WritePoint = Static<typeof Write>;

const Settings = Type.Object(
  {
    type: Type.Literal('snmp'),
    host: Type.String({ minLength: 1, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 161 }),
    version: Type.Union([Type.Literal('1'), Type.Literal('2c'), Type.Literal('3')], { default: '2c' }),
    community: Type.String({ maxLength: 100, default: 'public' }),
    user: Type.Optional(Type.String({ maxLength: 100 })),
    /** Version 3: SHA for who asks and AES for what is said, under this one password. */
    password: Type.Optional(Type.String({ minLength: 8, maxLength: 200 })),
    timeoutMs: Type.Integer({ minimum: 50, maximum: 3_000, default: 1_000 }),
  },
  strict,
);
type SnmpSettings = Static<typeof Settings>;

function openSession({ host, port, version, community, user, password, timeoutMs }: SnmpSettings): Session {
  const options = { port, timeout: timeoutMs, retries: 0 };
  if (version !== '3')
    return snmp.createSession(host, community, {
      ...options,
      version: version === '1' ? snmp.Version1 : snmp.Version2c,
    });
  const name = user ?? '';
  const { noAuthNoPriv, authPriv } = snmp.SecurityLevel;
  if (password === undefined) return snmp.createV3Session(host, { name, level: noAuthNoPriv }, options);
  const both = {
    authProtocol: snmpProtocol(snmp.AuthProtocols, 'sha'),
    authKey: password,
    privProtocol: snmpProtocol(snmp.PrivProtocols, 'aes'),
    privKey: password,
  };
  return snmp.createV3Session(host, { name, level: authPriv, ...both }, options);
}

function valueOf(varbind: Varbind): PointValue {
  if (snmp.isVarbindError(varbind)) throw new DeviceFault('bad-answer', snmp.varbindError(varbind));
  const { value, oid } = varbind;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  if (Buffer.isBuffer(value) && value.length <= 200) return value.toString('utf8');
  throw new DeviceFault('bad-answer', `no number and no text at ${oid}`);
}

function snmpFault(error: unknown): DeviceFault {
  if (error instanceof snmp.RequestTimedOutError) return new DeviceFault('timed-out', 'no answer');
  if (error instanceof snmp.RequestFailedError) return new DeviceFault('refused', error.message);
  return faultOf(error);
}

function overSession(settings: SnmpSettings): Transport {
  let session: Session | null = null;
  const drop = () => {
    const ended = session;
    session = null;
    try {
      ended?.close();
    } catch {
      // It was closed by itself.
    }
  };
  async function ask(
    question: (session: Session, answer: (error: Error | null, found?: Varbind[]) => void) => void,
    signal: AbortSignal,
  ) {
    if (session === null) {
      session = openSession(settings);
      session.on('error', drop);
    }
    const here = session;
    const answered = new Promise<Varbind[]>((resolve, reject) =>
      question(here, (error, found) => (error === null ? resolve(found ?? []) : reject(snmpFault(error)))),
    );
    try {
      return await withSignal(signal, answered);
    } catch (error) {
      drop();
      throw error;
    }
  }
  return {
    async read(reads, signal) {
      const oids = (reads as Static<typeof Read>[]).map(({ oid }) => oid);
      if (oids.length === 0) return [];
      const found = await ask((here, answer) => void here.get(oids, answer), signal);
      return oids.map((oid) => {
        const varbind = found.find((each) => each.oid === oid);
        if (varbind === undefined) throw new DeviceFault('bad-answer', `no answer for ${oid}`);
        return valueOf(varbind);
      });
    },
    async write(write, signal) {
      const { oid, type, value } = write as WritePoint;
      const kind = snmp.ObjectType[type === 'integer' ? 'Integer' : 'OctetString'] ?? 0;
      await ask((here, answer) => void here.set([{ oid, type: kind, value }], answer), signal);
    },
    close: () => Promise.resolve(drop()),
  };
}

/** Fixtures: `get 1.3.6…` answered by a number or a text, `set 1.3.6… = value` answered by `ok`. */
function replay(_settings: unknown, replies: Replies): Transport {
  return {
    async read(reads) {
      return (reads as Static<typeof Read>[]).map(({ oid }) => {
        const reply = replyTo(replies, `get ${oid}`);
        return /^-?[0-9]+$/.test(reply) ? Number(reply) : reply;
      });
    },
    async write(write) {
      const { oid, value } = write as WritePoint;
      if (replyTo(replies, `set ${oid} = ${value}`) !== 'ok') throw new DeviceFault('refused', oid);
    },
    close: () => Promise.resolve(),
  };
}

export const SNMP = transportKind({
  settings: Settings,
  read: Read,
  write: Write,
  open: overSession,
  replay,
});
