// The appliance as systemd keeps it: a process that is started again whenever it ends, and that a test kills, stops, slows down
// and takes the power from. What was done to it is noted.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchBytes, type RoomAddress } from '../../server/rehearsal/room-address.js';
import type { DriverLine } from './evidence.js';
import { tearUnflushed } from './torn-files.js';

type Noted<T> = T extends unknown ? Omit<T, 'at'> : never;

export interface KeptServerOptions {
  /** The compiled command. */
  command: string;
  data: string;
  /** Log, trace and wall clock lie here, beside the data and not on its disk. */
  folder: string;
  /** Not through any proxy. */
  address: RoomAddress;
  /** libfaketime, where the wall clock is to be stepped; null = the machine's own. */
  wallClockLibrary: string | null;
  note: (line: Noted<DriverLine>) => void;
}

/** What systemd waits before it starts a service again. */
const RESTART_MS = 300;
const LOOK_EVERY_MS = 40;

export class KeptServer {
  /** Started so often. */
  starts = 0;
  #child: ChildProcess | null = null;
  #tracer: ChildProcess | null = null;
  /** No start before this, by performance.now(). */
  #downUntil = 0;
  #ended = false;
  #kills: Promise<void> = Promise.resolve();
  #keeping: Promise<void> | null = null;
  #stepsMs = 0;

  /** A driver that dies with an error takes its server along. */
  readonly #alongWithTest = () => {
    const { pid } = this;
    if (pid !== null) process.kill(pid, 'SIGKILL');
  };

  constructor(private readonly options: KeptServerOptions) {
    if (options.wallClockLibrary !== null) this.#writeWallClock();
  }

  /** Starts it, keeps it, and waits until it is ready. @throws Error with its log where it does not come up */
  async begin(): Promise<void> {
    process.once('exit', this.#alongWithTest);
    this.#keeping = this.#keep();
    this.#keeping.catch(() => undefined);
    await this.untilReady();
  }

  get pid(): number | null {
    const child = this.#child;
    return child === null || child.exitCode !== null || child.signalCode !== null
      ? null
      : (child.pid ?? null);
  }

  /** @throws Error with the end of its log after `withinMs` */
  async untilReady(withinMs = 90_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!(await this.#answers())) {
      if (performance.now() > deadline)
        throw new Error(`The server was not ready in ${withinMs} ms:\n${this.log.slice(-3_000)}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  get log(): string {
    return readFileSync(join(this.options.folder, 'server.log'), 'utf8');
  }

  /**
   * kill -9; it comes back after `downMs`. Resolves when it is gone. @param afterReadyMs it has been ready for so long, and kills
   * that wait for that come one after the other
   */
  async kill(downMs: number, afterReadyMs?: number): Promise<void> {
    if (afterReadyMs !== undefined) {
      const turn = this.#kills.then(() => this.#killWhenReady(downMs, afterReadyMs));
      this.#kills = turn.catch(() => undefined);
      return turn;
    }
    this.#downUntil = performance.now() + downMs;
    await this.#end('SIGKILL');
  }

  async #killWhenReady(downMs: number, afterReadyMs: number): Promise<void> {
    await this.untilReady();
    await pause(afterReadyMs);
    await this.kill(downMs);
  }

  /** kill -9; then, before it comes back, something is done to its files. */
  async killAndSpoil(downMs: number, spoil: () => void): Promise<void> {
    this.#downUntil = Infinity;
    await this.#end('SIGKILL');
    spoil();
    this.#downUntil = performance.now() + downMs;
  }

  /** SIGSTOP for so long. */
  async freeze(forMs: number): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    process.kill(pid, 'SIGSTOP');
    await pause(forMs);
    if (this.pid === pid) process.kill(pid, 'SIGCONT');
  }

  /** Every flush takes `addedMs` longer, for so long. */
  async slowFlushes(forMs: number, addedMs: number): Promise<void> {
    const trace = this.#trace(['-e', 'trace=fsync,fdatasync', '-o', '/dev/null'], addedMs, 'delay_exit');
    await Promise.race([pause(forMs), trace?.gone]);
    trace?.end();
  }

  /**
   * Loss of mains in the middle of flushes: what was written and not flushed is torn, nothing else. Nobody was told of it, as
   * every flush is held before it begins. @returns how many writes were torn
   */
  async cutPower(downMs: number, tear: 'cut' | 'scribble' | 'zero', random: () => number): Promise<number> {
    const file = join(this.options.folder, 'flushes.trace');
    writeFileSync(file, '');
    const calls = ['-y', '-s', '0', '-e', 'trace=pwrite64,fsync,fdatasync', '-o', file];
    const trace = this.#trace(calls, 150, 'delay_enter');
    await Promise.race([pause(600 + random() * 900), trace?.gone]);
    let torn = 0;
    await this.killAndSpoil(downMs, () => {
      torn = tearUnflushed(readFileSync(file, 'utf8'), tear, random);
    });
    await trace?.gone;
    return torn;
  }

  /** The wall clock of the server's machine jumps. */
  stepWallClock(byMs: number): void {
    this.#stepsMs += byMs;
    this.#writeWallClock();
  }

  /** An orderly stop, for good. */
  async stop(): Promise<void> {
    this.#ended = true;
    const { pid } = this;
    if (pid !== null) process.kill(pid, 'SIGCONT');
    await this.#end('SIGTERM');
    await this.#keeping;
    process.removeListener('exit', this.#alongWithTest);
  }

  async #keep(): Promise<void> {
    const log = createWriteStream(join(this.options.folder, 'server.log'), { flags: 'a' });
    try {
      while (!this.#ended) {
        if (performance.now() < this.#downUntil) {
          await pause(20);
          continue;
        }
        const child = this.#spawn();
        for (const stream of [child.stdout, child.stderr])
          stream?.on('data', (chunk: Buffer) => log.write(chunk));
        await once(child, 'exit');
        this.options.note({ k: 'gone', why: String(child.signalCode ?? child.exitCode) });
        this.#downUntil = Math.max(this.#downUntil, performance.now() + RESTART_MS);
      }
    } finally {
      log.end();
    }
  }

  #spawn(): ChildProcess {
    const { command, data, wallClockLibrary } = this.options;
    const env = { ...process.env };
    for (const name of ['NODE_OPTIONS', 'NODE_V8_COVERAGE']) delete env[name];
    if (wallClockLibrary !== null)
      Object.assign(env, {
        LD_PRELOAD: wallClockLibrary,
        FAKETIME_TIMESTAMP_FILE: this.#wallClockFile,
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
        NO_FAKE_STAT: '1',
      });
    const child = spawn(process.execPath, [command, 'serve', '--data', data], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.starts += 1;
    this.options.note({ k: 'started' });
    void this.#noteReady(child);
    return child;
  }

  async #noteReady(child: ChildProcess): Promise<void> {
    while (child.exitCode === null && child.signalCode === null) {
      if (await this.#answers()) return this.options.note({ k: 'ready' });
      await pause(LOOK_EVERY_MS);
    }
  }

  async #answers(): Promise<boolean> {
    if (this.pid === null) return false;
    return fetchBytes(this.options.address, '/healthz').then(
      () => true,
      () => false,
    );
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || this.pid === null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** One tracer at a time: a second one is refused by the system. */
  #trace(args: string[], delayMs: number, where: 'delay_enter' | 'delay_exit') {
    const { pid } = this;
    if (pid === null || this.#tracer !== null) return null;
    const inject = `inject=fsync,fdatasync:${where}=${delayMs * 1_000}`;
    const tracer = spawn('strace', ['-f', '-q', '-p', String(pid), ...args, '-e', inject], {
      stdio: 'ignore',
    });
    this.#tracer = tracer;
    const gone = once(tracer, 'exit')
      .catch(() => undefined)
      .then(() => {
        this.#tracer = null;
      });
    return { gone, end: () => void tracer.kill('SIGINT') };
  }

  get #wallClockFile(): string {
    return join(this.options.folder, 'wall-clock');
  }

  #writeWallClock(): void {
    const seconds = this.#stepsMs / 1_000;
    writeFileSync(`${this.#wallClockFile}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${this.#wallClockFile}.new`, this.#wallClockFile);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
