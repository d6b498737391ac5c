// The stages of a rehearsal as they pass: how long each took, and what it cost this process and the server's.

import { performance } from 'node:perf_hooks';
import { costOf, ownCost, type Cost } from './process-cost.js';

/** In the order of a day. */
export type Stage = 'connect' | 'pair' | 'fetch' | 'admit' | 'logIn' | 'start' | 'answer' | 'collect';

export interface StageFigures {
  stage: Stage;
  seconds: number;
  /** Processor time within the stage; `null` where the system does not tell. */
  clientCpuSeconds: number;
  serverCpuSeconds: number | null;
  clientMb: number;
  serverMb: number | null;
}

interface Moment {
  atMs: number;
  client: Cost;
  server: Cost | null;
}

export class DayLog {
  readonly stages: StageFigures[] = [];
  current: Stage | null = null;
  #begun: Moment | null = null;

  /** @param serverPid of a server of one's own; undefined for another machine's */
  constructor(private readonly serverPid: () => number | undefined) {}

  /** Ends the stage before, begins the next. */
  begin(stage: Stage): void {
    this.end();
    this.current = stage;
    this.#begun = this.#now();
  }

  end(): void {
    const { current: stage } = this;
    const begun = this.#begun;
    if (stage === null || begun === null) return;
    const now = this.#now();
    this.stages.push({
      stage,
      seconds: hundredths((now.atMs - begun.atMs) / 1000),
      clientCpuSeconds: hundredths(now.client.cpuSeconds - begun.client.cpuSeconds),
      serverCpuSeconds:
        now.server === null || begun.server === null
          ? null
          : hundredths(now.server.cpuSeconds - begun.server.cpuSeconds),
      clientMb: now.client.memoryMb,
      serverMb: now.server?.memoryMb ?? null,
    });
    this.current = null;
    this.#begun = null;
  }

  #now(): Moment {
    return { atMs: performance.now(), client: ownCost(), server: costOf(this.serverPid()) };
  }
}

const hundredths = (value: number) => Math.round(value * 100) / 100;
