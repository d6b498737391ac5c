// The V8 inspector of another process, over its own WebSocket: CPU and heap profiles of a server that runs, without a restart;
// of its main thread and of the threads beside it.

import { get } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

export interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  /** Microseconds, monotonic. */
  startTime: number;
  endTime: number;
  samples: number[];
  timeDeltas: number[];
}

export interface HeapNode {
  callFrame: CallFrame;
  /** Bytes that are still held. */
  selfSize: number;
  children: HeapNode[];
}

/** What a thread answers to, however its words come and go. */
export class Inspector {
  #nextId = 1;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  /** By session of the inspector: the other threads of the process. */
  readonly #threads = new Map<string, Inspector>();

  private constructor(
    /** The file that a thread began with; '' = the main thread. */
    readonly file: string,
    private readonly send: (text: string) => void,
    readonly close: () => void,
  ) {}

  /** Joins the process that was started with `--inspect=127.0.0.1:port`. @throws Error when nobody listens there for 10 s */
  static async join(port: number): Promise<Inspector> {
    for (let tries = 0; ; tries += 1)
      try {
        const [target] = JSON.parse(await fetchText(port)) as { webSocketDebuggerUrl: string }[];
        const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '', { perMessageDeflate: false });
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        const inspector = new Inspector(
          '',
          (text) => socket.send(text),
          () => socket.close(),
        );
        socket.on('message', (data: Buffer) => inspector.#hear(data.toString('utf8')));
        await inspector.ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
        return inspector;
      } catch (error) {
        if (tries === 50) throw error;
        await pause(200);
      }
  }

  /** The other threads of the process that run now. */
  get threads(): Inspector[] {
    return [...this.#threads.values()];
  }

  /** One command of the protocol. @throws Error with the inspector's own words */
  ask<T>(method: string, params: object = {}): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.send(JSON.stringify({ id, method, params }));
    });
  }

  #hear(text: string): void {
    const { id, result, error, method, params } = JSON.parse(text) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
      method?: string;
      params?: { sessionId: string; message: string; workerInfo: { url: string } };
    };
    if (method !== undefined && params !== undefined) this.#hearOf(method, params);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  }

  #hearOf(
    method: string,
    { sessionId, message, workerInfo }: { sessionId: string; message: string; workerInfo: { url: string } },
  ): void {
    const known = this.#threads.get(sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker' && known !== undefined) known.#hear(message);
    if (method === 'NodeWorker.detachedFromWorker') this.#threads.delete(sessionId);
    if (method !== 'NodeWorker.attachedToWorker') return;
    const send = (text: string) =>
      void this.ask('NodeWorker.sendMessageToWorker', { sessionId, message: text });
    this.#threads.set(sessionId, new Inspector(basename(workerInfo.url), send, () => undefined));
  }

  async startCpuProfile(): Promise<void> {
    await this.ask('Profiler.enable');
    await this.ask('Profiler.setSamplingInterval', { interval: 500 });
    await this.ask('Profiler.start');
  }

  async stopCpuProfile(): Promise<CpuProfile> {
    const { profile } = await this.ask<{ profile: CpuProfile }>('Profiler.stop');
    return profile;
  }

  /** What was allocated meanwhile and is still held. @param garbage what is gone again counts too */
  async heapProfile(garbage: boolean, while_: () => Promise<unknown>): Promise<HeapNode> {
    await this.ask('HeapProfiler.enable');
    await this.ask('HeapProfiler.startSampling', {
      samplingInterval: 32_768,
      includeObjectsCollectedByMajorGC: garbage,
      includeObjectsCollectedByMinorGC: garbage,
    });
    await while_();
    if (!garbage) await this.ask('HeapProfiler.collectGarbage');
    const { profile } = await this.ask<{ profile: { head: HeapNode } }>('HeapProfiler.stopSampling');
    return profile.head;
  }
}

function fetchText(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/json' }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
