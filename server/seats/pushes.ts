// What goes out to PCs without being asked for: pages when they change, papers at the start, reminders, messages. Fed with
// durable events in order; whatever is computed from the state waits for the disk (rule 1).

import type { Event } from '../core/events.js';
import type { CandidateId, SeatId, SessionId, State } from '../core/types.js';
import { candidateAt, entryOf } from '../core/state-access.js';
import type { Published } from '../room.js';
import type { SeatConnection } from './connection.js';
import type { SeatHost } from './host.js';
import { paperAtSeat, paperOf, type DuePaper } from './paper-messages.js';
import { PreparedPapers } from './prepared-papers.js';
import { SeatStates } from './seat-states.js';
import { touchedSeats } from './touched-seats.js';

/** The connections as the gateway holds them. */
export interface Connections {
  /** Everybody who has introduced himself. */
  all(): Iterable<SeatConnection>;
  atSeat(seatId: SeatId): SeatConnection | undefined;
  /** The code of a PC that is not paired. */
  pairingCode(connection: SeatConnection): string;
}

/** Pages are encoded in portions, so that saves pass between them in a room of thousands. */
const PAGES_AT_ONCE = 100;

export class SeatPushes {
  readonly #states: SeatStates;
  readonly #papers = new PreparedPapers();
  readonly #dirty = new Set<SeatConnection>();
  #running = false;

  constructor(
    private readonly host: SeatHost,
    private readonly connections: Connections,
  ) {
    this.#states = new SeatStates(host);
    // Of what was dealt before the service was started again no event comes any more.
    for (const sessionId of Object.keys(host.room.state.sessions)) this.#prepare(host.room.state, sessionId);
  }

  /** Takes events that are on the disk. */
  take(published: readonly Published[]): void {
    for (const { event } of published) {
      const { state } = this.host.room;
      switch (event.type) {
        case 'paper-dealt':
          this.#prepareOrder(state, event.sessionId, event.candidateId);
          break;
        case 'paper-opened':
          this.#prepare(state, event.sessionId);
          break;
        case 'session-started':
          this.#sendPapers(state, event.sessionId);
          break;
        case 'reminder-given':
          this.#remind(state, event.sessionId, event.candidateIds, event.beforeEndMs);
          break;
        case 'answer-saved':
        case 'file-received':
          this.#bringOver(state, event.sessionId, event.candidateId, leaseOf(event));
          break;
        case 'message-sent':
          this.#pass(state, event.sessionId, event.candidateId, event.text, event.at);
          break;
        default:
          break;
      }
      const touched = touchedSeats(state, event);
      if (touched === 'none') continue;
      if (touched === 'all') {
        this.#states.forgetShared();
        this.refreshAll();
      } else
        for (const seatId of touched) {
          const connection = this.connections.atSeat(seatId);
          if (connection !== undefined) this.refresh(connection);
        }
    }
  }

  refreshAll(): void {
    for (const connection of this.connections.all()) this.refresh(connection);
  }

  /** Shows a PC its page, and the paper where it is due, if they differ from what it was shown. */
  refresh(connection: SeatConnection): void {
    this.#dirty.add(connection);
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (this.#dirty.size > 0) {
        const sends: (() => void)[] = [];
        for (const connection of this.#dirty) {
          this.#dirty.delete(connection);
          if (sends.push(this.#encode(connection)) === PAGES_AT_ONCE) break;
        }
        await this.host.room.settled();
        for (const send of sends) send();
        if (this.#dirty.size > 0) await new Promise(setImmediate);
      }
    } catch (error) {
      this.host.log.error({ err: error }, 'Pages could not be pushed');
    } finally {
      this.#running = false;
    }
  }

  /** Encodes now what is true now; the function that it returns sends it once that is on the disk. */
  #encode(connection: SeatConnection): () => void {
    const { state } = this.host.room;
    const { seatId } = connection;
    const page =
      seatId === null
        ? this.#states.unpaired(state, this.connections.pairingCode(connection))
        : this.#states.paired(state, seatId);
    const paper = seatId === null ? null : paperAtSeat(this.host, state, seatId);
    const paperText = paper === null || hasPaper(connection, paper) ? null : paper.encode(this.#papers);
    return () => {
      if (connection.seatId !== seatId) return;
      if (paper === null) connection.paperFor = null;
      else if (paperText !== null) sendPaper(connection, paper, paperText);
      if (connection.shown === page.shown) return;
      connection.shown = page.shown;
      connection.sendText(page.text);
    };
  }

  #prepareOrder(state: State, sessionId: SessionId, candidateId: CandidateId): void {
    const session = entryOf(state.sessions, sessionId);
    if (session !== undefined) this.#papers.prepareOrder(session, candidateId);
  }

  #prepare(state: State, sessionId: SessionId): void {
    const session = entryOf(state.sessions, sessionId);
    if (session === undefined) return;
    this.#papers
      .prepare(session, this.host.openedPaper(sessionId))
      .catch((error: unknown) => this.host.log.error({ err: error }, 'Papers could not be prepared'));
  }

  /** The start: its event is on the disk, nobody has an answer yet. */
  #sendPapers(state: State, sessionId: SessionId): void {
    const session = entryOf(state.sessions, sessionId);
    if (session === undefined) return;
    for (const candidate of Object.values(session.candidates)) {
      const seatId = candidate.leases.at(-1)?.seatId;
      const connection = seatId === undefined ? undefined : this.connections.atSeat(seatId);
      if (connection === undefined) continue;
      const paper = paperOf(this.host, state, session, candidate);
      if (paper === null || paper.hasAnswers || hasPaper(connection, paper)) continue;
      sendPaper(connection, paper, paper.encode(this.#papers));
    }
    this.#papers.forget(session, this.host.openedPaper(sessionId));
  }

  #remind(state: State, sessionId: SessionId, candidateIds: readonly string[], beforeEndMs: number): void {
    const now = this.host.room.now();
    for (const id of candidateIds) {
      const connection = this.#connectionOf(state, sessionId, id);
      if (connection === undefined || connection.seatId === null) continue;
      const { candidate } = this.host.seatFacts(state, connection.seatId, now);
      const endsAt = candidate?.endsAt ?? null;
      if (endsAt !== null) connection.send({ t: 'reminder', beforeEndMs, endsAt, now });
    }
  }

  #pass(state: State, sessionId: SessionId, candidateId: string | null, text: string, at: number): void {
    const message = { t: 'message' as const, text, at, now: this.host.room.now() };
    if (candidateId !== null) return this.#connectionOf(state, sessionId, candidateId)?.send(message);
    for (const connection of this.connections.all()) if (connection.seatId !== null) connection.send(message);
  }

  /** What an earlier PC of a candidate delivers late counts: the present one shows it (rule 16), by the paper sent again. */
  #bringOver(state: State, sessionId: SessionId, candidateId: string, lease: number): void {
    const present = candidateAt(state, sessionId, candidateId)?.leases.at(-1);
    if (present === undefined || present.no === lease) return;
    const connection = this.#connectionOf(state, sessionId, candidateId);
    if (connection === undefined) return;
    connection.paperFor = null;
    this.refresh(connection);
  }

  #connectionOf(state: State, sessionId: SessionId, candidateId: string): SeatConnection | undefined {
    const lease = candidateAt(state, sessionId, candidateId)?.leases.at(-1);
    return lease === undefined || lease.to !== null ? undefined : this.connections.atSeat(lease.seatId);
  }
}

function leaseOf(event: Extract<Event, { type: 'answer-saved' | 'file-received' }>): number {
  return event.type === 'answer-saved' ? event.record.lease : event.lease;
}

/** Once per connection and lease: who reconnects gets it again. */
function hasPaper(connection: SeatConnection, paper: DuePaper): boolean {
  return connection.paperFor === nameOf(paper);
}

function sendPaper(connection: SeatConnection, paper: DuePaper, text: string): void {
  if (hasPaper(connection, paper)) return;
  connection.paperFor = nameOf(paper);
  connection.sendText(text);
}

function nameOf({ candidateId, lease }: DuePaper): string {
  return `${candidateId}/${lease}`;
}
