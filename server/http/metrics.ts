// Figures for Prometheus. Numbers about the machine and the room as a whole: never an answer, a name or a ticket.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What is measured when it is asked for. */
export interface MetricSources {
  connectedSeats(): number;
  pendingPairings(): number;
  /** Refused saves since the start, by code. */
  refusedSaves(): ReadonlyMap<string, number>;
  lastSeq(): number;
  durableSeq(): number;
  /** Absent where nothing can be recorded. */
  video?(): VideoFigures;
}

/** Recordings, by camera. */
export interface VideoFigures {
  cameras: {
    camera: string;
    wanted: boolean;
    recording: boolean;
    /** Of the session's time so far; null where none has passed. */
    coveredRatio: number | null;
    gaps: number;
    bytes: number;
  }[];
  /** On the video disk; null where no recorder says so. */
  freeBytes: number | null;
}

export interface Metrics {
  /** Seconds of one commit, the fsync included. */
  observeCommit(seconds: number): void;
  text(): Promise<{ type: string; text: string }>;
  stop(): void;
}

/** How often the event loop is looked at; a look that comes late tells by how much everything else was held up. */
const LOOP_LOOK_MS = 5;
const LOOP_DELAYS = ['p50', 'p99', 'max'] as const;

/** Makes a registry of its own, so that several rooms fit into one process. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'kaochang_', eventLoopMonitoringPrecision: 10 });
  const registers = [registry];
  const commit = new Histogram({
    name: 'kaochang_commit_seconds',
    help: 'One commit of the journal, the fsync included',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('kaochang_connected_seats', 'Candidate PCs that are connected', () => sources.connectedSeats());
  gauge('kaochang_pending_pairings', 'PCs that show a pairing code', () => sources.pendingPairings());
  gauge('kaochang_journal_last_seq', 'Last event given out', () => sources.lastSeq());
  gauge('kaochang_journal_durable_seq', 'Last event on disk', () => sources.durableSeq());
  if (sources.video !== undefined) videoGauges(sources.video.bind(sources), registers);
  const loop = monitorEventLoopDelay({ resolution: LOOP_LOOK_MS });
  loop.enable();
  new Gauge({
    name: 'kaochang_event_loop_delay_seconds',
    help: 'By how much the event loop was late, since the metrics were read before',
    labelNames: ['at'],
    registers,
    collect() {
      // An untouched histogram has no values; a look is never early by more than its timer rounds.
      for (const at of LOOP_DELAYS) {
        const ns = at === 'max' ? loop.max : loop.percentile(at === 'p50' ? 50 : 99);
        this.set({ at }, loop.count === 0 ? 0 : Math.max(0, ns / 1e9 - LOOP_LOOK_MS / 1e3));
      }
      loop.reset();
    },
  });
  new Counter({
    name: 'kaochang_refused_saves_total',
    help: 'Refused saves, by code',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of sources.refusedSaves()) this.inc({ code }, count);
    },
  });
  return {
    observeCommit: (seconds) => commit.observe(seconds),
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    stop: () => {
      loop.disable();
      registry.clear();
    },
  };
}

function videoGauges(read: () => VideoFigures, registers: Registry[]): void {
  const byCamera = (
    name: string,
    help: string,
    of: (one: VideoFigures['cameras'][number]) => number | null,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['camera'],
      registers,
      collect() {
        this.reset();
        for (const one of read().cameras) {
          const value = of(one);
          if (value !== null) this.set({ camera: one.camera }, value);
        }
      },
    });
  byCamera('kaochang_video_wanted', 'Whether the camera has to record now', ({ wanted }) => Number(wanted));
  byCamera('kaochang_video_recording', 'Whether the camera records', ({ recording }) => Number(recording));
  byCamera(
    'kaochang_video_covered_ratio',
    'Recorded of the session so far',
    ({ coveredRatio }) => coveredRatio,
  );
  byCamera('kaochang_video_gaps', 'Gaps in the recordings, of all times', ({ gaps }) => gaps);
  byCamera('kaochang_video_bytes', 'Bytes recorded, of all times', ({ bytes }) => bytes);
  new Gauge({
    name: 'kaochang_video_free_bytes',
    help: 'Free on the video disk, where a recorder says so',
    labelNames: [],
    registers,
    collect() {
      const { freeBytes } = read();
      this.set(freeBytes ?? Number.NaN);
    },
  });
}
