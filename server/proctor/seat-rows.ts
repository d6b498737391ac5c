// The staff's seat map, row by row: only what an event or a PC's word can have changed is made anew. In a room of thousands the
// whole map costs more than everything else that the server does.

import type { SeatId, Session } from '../core/types.js';
import type { SeatRow } from '../protocol/staff.js';
import type { Published } from '../room.js';
import type { StaffHost } from './host.js';
import { touchedRows } from './touched-rows.js';

type RuleRow = ReturnType<StaffHost['rules']['seatRow']>;

interface Row {
  /** As the rules show it. */
  rule: RuleRow;
  /** As pages get it. */
  shown: SeatRow;
  text: string;
}

export class SeatRows {
  readonly #rows = new Map<SeatId, Row>();
  #touched = new Set<SeatId>();
  #isAllTouched = true;
  /** Changed since the pages were told. */
  readonly #news = new Set<SeatId>();

  constructor(private readonly host: Pick<StaffHost, 'room' | 'rules' | 'presence' | 'photoUrl'>) {}

  /** Something happened. */
  take(published: readonly Published[]): void {
    for (const { event } of published) {
      if (this.#isAllTouched) return;
      const touched = touchedRows(this.host.room.state, event);
      if (touched === 'all') this.#isAllTouched = true;
      else for (const seatId of touched) this.#touched.add(seatId);
    }
  }

  /** A PC said something of itself. */
  touch(seatId: SeatId): void {
    this.#touched.add(seatId);
  }

  /** Brings the rows up to date. @param session the one on stage */
  bringUpToDate(session: Session | null): void {
    const { seats } = this.host.room.state;
    const seatIds = this.#isAllTouched ? Object.keys(seats) : [...this.#touched];
    if (this.#isAllTouched)
      for (const seatId of [...this.#rows.keys()]) if (!(seatId in seats)) this.#rows.delete(seatId);
    this.#isAllTouched = false;
    this.#touched = new Set();
    if (seatIds.length === 0) return;
    const occupants = session === null ? null : this.host.rules.occupants(session);
    for (const seatId of seatIds) {
      const seat = seats[seatId];
      if (seat === undefined) continue;
      const { rules, presence, photoUrl } = this.host;
      const rule = rules.seatRow(session, seat, occupants?.get(seatId) ?? null, presence(seatId));
      const { photo, ...row } = rule;
      const before = this.#rows.get(seatId);
      const shown = { ...row, photoUrl: photo === null ? null : photoUrl(photo) };
      const text = JSON.stringify(shown);
      if (before?.text === text) continue;
      this.#rows.set(seatId, { rule, shown, text });
      this.#news.add(seatId);
    }
  }

  /** Every row as the rules show it, in the order of the seats. */
  ofRules(): RuleRow[] {
    return this.#inOrder().map(({ rule }) => rule);
  }

  /** Every row as pages get it, in the order of the seats. */
  shown(): SeatRow[] {
    return this.#inOrder().map(({ shown }) => shown);
  }

  /** What changed since the last call. */
  news(): SeatRow[] {
    const changed = [...this.#news].flatMap((seatId) => this.#rows.get(seatId)?.shown ?? []);
    this.#news.clear();
    return changed;
  }

  #inOrder(): Row[] {
    return Object.keys(this.host.room.state.seats).flatMap((seatId) => this.#rows.get(seatId) ?? []);
  }
}
