// One SNMP session to one agent: a question of several objects, its answer, an end. It hides from the rest that the library
// throws inside its socket's events and takes answers from anybody: a bad packet must end nothing but itself.

import { createSocket, type RemoteInfo } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import snmp, { type Session, type User, type Varbind } from 'net-snmp';
import { DeviceFault } from './contract.js';

const strict = { additionalProperties: false } as const;
const KeyFile = (description: string) => Type.String({ minLength: 1, maxLength: 500, description });

/** Where an agent is and how it is spoken to. */
export const SnmpAgentSettings = Type.Object(
  {
    host: Type.String({
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$',
      description:
        'Address of the network card; a fixed address, not a name, so that nothing depends on DNS.',
    }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 161, description: 'UDP port of the agent.' }),
    version: Type.Union([Type.Literal('1'), Type.Literal('2c'), Type.Literal('3')], {
      default: '2c',
      description: 'Version of SNMP; 3 is the only one with secrets that do not travel in the clear.',
    }),
    community: Type.String({
      minLength: 1,
      maxLength: 64,
      default: 'public',
      description: 'Community of versions 1 and 2c.',
    }),
    user: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 32, description: 'User name.' }),
          auth: Type.Optional(
            Type.Object(
              {
                protocol: Type.Union(
                  ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'].map((name) => Type.Literal(name)),
                  { default: 'sha256', description: 'Digest of the authentication.' },
                ),
                keyFile: KeyFile('File with the pass phrase (8 characters or more) in its first line.'),
              },
              { ...strict, description: 'Authentication.' },
            ),
          ),
          privacy: Type.Optional(
            Type.Object(
              {
                protocol: Type.Union(
                  ['aes', 'aes256b', 'aes256r'].map((name) => Type.Literal(name)),
                  { default: 'aes', description: 'Cipher; needs authentication.' },
                ),
                keyFile: KeyFile('File with the pass phrase (8 characters or more) in its first line.'),
              },
              { ...strict, description: 'Encryption.' },
            ),
          ),
        },
        { ...strict, description: 'User of version 3.' },
      ),
    ),
  },
  strict,
);
export type SnmpAgentSettings = Static<typeof SnmpAgentSettings>;

export type SnmpValue = number | string | Buffer;

export interface SnmpAnswer {
  /** The object that comes next after the one asked for: `1.3.6...`. */
  oid: string;
  value: SnmpValue;
}

/** What may come back for one object: the next one with its value, or nothing. */
export type SnmpNext = SnmpAnswer | null;

/** A whole question; the supervisor's own limit is usually shorter. */
const DEADLINE_MS = 3_000;
/** Larger questions are too big for the cards of some UPSes. */
const OBJECTS_IN_ONE_QUESTION = 8;

export class SnmpSession {
  #session: Session | null = null;

  /** @param folder what relative paths of the settings are below */
  constructor(
    private readonly agent: SnmpAgentSettings,
    private readonly folder = '.',
  ) {}

  /**
   * For each object the one that follows it, which also finds the rows of a table; works alike in all versions.
   * Each packet is sent once. @throws DeviceFault
   */
  async next(oids: readonly string[], signal: AbortSignal): Promise<SnmpNext[]> {
    const answers: SnmpNext[] = [];
    for (let from = 0; from < oids.length; from += OBJECTS_IN_ONE_QUESTION)
      answers.push(...(await this.#nextOf(oids.slice(from, from + OBJECTS_IN_ONE_QUESTION), signal)));
    return answers;
  }

  /** Ends the session at once; the next question opens another. */
  close(): void {
    const session = this.#session;
    this.#session = null;
    try {
      session?.close();
    } catch {
      // The socket had ended by itself.
    }
  }

  async #nextOf(oids: string[], signal: AbortSignal): Promise<SnmpNext[]> {
    let asked = oids;
    for (;;)
      try {
        const found = await this.#ask(asked, signal);
        return oids.map((oid) => found[asked.indexOf(oid)] ?? null);
      } catch (error) {
        this.#closeUnless(error);
        // Version 1 refuses the whole question where nothing follows one of its objects: asked again without that one.
        const last = error instanceof snmp.RequestFailedError ? endOfTree(error, asked) : null;
        if (last === null) throw faultOf(error);
        asked = asked.filter((oid) => oid !== last);
        if (asked.length === 0) return oids.map(() => null);
      }
  }

  #closeUnless(error: unknown): void {
    if (!(error instanceof snmp.RequestFailedError)) this.close();
  }

  #ask(oids: string[], signal: AbortSignal): Promise<SnmpNext[]> {
    return new Promise<SnmpNext[]>((answered, reject) => {
      if (signal.aborted) return reject(new DeviceFault('timed-out', 'given up before it was asked'));
      const giveUp = () => reject(new DeviceFault('timed-out', 'given up'));
      signal.addEventListener('abort', giveUp, { once: true });
      const answer = (error: Error | null, varbinds?: Varbind[]) => {
        signal.removeEventListener('abort', giveUp);
        if (error !== null) return reject(error);
        if (varbinds?.length !== oids.length)
          return reject(new DeviceFault('bad-answer', 'another number of objects than asked for'));
        answered(varbinds.map(read));
      };
      this.#session ??= openSession(this.agent, this.folder);
      this.#session.getNext(oids, answer);
    });
  }
}

function openSession(agent: SnmpAgentSettings, folder: string): Session {
  const options = {
    port: agent.port,
    timeout: DEADLINE_MS,
    retries: 0,
    version: { '1': snmp.Version1, '2c': snmp.Version2c, '3': snmp.Version3 }[agent.version],
    transport: isIP(agent.host) === 6 ? ('udp6' as const) : ('udp4' as const),
    dgramModule: guardedSockets(agent),
  };
  const session =
    agent.version === '3'
      ? snmp.createV3Session(agent.host, userOf(agent, folder), options)
      : snmp.createSession(agent.host, agent.community, options);
  // A packet that cannot be read is as good as none: the question runs into its deadline.
  session.on('error', () => undefined);
  return session;
}

/** Sockets on which only the agent is heard, and on which a packet that the library trips over does not end the service. */
function guardedSockets({ host, port }: SnmpAgentSettings) {
  return {
    createSocket: (transport: 'udp4' | 'udp6') => {
      const socket = createSocket(transport);
      const listen = socket.on.bind(socket) as (
        event: string,
        listener: (...args: unknown[]) => void,
      ) => unknown;
      const guarded = (event: string, listener: (...args: unknown[]) => void) => {
        if (event !== 'message') return listen(event, listener);
        return listen(event, (...args) => {
          const from = args[1] as RemoteInfo;
          if (from.port !== port || (isIP(host) === 4 && from.address !== host)) return;
          try {
            listener(...args);
          } catch {
            // As good as none.
          }
        });
      };
      return Object.assign(socket, { on: guarded });
    },
  };
}

function userOf({ user }: SnmpAgentSettings, folder: string): User {
  if (user === undefined) throw new DeviceFault('not-installed', 'version 3 needs a user');
  const { auth, privacy } = user;
  if (privacy !== undefined && auth === undefined)
    throw new DeviceFault('not-installed', 'encryption needs authentication');
  const { noAuthNoPriv, authNoPriv, authPriv } = snmp.SecurityLevel;
  const level = privacy !== undefined ? authPriv : auth !== undefined ? authNoPriv : noAuthNoPriv;
  return {
    name: user.name,
    level,
    ...(auth && {
      authProtocol: snmpProtocol(snmp.AuthProtocols, auth.protocol),
      authKey: firstLine(resolve(folder, auth.keyFile)),
    }),
    ...(privacy && {
      privProtocol: snmpProtocol(snmp.PrivProtocols, privacy.protocol),
      privKey: firstLine(resolve(folder, privacy.keyFile)),
    }),
  };
}

/** The library's number of a protocol. @throws DeviceFault where it knows none of that name */
export function snmpProtocol(protocols: Record<string, number>, name: string): number {
  const number = protocols[name];
  if (number === undefined) throw new DeviceFault('not-installed', `the library does not know ${name}`);
  return number;
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (error) {
    throw new DeviceFault(
      'not-installed',
      `${file}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`,
    );
  }
}

function read(varbind: Varbind): SnmpNext {
  const { oid, value } = varbind;
  if (snmp.isVarbindError(varbind) || typeof oid !== 'string') return null;
  return typeof value === 'number' || typeof value === 'string' || Buffer.isBuffer(value)
    ? { oid, value }
    : null;
}

/** The object of a version 1 question after which there is nothing. */
function endOfTree(error: Error & { status: number }, asked: readonly string[]): string | null {
  if (error.status !== snmp.ErrorStatus['NoSuchName']) return null;
  const oid = /: ([\d.]+)$/.exec(error.message)?.[1];
  return oid !== undefined && asked.includes(oid) ? oid : null;
}

/** Words of SNMP for "you may not", in errors and in the reports of version 3. */
const REFUSED =
  /authori|authentication|not.?in.?time|user.?name|security.?level|wrong digest|decrypt|noaccess|engine/i;

function faultOf(error: unknown): DeviceFault {
  if (error instanceof DeviceFault) return error;
  if (error instanceof snmp.RequestTimedOutError)
    return new DeviceFault('timed-out', 'the agent did not answer');
  const detail = error instanceof Error ? error.message.slice(0, 160) : 'unreadable';
  if (error instanceof snmp.RequestFailedError || error instanceof snmp.ResponseInvalidError)
    return new DeviceFault(REFUSED.test(detail) ? 'refused' : 'bad-answer', detail);
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return new DeviceFault('unreachable', code ?? detail);
}
