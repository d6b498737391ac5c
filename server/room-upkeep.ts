// What a running room does beside its commands: looks at the clocks, signs the head of the journal, writes snapshots.
// It decides nothing and never holds up an answer for long.

import type { Event } from './core/events.js';
import type { SessionPhase, State } from './core/types.js';
import type { Journal } from './journal/journal.js';
import type { Log } from './log.js';
import type { RunningRoom } from './room.js';
import { encodeSnapshot } from './room-snapshot.js';

/** Rule 6: how often the clocks are journaled while a session is under way, and otherwise. */
export const SAMPLE_EVERY_MS = 5_000;
export const SAMPLE_IDLE_EVERY_MS = 60_000;
/** The head is signed at least this often, so that a cut tail shows. */
export const SIGN_EVERY_MS = 60_000;
export const SNAPSHOT_EVERY_EVENTS = 100_000;
/** A snapshot waits for a moment without writing, but not for ever; encoding 2,000 candidates takes part of a second. */
const SNAPSHOT_PATIENCE_ROUNDS = 30;
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

export interface Upkeep {
  /** One round; the timer calls it every second, tests call it themselves. */
  round(): Promise<void>;
  stop(): void;
}

/** Begins the upkeep. @param everyMs 0 = no timer, for tests that call `round` */
export function beginUpkeep(room: RunningRoom, journal: Journal, log: Log, everyMs = ROUND_MS): Upkeep {
  let sampledAt = room.time.reading().monoMs;
  let signedAt = sampledAt;
  let signedSeq = -1;
  let snapshotSeq = room.lastSeq;
  let phaseChanged = true;
  let waited = 0;
  let lastSeqSeen = room.lastSeq;
  let busy = false;
  let stopped = false;

  const unsubscribe = room.subscribe((published) => {
    if (published.some(({ event }) => PHASE_CHANGES.includes(event.type))) phaseChanged = true;
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

  async function keepRecords(): Promise<void> {
    const monoMs = room.time.reading().monoMs;
    const seq = room.lastSeq;
    const quiet = seq === lastSeqSeen;
    lastSeqSeen = seq;
    const wantsSnapshot = (phaseChanged && seq > snapshotSeq) || seq - snapshotSeq >= SNAPSHOT_EVERY_EVENTS;
    if (phaseChanged || (monoMs - signedAt >= SIGN_EVERY_MS && seq !== signedSeq)) {
      phaseChanged = false;
      signedAt = monoMs;
      signedSeq = seq;
      await journal.signHead(room.now());
    }
    if (wantsSnapshot || waited > 0) {
      waited += 1;
      if (!quiet && waited <= SNAPSHOT_PATIENCE_ROUNDS) return;
      waited = 0;
      await snapshot();
    }
  }

  async function snapshot(): Promise<void> {
    const seq = room.lastSeq;
    snapshotSeq = seq;
    const state = encodeSnapshot(room.state, room.anchor);
    await room.whenDurable(seq);
    await journal.writeSnapshot({ seq, state });
  }

  async function round(): Promise<void> {
    if (busy || stopped) return;
    busy = true;
    try {
      look();
      await keepRecords();
    } catch (error) {
      // A disk that fails stops the process through the journal; here it is only put on record.
      if (!stopped) log.error({ err: error }, 'Upkeep of the room failed');
    } finally {
      busy = false;
    }
  }

  const timer = everyMs > 0 ? setInterval(() => void round(), everyMs) : null;
  return {
    round,
    stop: () => {
      stopped = true;
      unsubscribe();
      if (timer !== null) clearInterval(timer);
    },
  };
}

function isUnderWay(state: State): boolean {
  return Object.values(state.sessions).some(({ phase }) => UNDER_WAY.includes(phase));
}
