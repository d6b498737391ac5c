// What the room's own /metrics say: CPU, memory, delay of its event loop, commits. Read as any monitoring would.

import { fetchBytes, type RoomAddress } from '../../server/rehearsal/room-address.js';

export interface ServerFigures {
  cpuSeconds: number;
  rssMb: number;
  heapMb: number;
  externalMb: number;
  openFiles: number;
  /** Since the metrics were read before. */
  loopP50Ms: number;
  loopP99Ms: number;
  loopMaxMs: number;
  commits: number;
  commitSeconds: number;
  durableSeq: number;
}

/** @throws Error when the room does not answer, or a figure is missing */
export async function serverFigures(address: RoomAddress): Promise<ServerFigures> {
  const text = (await fetchBytes(address, '/metrics')).toString('utf8');
  const figure = (name: string) => readMetric(text, name);
  const delay = (at: string) => figure(`kaochang_event_loop_delay_seconds{at="${at}"}`) * 1_000;
  return {
    cpuSeconds: figure('kaochang_process_cpu_seconds_total'),
    rssMb: figure('kaochang_process_resident_memory_bytes') / 2 ** 20,
    heapMb: figure('kaochang_nodejs_heap_size_used_bytes') / 2 ** 20,
    externalMb: figure('kaochang_nodejs_external_memory_bytes') / 2 ** 20,
    openFiles: figure('kaochang_process_open_fds'),
    loopP50Ms: delay('p50'),
    loopP99Ms: delay('p99'),
    loopMaxMs: delay('max'),
    commits: figure('kaochang_commit_seconds_count'),
    commitSeconds: figure('kaochang_commit_seconds_sum'),
    durableSeq: figure('kaochang_journal_durable_seq'),
  };
}

/** The value of a metric, labels included in its name. @throws Error when it is not there */
export function readMetric(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`The room has no metric ${name}`);
  return Number(line.slice(name.length + 1));
}
