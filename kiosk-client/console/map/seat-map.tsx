// The room as seats: who sits where, and how they are. Arrow keys move, Enter opens, `/` finds.

import { useRef, useState } from 'preact/hooks';
import type { SeatRow } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { useDesk } from '../desk.js';
import { FindField } from '../parts/find-field.js';
import { useNow, useView } from '../room/use-console.js';
import { SHAPES, words } from '../texts/words.js';
import { SeatCard } from './seat-card.js';
import { isFound } from './seat-state.js';

const texts: Texts<{ title: string; all: string; none: string; notFound: string }> = {
  zh: {
    title: '座位图',
    all: '显示全部',
    none: '考试包安装后显示座位。',
    notFound: '没有找到。请换姓名、考位号或准考证号的一部分再试。',
  },
  en: {
    title: 'Seat map',
    all: 'Show all',
    none: 'Seats appear with the package.',
    notFound: 'Nobody found. Try part of a name, a seat, or of a ticket number.',
  },
};

/** Up to so many seats a large screen has room for large ones. */
const ROOMY = 60;

export function SeatMap() {
  const { seats } = useView();
  const desk = useDesk();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(texts);
  const w = useTexts(words);
  const [typed, setTyped] = useState('');
  const [only, setOnly] = useState<SeatRow['look'] | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const looks = countLooks(seats);
  const wanted = (row: SeatRow) => isFound(row, typed) && (only === null || row.look === only);
  if (seats.length === 0) return <p class="muted">{t.none}</p>;

  return (
    <section class="map">
      <div class="legend">
        <div class="looks">
          {looks.map(([look, count]) => (
            <button
              type="button"
              key={look}
              class={`look ${look}${only === look ? ' chosen' : ''}`}
              aria-pressed={only === look}
              onClick={() => setOnly(only === look ? null : look)}
            >
              <i aria-hidden="true">{SHAPES[look]}</i> {w.looks[look]} {count}
            </button>
          ))}
          {only !== null && (
            <button type="button" class="look" onClick={() => setOnly(null)}>
              {t.all}
            </button>
          )}
        </div>
        <FindField
          typed={typed}
          change={setTyped}
          take={() => {
            const [first] = seats.filter(wanted);
            if (first !== undefined) desk.openSeat(first.seatId);
          }}
        />
      </div>
      {typed !== '' && !seats.some(wanted) && (
        <p class="notice" role="status">
          {t.notFound}
        </p>
      )}
      <div
        class={seats.length > ROOMY ? 'seats many' : 'seats'}
        ref={grid}
        onKeyDown={(event) => moveFocus(event, grid.current)}
      >
        {seats.map((row) => (
          <SeatCard
            key={row.seatId}
            row={row}
            now={now}
            language={language}
            dimmed={!wanted(row)}
            shown={desk.seatId === row.seatId}
            label={(seatId) => seats.find((one) => one.seatId === seatId)?.label ?? seatId}
            open={() => desk.openSeat(desk.seatId === row.seatId ? null : row.seatId)}
          />
        ))}
      </div>
    </section>
  );
}

function countLooks(seats: readonly SeatRow[]): [SeatRow['look'], number][] {
  const order = Object.keys(SHAPES) as SeatRow['look'][];
  return order
    .map((look): [SeatRow['look'], number] => [look, seats.filter((row) => row.look === look).length])
    .filter(([, count]) => count > 0);
}

/** Arrows move over the grid as it is drawn, whatever its number of columns. */
function moveFocus(event: KeyboardEvent, grid: HTMLElement | null): void {
  if (grid === null || !event.key.startsWith('Arrow')) return;
  const cards = [...grid.querySelectorAll<HTMLElement>('.seat')];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const top = cards[0]?.offsetTop;
  const columns = Math.max(1, cards.filter((card) => card.offsetTop === top).length);
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] ?? 0;
  const next = cards[at + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
