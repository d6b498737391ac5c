// The part of the SNMP library that the room uses, as its source has it: it comes without types. Nothing here runs.

declare module 'net-snmp' {
  import type { EventEmitter } from 'node:events';

  export interface Varbind {
    oid: string;
    type: number;
    value: unknown;
  }

  export interface SessionOptions {
    version?: number;
    port?: number;
    transport?: 'udp4' | 'udp6';
    timeout?: number;
    retries?: number;
    idBitsSize?: number;
    context?: string;
    backwardsGetNexts?: boolean;
    reportOidMismatchErrors?: boolean;
    /** What makes the socket: `createSocket(transport)`. */
    dgramModule?: { createSocket(transport: 'udp4' | 'udp6'): unknown };
  }

  export interface User {
    name: string;
    level: number;
    authProtocol?: number;
    authKey?: string;
    privProtocol?: number;
    privKey?: string;
  }

  type Answer = (error: Error | null, varbinds?: Varbind[]) => void;

  export interface Session extends EventEmitter {
    get(oids: string[], answer: Answer): this;
    getNext(oids: string[], answer: Answer): this;
    set(varbinds: Varbind[], answer: Answer): this;
    close(): this;
  }

  export interface Provider {
    name: string;
    type: number;
    oid: string;
    scalarType?: number;
    maxAccess?: number;
    tableColumns?: { number: number; name: string; type: number; maxAccess?: number }[];
    tableIndex?: { columnName: string }[];
    handler?: (request: MibRequest) => void;
  }

  export interface MibRequest {
    done(error?: { errorStatus: number } | { type: number }): void;
    oid: string;
    operation: number;
    setValue?: unknown;
  }

  export interface Mib {
    registerProvider(provider: Provider): void;
    setScalarValue(name: string, value: unknown): void;
    addTableRow(table: string, row: unknown[]): void;
    deleteTableRow(table: string, index: unknown[]): void;
  }

  export interface Agent {
    getMib(): Mib;
    getAuthorizer(): { addCommunity(community: string): void; addUser(user: User): void };
    close(done?: () => void): void;
  }

  interface AgentOptions {
    port?: number;
    address?: string;
    transport?: 'udp4' | 'udp6';
    disableAuthorization?: boolean;
  }

  interface Library {
    createSession(target: string, community: string, options: SessionOptions): Session;
    createV3Session(target: string, user: User, options: SessionOptions): Session;
    createAgent(options: AgentOptions, event: (error: Error | null, data?: unknown) => void): Agent;
    isVarbindError(varbind: Varbind): boolean;
    varbindError(varbind: Varbind): string;
    Version1: number;
    Version2c: number;
    Version3: number;
    ObjectType: Record<string, number> & Record<number, string>;
    ErrorStatus: Record<string, number> & Record<number, string>;
    AuthProtocols: Record<string, number>;
    PrivProtocols: Record<string, number>;
    SecurityLevel: { noAuthNoPriv: number; authNoPriv: number; authPriv: number };
    MibProviderType: { Scalar: number; Table: number };
    MaxAccess: Record<string, number>;
    RequestFailedError: new (message: string, status: number) => Error & { status: number };
    RequestTimedOutError: new (message: string) => Error;
    ResponseInvalidError: new (message: string, code: number) => Error & { code: number };
  }

  const library: Library;
  export default library;
}
