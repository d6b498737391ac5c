// The frame of every page: room and clock, the steps of the day, the pages, what needs a person, the room's machines.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import { DeskContext, type Desk, type SeatForm } from '../desk.js';
import { firstPlace, placesOf, type Place } from '../day/places.js';
import { SeatMap } from '../map/seat-map.js';
import { CheckIn } from '../pages/check-in.js';
import { HandOver } from '../pages/hand-over.js';
import { Lead } from '../pages/lead.js';
import { Pairing } from '../pages/pairing.js';
import { Record } from '../pages/record.js';
import { Seal } from '../pages/seal.js';
import { TimeBack } from '../pages/time-back.js';
import { useLink, useView } from '../room/use-console.js';
import { SeatDrawer } from '../seat/seat-drawer.js';
import { placeTexts } from '../texts/places.js';
import { Feed } from './feed.js';
import { Foot } from './foot.js';
import { Header } from './header.js';
import { NextStepCard } from './next-step-card.js';
import { Person } from './person.js';
import { StaleStrip } from './stale-strip.js';
import { Steps } from './steps.js';
import { TodoList } from './todo-list.js';

const PAGES: Record<Place, () => preact.JSX.Element> = {
  map: SeatMap,
  lead: Lead,
  'check-in': CheckIn,
  time: TimeBack,
  pairing: Pairing,
  seal: Seal,
  'hand-over': HandOver,
  record: Record,
};

export function Shell() {
  const view = useView();
  const { line } = useLink();
  const { roles } = view.you;
  const places = placesOf(roles);
  const [place, go] = useState<Place>(() => firstPlace(roles, view.session?.phase ?? null));
  const [seat, setSeat] = useState<{ seatId: string | null; form: SeatForm | null }>(NONE);
  const t = useTexts(placeTexts);
  const desk: Desk = {
    place,
    go: (next) => {
      go(next);
      setSeat(NONE);
    },
    ...seat,
    openSeat: (seatId, form = null) => setSeat(seatId === null ? NONE : { seatId, form }),
  };
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
      if (event.key === 'Escape') {
        // What is being typed is not thrown away by one key: the first leaves the field, the second closes.
        if (typing) (event.target as HTMLElement).blur();
        else setSeat(NONE);
      }
      // Whoever presses it in the empty field already stands where it leads.
      const seeks = (event.target as HTMLElement).matches('[data-find]') && isEmpty(event.target);
      if (event.key !== '/' || (typing && !seeks) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      const field = document.querySelector<HTMLInputElement>('[data-find]');
      if (field !== null) return field.focus();
      go('map');
      setTimeout(() => document.querySelector<HTMLInputElement>('[data-find]')?.focus());
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
  const side = useRef<HTMLElement>(null);
  useEffect(() => {
    if (side.current !== null) side.current.scrollTop = 0;
  }, [seat.seatId, place]);
  const Page = PAGES[places.includes(place) ? place : 'map'];

  return (
    <DeskContext.Provider value={desk}>
      <div class={line === 'stale' ? 'room stale' : 'room'}>
        <StaleStrip />
        <Header />
        <Steps />
        <div class="body">
          <main class="work">
            <nav class="tabs">
              {places.map((one) => (
                <button
                  type="button"
                  key={one}
                  class={one === place ? 'tab shown' : 'tab'}
                  aria-current={one === place ? 'page' : undefined}
                  onClick={() => desk.go(one)}
                >
                  {t[one]}
                </button>
              ))}
              <Person />
            </nav>
            <div class="page">
              <Page />
            </div>
          </main>
          <aside ref={side}>
            <NextStepCard />
            {seat.seatId === null ? (
              <>
                <TodoList />
                <Feed />
              </>
            ) : (
              <SeatDrawer key={seat.seatId} seatId={seat.seatId} />
            )}
          </aside>
        </div>
        <Foot />
      </div>
    </DeskContext.Provider>
  );
}

const isEmpty = (field: EventTarget | null) => (field as HTMLInputElement).value === '';
const NONE = { seatId: null, form: null };
