// The frame of every page: room and clock, the steps of the day, the pages, what needs a person, the room's machines.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import { DeskContext, type Desk, type OpenCamera, type SeatForm } from '../desk.js';
import { firstPlace, placesOf, type Place } from '../day/places.js';
import { SeatMap } from '../map/seat-map.js';
import { DeviceDrawer } from '../devices/device-drawer.js';
import { DeviceStrip } from '../devices/device-strip.js';
import { LiveContext, useAskedDevices } from '../devices/use-live.js';
import { Cameras } from '../pages/cameras.js';
import { CheckIn } from '../pages/check-in.js';
import { Devices } from '../pages/devices.js';
import { HandOver } from '../pages/hand-over.js';
import { Lead } from '../pages/lead.js';
import { Pairing } from '../pages/pairing.js';
import { Preflight } from '../pages/preflight.js';
import { Record } from '../pages/record.js';
import { Seal } from '../pages/seal.js';
import { TimeBack } from '../pages/time-back.js';
import { useLink, useView } from '../room/use-console.js';
import { SeatDrawer } from '../seat/seat-drawer.js';
import { placeTexts } from '../texts/places.js';
import { Feed } from './feed.js';
import { AlarmStrip } from './alarm-strip.js';
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
  preflight: Preflight,
  seal: Seal,
  devices: Devices,
  cameras: Cameras,
  'hand-over': HandOver,
  record: Record,
};

export function Shell() {
  const view = useView();
  const { line } = useLink();
  const { roles } = view.you;
  const places = placesOf(
    roles,
    view.devices.some(({ kind }) => kind === 'camera'),
  );
  const [place, go] = useState<Place>(() => firstPlace(roles, view.session?.phase ?? null));
  const [beside, setBeside] = useState<Beside>(NONE);
  const [camera, setCamera] = useState<OpenCamera | null>(null);
  const live = useAskedDevices();
  const t = useTexts(placeTexts);
  const desk: Desk = {
    place,
    go: (next) => {
      go(next);
      setBeside(NONE);
      setCamera(null);
    },
    ...beside,
    openSeat: (seatId, form = null) => setBeside({ ...NONE, seatId, form: seatId === null ? null : form }),
    openDevice: (deviceId) => setBeside({ ...NONE, deviceId }),
    camera,
    openCamera: (deviceId, at = null) => {
      go('cameras');
      setCamera(deviceId === null ? null : { deviceId, at });
    },
  };
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
      if (event.key === 'Escape') {
        // What is being typed is not thrown away by one key: the first leaves the field, the second closes.
        if (typing) (event.target as HTMLElement).blur();
        else setBeside(NONE);
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
  useLayoutEffect(() => {
    if (side.current !== null) side.current.scrollTop = 0;
  }, [beside.seatId, beside.deviceId, place]);
  const Page = PAGES[places.includes(place) ? place : 'map'];

  return (
    <DeskContext.Provider value={desk}>
      <LiveContext.Provider value={live}>
        <div class={line === 'stale' ? 'room stale' : 'room'}>
          <StaleStrip />
          <Header />
          <AlarmStrip />
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
              <BesidePage {...beside} />
            </aside>
          </div>
          <DeviceStrip />
          <Foot />
        </div>
      </LiveContext.Provider>
    </DeskContext.Provider>
  );
}

const isEmpty = (field: EventTarget | null) => (field as HTMLInputElement).value === '';

/** What is open beside the page: a seat, a device, or nothing. */
interface Beside {
  seatId: string | null;
  form: SeatForm | null;
  deviceId: string | null;
}

const NONE: Beside = { seatId: null, form: null, deviceId: null };

function BesidePage({ seatId, deviceId }: Beside) {
  if (seatId !== null) return <SeatDrawer key={seatId} seatId={seatId} />;
  if (deviceId !== null) return <DeviceDrawer key={deviceId} deviceId={deviceId} />;
  return (
    <>
      <TodoList />
      <Feed />
    </>
  );
}
