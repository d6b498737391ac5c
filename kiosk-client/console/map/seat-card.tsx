// One seat: number, name, state with its age, how far the paper is. How many items are answered, never which or what.

import type { SeatRow } from '../../../server/protocol/staff.js';
import { useTexts, type Language } from '../../i18n/language.js';
import { age } from '../texts/age.js';
import { words } from '../texts/words.js';
import { isPlaceOf, seatState } from './seat-state.js';

interface SeatCardProps {
  row: SeatRow;
  now: number;
  language: Language;
  dimmed: boolean;
  shown: boolean;
  /** The number of a seat, by its id. */
  label: (seatId: string) => string;
  open: () => void;
}

export function SeatCard({ row, now, language, dimmed, shown, label, open }: SeatCardProps) {
  const w = useTexts(words);
  const { shape, word, tone } = seatState(row, w);
  const share = row.items === 0 ? 0 : Math.round((row.answered / row.items) * 100);
  const since = row.since === null ? '' : age(now - row.since, language);
  const classes = ['seat', tone, dimmed ? 'dimmed' : '', shown ? 'shown' : ''].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      class={classes}
      data-seat={row.seatId}
      data-look={row.look}
      aria-label={`${w.seat(row.label)} ${row.name ?? ''} ${word}`}
      title={row.name ?? ''}
      onClick={open}
    >
      <span class="no">
        {row.label}
        {row.movedTo !== null && !isPlaceOf(row) && <em>→ {label(row.movedTo)}</em>}
        {row.extendedMs > 0 && <em>+{Math.round(row.extendedMs / 60_000)}′</em>}
        <b>{row.look === 'answering' ? `${row.answered}/${row.items}` : since}</b>
      </span>
      <span class="name">{row.name ?? (row.spare ? w.spareReady : '')}</span>
      <span class="state">
        <i aria-hidden="true">{shape}</i>
        {word}
      </span>
      <span class="bar">{row.answered > 0 && <i style={{ width: `${share}%` }} />}</span>
    </button>
  );
}
