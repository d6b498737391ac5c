// The only writer: command -> decide -> evolve -> append -> (durable) -> publish; one timer. It knows no rule and no wire.

import type { Actor, State } from './core/types.js';
import type { Command } from './core/commands.js';
import type { Event, EventBody } from './core/events.js';
import type { Refusal } from './core/refusals.js';
import { entryOf } from './core/state-access.js';
import type { Journal } from './journal/journal.js';
import { RoomTime, type ClockAnchor, type ClockSources } from './clock.js';
import { eventOf, rowOf } from './protocol/journal-event.js';
import type { Log } from './log.js';
import { readSnapshot } from './room-snapshot.js';

export interface Handled {
  refusal: Refusal | null;
  events: readonly Event[];
  /** Number of the last event that the decision saw or made: what the answer has to wait for (rule 1). */
  seq: number;
}

export interface Published {
  seq: number;
  event: Event;
  actor: Actor;
}

export interface Room {
  /** The state as decided; may be ahead of the disk. Whoever shows it waits for `settled()` first. */
  readonly state: State;
  /** Room time in integer milliseconds; never backward. */
  now(): number;
  /** Decides at once; the caller answers after `whenDurable(handled.seq)`. */
  handle(command: Command): Handled;
  whenDurable(seq: number): Promise<void>;
  /** Resolves when everything decided until now is on disk. */
  settled(): Promise<void>;
  /** Called with durable events, in order. Returns the function that ends the subscription. */
  subscribe(listener: (published: readonly Published[]) => void): () => void;
}

/** The rules, as server/core has them. */
export interface Rules {
  decide(state: State, command: Command, now: number): { events: EventBody[]; refusal: Refusal | null };
  evolve(state: State, event: Event): State;
  nextDeadline(state: State): number | null;
  changesDeadlines(type: Event['type']): boolean;
  initialState(): State;
}

/** Wakes the room once; tests drive it. */
export interface Alarm {
  set(wake: () => void, afterMs: number): void;
  clear(): void;
}

export interface RoomParts {
  journal: Journal;
  rules: Rules;
  clocks: ClockSources;
  alarm?: Alarm;
  log: Log;
  version: string;
  /** Called once when the disk failed: the process has to stop (rule 2). */
  onFailure: (error: Error) => void;
}

/** A room that runs, with what its upkeep and its metrics need beside the contract. */
export interface RunningRoom extends Room {
  readonly time: RoomTime;
  /** How many saves were refused since the start, by code: they are counted and make no event (rule 1). */
  readonly refusedSaves: ReadonlyMap<string, number>;
  /** The last journaled look at the clocks. */
  readonly anchor: ClockAnchor | null;
  readonly lastSeq: number;
  /** The snapshot from which the journal was read at the start; 0 for none. */
  readonly snapshotSeq: number;
  /**
   * Called before each command is decided, to give what has to be true by then; may give commands itself.
   * @returns the function that ends it
   */
  precede(listener: (type: Command['type']) => void): () => void;
  /** Stops the timer and the publishing; handles nothing any more. */
  stop(): void;
}

/** A timer can wait no longer than this; longer waits are done in pieces. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
const AFTER_IDLE_TICK_MS = 1_000;
const BY_ROOM: Actor = { kind: 'room' };

/**
 * Replays the journal, gives `start-server` and a tick, and begins to keep time (rule 7). Rows whose key was destroyed by the wipe
 * cannot be read any more; what stays of such a session is an event of the room.
 * @throws Error when the journal cannot be read, or a key is gone that no wipe destroyed
 */
export async function createRoom(parts: RoomParts): Promise<RunningRoom> {
  const { state, anchor, snapshotSeq } = await replayJournal(parts.journal, parts.rules);
  const room = new LiveRoom(parts, state, anchor, snapshotSeq);
  room.begin();
  await room.settled();
  return room;
}

/** What the journal says is true. @throws Error when it cannot be read, or a key is gone that no wipe destroyed */
export async function replayJournal(
  journal: Pick<Journal, 'latestSnapshot' | 'replay'>,
  rules: Pick<Rules, 'initialState' | 'evolve'>,
): Promise<{ state: State; anchor: ClockAnchor | null; snapshotSeq: number }> {
  const snapshot = await journal.latestSnapshot();
  const stored = snapshot === null ? null : readSnapshot(snapshot.state);
  // What a snapshot of an older version did not know yet is as in a room that knows nothing.
  let state: State = { ...rules.initialState(), ...stored?.state };
  let anchor = stored?.anchor ?? null;
  const unread = new Map<string, number>();
  for await (const written of journal.replay(snapshot?.seq ?? 0)) {
    const { body, session, seq } = written;
    if (body === null && session === '') throw new KeyGoneError(session, seq);
    if (body === null && !unread.has(session)) unread.set(session, seq);
    const event = eventOf(written);
    state = rules.evolve(state, event);
    anchor = anchorOf(event) ?? anchor;
  }
  for (const [session, seq] of unread)
    if (entryOf(state.sessions, session)?.wiped == null) throw new KeyGoneError(session, seq);
  return { state, anchor, snapshotSeq: snapshot?.seq ?? 0 };
}

/** A data key is missing although nothing was wiped: to go on would be to forget what was acknowledged. */
export class KeyGoneError extends Error {
  constructor(session: string, seq: number) {
    super(
      `考务日志第 ${seq} 条（${session === '' ? '考场' : session}）的数据密钥不见了，且未曾清除：请从备份恢复 keys/data 目录，不要继续使用本机数据。\n` +
        `The data key of journal row ${seq} (${session === '' ? 'the room' : session}) is gone and no wipe destroyed it: restore the folder keys/data from the backup; do not go on without it.`,
    );
    this.name = 'KeyGoneError';
  }
}

class LiveRoom implements RunningRoom {
  state: State;
  anchor: ClockAnchor | null;
  readonly time: RoomTime;
  readonly refusedSaves = new Map<string, number>();
  readonly #parts: RoomParts;
  readonly #alarm: Alarm;
  readonly #preceding = new Set<(type: Command['type']) => void>();
  readonly #listeners = new Set<(published: readonly Published[]) => void>();
  #unpublished: Published[] = [];
  #publishing = false;
  #deadline: number | null = null;
  #stopped: string | null = null;

  constructor(
    parts: RoomParts,
    state: State,
    anchor: ClockAnchor | null,
    readonly snapshotSeq: number,
  ) {
    this.#parts = parts;
    this.#alarm = parts.alarm ?? nodeAlarm();
    this.state = state;
    this.anchor = anchor;
    this.time = new RoomTime(parts.clocks, anchor, state.lastAt);
    parts.journal.onFailure((error) => this.#fail(error));
  }

  get lastSeq(): number {
    return this.#parts.journal.lastSeq;
  }

  now(): number {
    return this.time.now();
  }

  begin(): void {
    const { version } = this.#parts;
    this.#apply({ type: 'start-server', ...this.time.reading(), version, by: BY_ROOM }, this.now());
    if (!this.time.sameBoot && this.state.clock.trusted) this.#followWall();
    this.#apply({ type: 'tick', by: BY_ROOM }, this.now());
    this.#arm();
  }

  handle(command: Command): Handled {
    if (this.#stopped !== null) throw new Error(`The room handles nothing any more: ${this.#stopped}`);
    for (const listener of this.#preceding) listener(command.type);
    const now = this.now();
    // What time alone brings about comes before whatever is asked after it, even if the timer is late.
    if (this.#deadline !== null && this.#deadline <= now) this.#tick(now);
    const handled = this.#apply(command, now);
    for (const event of handled.events) if (event.type === 'clock-confirmed') this.#confirmClock(event);
    if (handled.events.some((event) => this.#parts.rules.changesDeadlines(event.type))) this.#arm();
    if (handled.refusal !== null && command.type === 'save-answer') this.#countRefusal(handled.refusal.code);
    return handled;
  }

  whenDurable(seq: number): Promise<void> {
    return this.#parts.journal.whenDurable(seq);
  }

  settled(): Promise<void> {
    return this.whenDurable(this.lastSeq);
  }

  subscribe(listener: (published: readonly Published[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  precede(listener: (type: Command['type']) => void): () => void {
    this.#preceding.add(listener);
    return () => this.#preceding.delete(listener);
  }

  stop(): void {
    this.#stopped ??= 'it was stopped';
    this.#alarm.clear();
    this.#listeners.clear();
    this.#preceding.clear();
  }

  #apply(command: Command, now: number): Handled {
    const { rules, journal } = this.#parts;
    const { events: bodies, refusal } = rules.decide(this.state, command, now);
    if (bodies.length === 0) return { refusal, events: [], seq: journal.lastSeq };
    const events = bodies.map((body): Event => ({ ...body, at: now }));
    for (const event of events) {
      this.state = rules.evolve(this.state, event);
      this.anchor = anchorOf(event) ?? this.anchor;
    }
    const seq = this.#append(events, command.by);
    return { refusal, events, seq };
  }

  /** Hands events to the writer. The state is ahead of the disk from here on: a failure ends the room. */
  #append(events: Event[], actor: Actor): number {
    try {
      const seq = this.#parts.journal.append(events.map((event) => rowOf(event, actor)));
      const first = seq - events.length + 1;
      events.forEach((event, index) => this.#unpublished.push({ seq: first + index, event, actor }));
      if (!this.#publishing) void this.#publish();
      return seq;
    } catch (error) {
      this.#fail(error as Error);
      throw error;
    }
  }

  async #publish(): Promise<void> {
    this.#publishing = true;
    try {
      for (let next = this.#unpublished[0]; next !== undefined; next = this.#unpublished[0]) {
        await this.whenDurable(next.seq);
        const { durableSeq } = this.#parts.journal;
        const ahead = this.#unpublished.findIndex(({ seq }) => seq > durableSeq);
        const ready = this.#unpublished.splice(0, ahead === -1 ? this.#unpublished.length : ahead);
        for (const listener of [...this.#listeners]) this.#tell(listener, ready);
      }
    } catch (error) {
      this.#fail(error as Error);
    } finally {
      this.#publishing = false;
    }
  }

  #tell(listener: (published: readonly Published[]) => void, ready: readonly Published[]): void {
    try {
      listener(ready);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'A subscriber failed; the others go on');
    }
  }

  #tick(now: number): void {
    const { events } = this.#apply({ type: 'tick', by: BY_ROOM }, now);
    this.#arm(events.length === 0 ? AFTER_IDLE_TICK_MS : 0);
  }

  /** Sets the one timer to the next moment at which time alone makes something happen. */
  #arm(atLeastMs = 0): void {
    this.#deadline = this.#parts.rules.nextDeadline(this.state);
    this.#alarm.clear();
    if (this.#deadline === null || this.#stopped !== null) return;
    const afterMs = Math.min(Math.max(atLeastMs, this.#deadline - this.now()), MAX_TIMER_MS);
    this.#alarm.set(() => this.#wake(), afterMs);
  }

  /** A timer only wakes; what is due is decided by comparing stamps (rule 5). */
  #wake(): void {
    if (this.#stopped !== null) return;
    const now = this.now();
    if (this.#deadline !== null && this.#deadline <= now) this.#tick(now);
    else this.#arm();
  }

  /** After a new boot: the wall clock is believed, or the PCs are, or time goes on from what is certain (rule 6). */
  #confirmClock({ wallRight, advanceMs }: Extract<Event, { type: 'clock-confirmed' }>): void {
    if (this.time.sameBoot) return;
    if (wallRight) this.#followWall();
    else if (advanceMs > 0) this.#jumpTo(this.now() + advanceMs);
    this.#arm();
  }

  #followWall(): void {
    this.#jumpTo(this.time.wallTime());
  }

  /** Journaled at once, so that a restart of the service goes on from the new time. */
  #jumpTo(at: number): void {
    this.time.advanceTo(at);
    this.#apply({ type: 'sample-clock', ...this.time.reading(), by: BY_ROOM }, this.now());
  }

  #countRefusal(code: string): void {
    this.refusedSaves.set(code, (this.refusedSaves.get(code) ?? 0) + 1);
  }

  #fail(error: Error): void {
    if (this.#stopped !== null) return;
    this.#stopped = error.message;
    this.#alarm.clear();
    this.#parts.onFailure(error);
  }
}

function anchorOf(event: Event): ClockAnchor | null {
  if (event.type !== 'server-started' && event.type !== 'clock-sampled') return null;
  const { bootId, wallAt, monoMs, at } = event;
  return { bootId, wallAt, monoMs, at };
}

function nodeAlarm(): Alarm {
  let timer: NodeJS.Timeout | null = null;
  const clear = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    clear,
    set: (wake, afterMs) => {
      clear();
      timer = setTimeout(wake, afterMs);
    },
  };
}
