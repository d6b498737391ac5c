// The pull mode: a room that nobody reaches asks its organisation's server what to install, and fetches it by ranges. It
// asks nothing and fetches nothing while a session holds the room, and installs only what a trusted organisation signed.

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import type { PackageOrigin } from '../core/types.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import {
  MAX_TASK_BYTES,
  REPORT_SUFFIX,
  TASK_PAYLOAD_TYPE,
  TaskSchema,
  type Task,
  type TaskReport,
} from '../protocol/tasks.js';
import type { InstallHost, InstallLimits } from './routes.js';
import { NoAnswerError, type SignedAnswer, type SignedClient } from './signed-client.js';
import { NoSpaceError, type UploadStore } from './upload-store.js';

export interface PullHost extends Omit<InstallHost, 'senders'> {
  /** Organisations whose tasks count. */
  orgs(): Promise<readonly PublicKeys[]>;
  /** Room time, milliseconds. */
  now(): number;
}

export interface PullOptions {
  /** Address of the tasks. */
  url: string;
  everyMs: number;
  /** Where the last task that was done is noted. */
  folder: string;
  maxPackageBytes: InstallLimits['maxPackageBytes'];
}

/** How a round ended. */
export type Round = 'busy' | 'nothing' | 'installed' | 'refused' | 'failed';

interface Done {
  taskId: string;
  outcome: TaskReport['outcome'];
  code: string;
  reported: boolean;
}

const PIECE_BYTES = 2 ** 20;
/** The last attempt failed: so much longer each time, up to so often. */
const SLOWER = 2;
const SLOWEST = 16;
/** What passes by itself is tried again at the next round. */
const PASSING = new Set(['session-open', 'disk-full']);

/** The server of the tasks does not do its part; the next round tries again. */
class PullFault extends Error {}

export class TaskPoller {
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<Round> | null = null;
  #abort = new AbortController();
  #slower = 1;
  #stopped = false;
  readonly #path: string;

  constructor(
    private readonly host: PullHost,
    private readonly store: UploadStore,
    private readonly client: SignedClient,
    private readonly options: PullOptions,
  ) {
    this.#path = new URL(options.url).pathname;
  }

  /** Begins to ask. @returns the function that ends it, once nothing of it runs any more */
  start(): () => Promise<void> {
    this.#arm();
    return async () => {
      this.#stopped = true;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#abort.abort();
      await this.#round;
    };
  }

  /** A session was opened: what is under way stops at once, and goes on from there another day. */
  interrupt(): void {
    if (this.#round === null) return;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Asks once, and does what there is to do. Never throws: a server of tasks is no part of an exam. */
  round(): Promise<Round> {
    this.#round ??= this.#once().finally(() => (this.#round = null));
    return this.#round;
  }

  #arm(): void {
    // Rooms that were started together shall not ask together for ever.
    const afterMs = this.options.everyMs * this.#slower * (0.8 + Math.random() * 0.4);
    this.#timer = setTimeout(() => {
      void this.round().then((round) => {
        this.#slower = round === 'failed' ? Math.min(SLOWEST, this.#slower * SLOWER) : 1;
        if (!this.#stopped) this.#arm();
      });
    }, afterMs);
  }

  async #once(): Promise<Round> {
    if (this.host.isBusy()) return 'busy';
    const { signal } = this.#abort;
    try {
      const answer = await this.client.ask({ method: 'GET', path: this.#path }, signal);
      if (answer.status === 204) return 'nothing';
      if (answer.status !== 200) throw new PullFault(`${this.options.url} answered ${answer.status}`);
      return await this.#take(answer, signal);
    } catch (error) {
      if (signal.aborted) return 'busy';
      if (!(error instanceof NoAnswerError || error instanceof PullFault)) {
        this.host.log.error({ err: error }, 'The pull of a package failed');
        return 'failed';
      }
      this.host.log.warn({ reason: error.message }, 'The server of tasks did not do its part');
      return 'failed';
    }
  }

  async #take(answer: SignedAnswer, signal: AbortSignal): Promise<Round> {
    const { task, signer } = await this.#read(answer);
    const done = await this.#lastDone();
    if (done?.taskId === task.taskId) {
      if (!done.reported) await this.#report(done, signal);
      return 'nothing';
    }
    const address = new URL(task.packagePath, this.options.url).href;
    const origin: PackageOrigin = { way: 'pull', keyId: signer.keyId, name: signer.name, address };
    const code = await this.#do(task, origin, signal);
    if (code === null) return this.#finish({ taskId: task.taskId, outcome: 'installed', code: '' }, signal);
    if (PASSING.has(code)) return 'refused';
    return this.#finish({ taskId: task.taskId, outcome: 'refused', code }, signal);
  }

  /** @throws PullFault for what no trusted organisation signed as a task of this room */
  async #read({ body }: SignedAnswer): Promise<{ task: Task; signer: PublicKeys }> {
    if (body.length > MAX_TASK_BYTES) throw new PullFault('The task is too long');
    for (const signer of await this.host.orgs()) {
      const payload = signedBy(signer, body);
      if (payload === null) continue;
      const task = jsonOf(payload);
      if (!Value.Check(TaskSchema, task)) throw new PullFault('The task is not well formed');
      if (task.room !== this.host.roomKeyId) throw new PullFault('The task is for another room');
      return { task, signer };
    }
    throw new PullFault('The task is not signed by a trusted organisation');
  }

  /** @returns why it was refused, or null */
  async #do(task: Task, origin: PackageOrigin, signal: AbortSignal): Promise<string | null> {
    if (this.host.now() >= task.expiresAt) return this.#refuse('task-expired', origin);
    if (task.bytes > this.options.maxPackageBytes) return this.#refuse('package-too-large', origin);
    try {
      await this.#fetch(task, origin, signal);
    } catch (error) {
      if (error instanceof NoSpaceError) return this.#refuse('disk-full', origin);
      throw error;
    }
    if ((await this.store.hash()) !== task.sha256) {
      await this.store.discard();
      return this.#refuse('wrong-file-hash', origin);
    }
    if (this.host.isBusy()) return 'session-open';
    const taken = await this.host.install(this.store.file, origin);
    if (!taken.ok && PASSING.has(taken.problem.code)) return taken.problem.code;
    await this.store.discard();
    if (taken.ok) return null;
    // Installed already, by hand or before the power failed: the task is done all the same.
    return taken.problem.code === 'nothing-to-do' ? null : taken.problem.code;
  }

  async #refuse(code: string, origin: PackageOrigin): Promise<string> {
    await this.host.recordRefusal('install', code, origin);
    return code;
  }

  /** Range by range; what was fetched before a cut or a restart is not fetched again. */
  async #fetch({ packagePath, bytes, sha256 }: Task, origin: PackageOrigin, signal: AbortSignal) {
    const { current } = this.store;
    if (current?.sha256 !== sha256 || current.length !== bytes)
      await this.store.begin(
        { length: bytes, sha256, keyId: origin.keyId, address: origin.address },
        Date.now(),
      );
    for (let from = this.store.current?.offset ?? 0; from < bytes;) {
      signal.throwIfAborted();
      const to = Math.min(bytes, from + PIECE_BYTES) - 1;
      const headers = { range: `bytes=${from}-${to}` };
      const answer = await this.client.ask({ method: 'GET', path: packagePath, headers }, signal);
      const wanted = `bytes ${from}-${to}/${bytes}`;
      if (answer.status !== 206 || answer.headers['content-range'] !== wanted)
        throw new PullFault(`${packagePath} answered ${answer.status} to a range`);
      if (answer.body.length !== to - from + 1) throw new PullFault(`${packagePath} sent less than it said`);
      from = await this.store.append(answer.body, Date.now());
    }
  }

  async #finish(done: Omit<Done, 'reported'>, signal: AbortSignal): Promise<Round> {
    await this.#note({ ...done, reported: false });
    await this.#report(done, signal);
    return done.outcome;
  }

  async #report({ taskId, outcome, code }: Omit<Done, 'reported'>, signal: AbortSignal): Promise<void> {
    const readiness = this.host.readiness(null, await this.store.spaceBytes());
    const body = Buffer.from(JSON.stringify({ taskId, outcome, code, readiness } satisfies TaskReport));
    const path = `${this.#path.replace(/\/$/, '')}${REPORT_SUFFIX}`;
    const { status } = await this.client.ask({ method: 'POST', path, body }, signal);
    if (status < 200 || status >= 300) throw new PullFault(`The report was answered ${status}`);
    await this.#note({ taskId, outcome, code, reported: true });
  }

  get #notes(): string {
    return join(this.options.folder, 'pull-done.json');
  }

  async #note(done: Done): Promise<void> {
    await writeFile(`${this.#notes}.new`, JSON.stringify(done), { mode: 0o600, flush: true });
    await rename(`${this.#notes}.new`, this.#notes);
  }

  async #lastDone(): Promise<Done | null> {
    try {
      return JSON.parse(await readFile(this.#notes, 'utf8')) as Done;
    } catch {
      return null;
    }
  }
}

/** Null where it is none, which is no task either. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function signedBy(key: PublicKeys, envelope: Buffer): Buffer | null {
  try {
    return verifyDsse(JSON.parse(envelope.toString('utf8')), TASK_PAYLOAD_TYPE, [key]);
  } catch {
    return null;
  }
}
