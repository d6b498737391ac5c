// The staff's seat map, row by row: only what an event or a PC's word can have changed is made anew. In a room of thousands the
// whole map costs more than everything else that the server does.

import type { SeatId, Session } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
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
  /** Where a row stands in the two lists, which are in the order of the seats. */
  readonly #places = new Map<SeatId, number>();
  #ofRules: RuleRow[] = [];
  #shown: SeatRow[] = [];
  readonly #touched = new Set<SeatId>();
  #isAllTouched = true;
  /** Changed since the pages were told. */
  readonly #news = new Set<SeatId>();

  constructor(private readonly host: Pick<StaffHost, 'room' | 'rules' | 'presence' | 'photoUrl'>) {}

  /** Rows are left that the last call had no time for. */
  get isBehind(): boolean {
    return this.#isAllTouched || this.#touched.size > 0;
  }

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

  /**
   * Brings the rows up to date. @param session the one on stage; @param atMost so many of those that something happened to, the
   * longest waiting first; rows that nobody has seen yet are made whatever their number
   */
  bringUpToDate(session: Session | null, atMost = Infinity): void {
    const { seats } = this.host.room.state;
    const wereAllTouched = this.#isAllTouched;
    if (wereAllTouched) {
      for (const seatId of Object.keys(seats)) this.#touched.add(seatId);
      for (const seatId of [...this.#rows.keys()]) if (!(seatId in seats)) this.#rows.delete(seatId);
    }
    this.#isAllTouched = false;
    let left = atMost;
    for (const seatId of this.#touched) {
      const isNew = !this.#rows.has(seatId);
      if (!isNew && left <= 0) continue;
      left -= 1;
      this.#touched.delete(seatId);
      this.#renew(session, seatId);
    }
    if (wereAllTouched) this.#putInOrder();
  }

  #renew(session: Session | null, seatId: SeatId): void {
    const seat = entryOf(this.host.room.state.seats, seatId);
    if (seat === undefined) return;
    const { rules, presence, photoUrl } = this.host;
    const occupant = session === null ? null : rules.occupantAt(session, seatId);
    const rule = rules.seatRow(session, seat, occupant, presence(seatId));
    const { photo, ...row } = rule;
    const shown = { ...row, photoUrl: photo === null ? null : photoUrl(photo) };
    const text = JSON.stringify(shown);
    if (this.#rows.get(seatId)?.text === text) return;
    this.#rows.set(seatId, { rule, shown, text });
    this.#news.add(seatId);
    const place = this.#places.get(seatId);
    if (place === undefined) return;
    this.#ofRules[place] = rule;
    this.#shown[place] = shown;
  }

  /** Every row as the rules show it, in the order of the seats; of now. */
  ofRules(): readonly RuleRow[] {
    return this.#ofRules;
  }

  /** Every row as pages get it, in the order of the seats. */
  shown(): SeatRow[] {
    return this.#shown.slice();
  }

  /** What changed since the last call. */
  news(): SeatRow[] {
    const changed = [...this.#news].flatMap((seatId) => this.#rows.get(seatId)?.shown ?? []);
    this.#news.clear();
    return changed;
  }

  #putInOrder(): void {
    this.#places.clear();
    this.#ofRules = [];
    this.#shown = [];
    for (const seatId of Object.keys(this.host.room.state.seats)) {
      const row = this.#rows.get(seatId);
      if (row === undefined) continue;
      this.#places.set(seatId, this.#shown.length);
      this.#ofRules.push(row.rule);
      this.#shown.push(row.shown);
    }
  }
}
