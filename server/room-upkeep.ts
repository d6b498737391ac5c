// What a running room does beside its commands: looks at the clocks, signs the head of the journal, writes snapshots.
// It decides nothing and never holds up an answer for long.

import type { Event } from './core/events.js';
import type { SessionPhase, State } from './core/types.js';
import type { EncodedSnapshot, Journal } from './journal/journal.js';
import type { Log } from './log.js';
import type { RunningRoom } from './room.js';
import { encodeSnapshot } from './room-snapshot.js';

/** Rule 6: how often the clocks are journaled while a session is under way, and otherwise. */
export const SAMPLE_EVERY_MS = 5_000;
export const SAMPLE_IDLE_EVERY_MS = 60_000;
/** The head is signed at least this often, so that a cut tail shows. */
export const SIGN_EVERY_MS = 60_000;
export const SNAPSHOT_EVERY_EVENTS = 100_000;
/** After a start that had to read so much the next one shall have it easier. */
const LONG_REPLAY_EVENTS = 20_000;
const ROUND_MS = 1_000;

const UNDER_WAY: readonly SessionPhase[] = ['open', 'running', 'paused', 'suspended', 'ended'];

/** Events at which a session changes its phase. */
const PHASE_CHANGES: readonly Event['type'][] = [
  'room-sealed',
  'seal-broken',
  'entry-opened',
  'session-started',
  'session-paused',
  'session-resumed',
  'session-suspended',
  'session-continued',
  'session-ended',
  'session-collected',
  'session-handed-over',
  'wipe-finished',
];

/**
 * Phase changes after which a snapshot is taken at once. Not at a start, an end or in a pause: everybody writes or hands in then,
 * and in a room of thousands a snapshot takes the CPU that they need.
 */
const QUIET_CHANGES: readonly Event['type'][] = [
  'room-sealed',
  'seal-broken',
  'entry-opened',
  'session-collected',
  'session-handed-over',
  'wipe-finished',
];

export interface Upkeep {
  /** One round; the timer calls it every second, tests call it themselves. Resolves when what it began is done. */
  round(): Promise<void>;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export type TakenSnapshot = EncodedSnapshot;

export interface UpkeepOptions {
  /** 0 = no timer, for tests that call `round`. */
  everyMs?: number;
  /** The state after what is on the disk, encoded without holding up the room; by itself it is encoded on the spot. */
  takeSnapshot?: (signal: AbortSignal) => Promise<TakenSnapshot>;
  /** So many events after the last snapshot the next one is due, whatever goes on. */
  snapshotEveryEvents?: number;
}

/** Begins the upkeep. */
export function beginUpkeep(
  room: RunningRoom,
  journal: Journal,
  log: Log,
  {
    everyMs = ROUND_MS,
    takeSnapshot = () => encodeNow(room),
    snapshotEveryEvents = SNAPSHOT_EVERY_EVENTS,
  }: UpkeepOptions = {},
): Upkeep {
  let sampledAt = room.time.reading().monoMs;
  let signedAt = sampledAt;
  let signedSeq = -1;
  let { snapshotSeq } = room;
  let phaseChanged = true;
  let snapshotDue = room.lastSeq - snapshotSeq >= LONG_REPLAY_EVENTS;
  let signing = false;
  let snapshot: Promise<void> | null = null;
  const stopped = new AbortController();

  const unsubscribe = room.subscribe((published) => {
    if (published.some(({ event }) => PHASE_CHANGES.includes(event.type))) phaseChanged = true;
    if (published.some(({ event }) => QUIET_CHANGES.includes(event.type))) snapshotDue = true;
  });

  /** Journals the clocks; a step of the wall clock at once. */
  function look(): void {
    const reading = room.time.reading();
    const everyMs = isUnderWay(room.state) ? SAMPLE_EVERY_MS : SAMPLE_IDLE_EVERY_MS;
    const stepMs = room.time.wallSteppedByMs();
    if (stepMs === 0 && reading.monoMs - sampledAt < everyMs) return;
    sampledAt = reading.monoMs;
    if (stepMs !== 0) log.warn({ stepMs }, 'The wall clock was stepped; room time goes on');
    room.handle({
      type: 'sample-clock',
      ...reading,
      ...(stepMs === 0 ? {} : { steppedByMs: stepMs }),
      by: { kind: 'room' },
    });
  }

  async function keepHead(): Promise<void> {
    const monoMs = room.time.reading().monoMs;
    const seq = room.lastSeq;
    if (signing || !(phaseChanged || (monoMs - signedAt >= SIGN_EVERY_MS && seq !== signedSeq))) return;
    signing = true;
    phaseChanged = false;
    signedAt = monoMs;
    signedSeq = seq;
    await journal.signHead(room.now()).finally(() => (signing = false));
  }

  /** One at a time; the clocks are looked at meanwhile. */
  function keepSnapshot(): Promise<void> {
    const isDue = snapshotDue || room.lastSeq - snapshotSeq >= snapshotEveryEvents;
    if (snapshot !== null || !isDue) return snapshot ?? Promise.resolve();
    snapshotDue = false;
    snapshot = writeSnapshot().finally(() => (snapshot = null));
    return snapshot;
  }

  async function writeSnapshot(): Promise<void> {
    await room.settled();
    const taken = await takeSnapshot(stopped.signal);
    snapshotSeq = taken.seq;
    if (!stopped.signal.aborted) await journal.writeSnapshot(taken);
  }

  async function round(): Promise<void> {
    if (stopped.signal.aborted) return;
    try {
      look();
      await Promise.all([keepHead(), keepSnapshot()]);
    } catch (error) {
      // A disk that fails stops the process through the journal; here it is only put on record.
      if (!stopped.signal.aborted) log.error({ err: error }, 'Upkeep of the room failed');
    }
  }

  const timer = everyMs > 0 ? setInterval(() => void round(), everyMs) : null;
  return {
    round,
    stop: async () => {
      stopped.abort();
      unsubscribe();
      if (timer !== null) clearInterval(timer);
      await snapshot?.catch(() => undefined);
    },
  };
}

async function encodeNow(room: RunningRoom): Promise<TakenSnapshot> {
  const seq = room.lastSeq;
  const json = new TextEncoder().encode(JSON.stringify(encodeSnapshot(room.state, room.anchor)));
  await room.whenDurable(seq);
  return { seq, json };
}

function isUnderWay(state: State): boolean {
  return Object.values(state.sessions).some(({ phase }) => UNDER_WAY.includes(phase));
}
