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
  /** Program to start instead of Node, with its own arguments before Node's (`faketime`, `strace`). */
  under?: string[];
}

export class ServerProcess {
  #child: ChildProcess | null = null;

  constructor(private readonly options: ServerProcessOptions) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the server and waits until it answers /healthz. @throws Error with its log when it ends instead */
  async start(readyWithinMs = 30_000): Promise<void> {
    const { command, data, args = [], env, under = [] } = this.options;
    const [program = process.execPath, ...before] = [...under, process.execPath];
    const child = spawn(program, [...before, command, 'serve', '--data', data, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const log = createWriteStream(join(data, 'server.log'), { flags: 'a' });
    let tail = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        log.write(chunk);
        tail = (tail + chunk.toString('utf8')).slice(-4000);
      });
    child.on('exit', () => log.end());
    const deadline = Date.now() + readyWithinMs;
    while (!(await this.#answers())) {
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

  /** An orderly stop. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
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
