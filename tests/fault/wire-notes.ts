// What crosses the line between a PC's page and the room, written down line by line as it is seen there. It changes nothing and
// knows nothing of the page.

import type { RoomMessage, SeatMessage } from '../../server/protocol/seat.js';
import { marksIn, type SeatLine, type SentBody } from './evidence.js';

export type Noted<T> = T extends unknown ? Omit<T, 'at'> : never;
export type Note = (line: Noted<SeatLine>) => void;

/** The notes of one connection. */
export class WireNotes {
  readonly #sent = new Map<number, { body: SentBody; sentAt: number }>();
  /** Heartbeats by the clock of the page, which is not always the driver's. */
  readonly #beats = new Map<number, number>();

  constructor(private readonly note: Note) {}

  /** A frame of the page goes out. @param sentAt the machine's monotonic clock, ms; not later than it truly was */
  sent(text: string, sentAt: number): SeatMessage {
    const message = JSON.parse(text) as SeatMessage;
    if ('id' in message) {
      const { id, ...body } = message;
      this.#sent.set(id, { body, sentAt });
    }
    if (message.t === 'beat') this.#beats.set(message.sent, sentAt);
    return message;
  }

  /** A frame of the room has come. @returns it, and what it answers */
  heard(text: string): { message: RoomMessage; answered: SentBody[] } {
    const message = JSON.parse(text) as RoomMessage;
    const answered: SentBody[] = [];
    const take = (id: number) => {
      const sent = this.#sent.get(id);
      this.#sent.delete(id);
      if (sent !== undefined) answered.push(sent.body);
      return sent;
    };
    const marks = marksIn(text);
    if (marks.length > 0) this.note({ k: 'marks', marks });
    switch (message.t) {
      case 'ack':
        for (const id of message.ids) {
          const sent = take(id);
          if (sent !== undefined) this.note({ k: 'acked', ...sent, roomNow: message.now });
        }
        break;
      case 'refused': {
        const sent = take(message.id);
        if (sent !== undefined)
          this.note({ k: 'refused', ...sent, code: message.code, roomNow: message.now });
        break;
      }
      case 'beat':
        this.note({ k: 'time', sentAt: this.#beats.get(message.sent) ?? null, roomNow: message.now });
        this.#beats.delete(message.sent);
        break;
      case 'state': {
        const { stage, now: roomNow, session, candidate } = message;
        const holder = candidate && { candidateId: candidate.candidateId, lease: candidate.lease };
        const { endsAt = null, remainingMs = null } = candidate ?? {};
        const startedAt = session?.startedAt ?? null;
        this.note({ k: 'page', stage, roomNow, holder, startedAt, endsAt, remainingMs });
        break;
      }
      case 'paper': {
        const { candidateId, lease, answers, files = [] } = message;
        const rows = answers.map(({ itemId, lease: of, rev, value }) => ({ itemId, lease: of, rev, value }));
        this.note({ k: 'paper', candidateId, lease, rows });
        for (const fileHash of files)
          this.note({ k: 'file-acked', candidateId, lease, fileHash, size: null, by: 'paper' });
        break;
      }
      case 'bye':
        this.note({ k: 'bye', code: message.code });
        break;
      default:
        break;
    }
    return { message, answered };
  }
}
