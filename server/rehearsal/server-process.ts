// The appliance as a process of its own, as a room runs it: started, found ready, killed, started again.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fetchBytes, type RoomAddress } from './room-address.js';

export interface ServerProcessOptions {
  /** The compiled command, `build/scripts/kaochang.js`. */
  command: string;
  data: string;
  address: RoomAddress;
  /** Further arguments of `serve`. */
  args?: string[];
  env?: NodeJS.ProcessEnv;
  /** It ends with this process, however this process ends. */
  tied?: boolean;
  /** Program to start instead of Node, with its own arguments before Node's (`faketime`, `strace`). */
  under?: string[];
}

/**
 * What the service manager and the settings of a room say to that room alone. A second server that spoke to the manager would end the
 * first: systemd takes its good-bye for the unit's, and kills what still runs.
 */
const NOT_HANDED_ON = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID', 'KAOCHANG_CONFIG', 'KAOCHANG_DATA'];
/** One that does not end in order by then is killed: what it acknowledged is on the disk all the same. */
const STOPS_WITHIN_MS = 20_000;

export class ServerProcess {
  #child: ChildProcess | null = null;

  constructor(private readonly options: ServerProcessOptions) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the server and waits until it answers /healthz. @throws Error with its log when it ends instead */
  async start(readyWithinMs = 90_000): Promise<void> {
    const { command, data, args = [], env, under = [], tied = false } = this.options;
    const [program = process.execPath, ...before] = [...under, process.execPath];
    const child = spawn(
      program,
      [...before, command, 'serve', '--data', data, ...(tied ? ['--ends-with-stdin'] : []), ...args],
      {
        env: { ...handedOn(process.env), ...env },
        stdio: [tied ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      },
    );
    let fault: Error | null = null;
    child.on('error', (error) => (fault ??= error));
    this.#child = child;
    // A log that cannot be written, as on a full disk, ends nobody.
    const log = createWriteStream(join(data, 'server.log'), { flags: 'a' }).on('error', () => undefined);
    let tail = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        log.write(chunk);
        tail = (tail + chunk.toString('utf8')).slice(-4000);
      });
    for (const end of ['exit', 'error']) child.on(end, () => log.end());
    const deadline = Date.now() + readyWithinMs;
    while (!(await this.#answers())) {
      if (fault !== null) throw fault;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}:\n${tail}`);
      if (Date.now() > deadline)
        throw new Error(`The server was not ready within ${readyWithinMs} ms:\n${tail}`);
      await pause(50);
    }
  }

  /** kill -9: no time to say good-bye. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** An orderly stop; after `withinMs` it is killed. @returns false where it had to be */
  async stop(withinMs = STOPS_WITHIN_MS): Promise<boolean> {
    return this.#end('SIGTERM', withinMs);
  }

  async #end(signal: NodeJS.Signals, withinMs = STOPS_WITHIN_MS): Promise<boolean> {
    const child = this.#child;
    this.#child = null;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return true;
    const gone = once(child, 'exit');
    let killed = false;
    const late = setTimeout(() => {
      killed = true;
      child.kill('SIGKILL');
    }, withinMs);
    child.kill(signal);
    await gone;
    clearTimeout(late);
    return !killed;
  }

  async #answers(): Promise<boolean> {
    try {
      await fetchBytes(this.options.address, '/healthz');
      return true;
    } catch {
      return false;
    }
  }
}

function handedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_HANDED_ON.includes(name)));
}
