// How components get at the room: one context, redrawn when the picture changes; a second hand for what shows an age.

import { createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Refused, RoomView, SessionView, StaffRequest } from '../../../server/protocol/staff.js';
import type { StaffLink } from './staff-link.js';

export const LinkContext = createContext<StaffLink | null>(null);

/** The line to the room. */
export function useLink(): StaffLink {
  const link = useContext(LinkContext);
  if (link === null) throw new Error('A page of the console was drawn without a line to the room');
  return link;
}

/** The line, for the component at the root: drawn again whenever anything changed. */
export function useLinkChanges(link: StaffLink): void {
  const [, draw] = useState(0);
  // Before the browser may do anything else: a change between the drawing and a later effect would never be drawn.
  useLayoutEffect(() => link.subscribe(() => draw((count) => count + 1)), [link]);
}

/** The picture of the room; only below the sign-in. */
export function useView(): RoomView {
  const { view } = useLink();
  if (view === null) throw new Error('A page of the console was drawn before the sign-in');
  return view;
}

/** The session on stage, for pages that are shown only while there is one. */
export function useSession(): SessionView {
  const { session } = useView();
  if (session === null) throw new Error('A page that needs a session was drawn without one');
  return session;
}

/** The name of a member of staff, by id. */
export function useStaffNames(): (staffId: string) => string {
  const { people } = useLink();
  return (staffId) => people?.staff.find((one) => one.staffId === staffId)?.name ?? staffId;
}

const ticks = new Set<() => void>();
let ticking = false;

function beginTicking(): void {
  if (ticking) return;
  ticking = true;
  setInterval(() => ticks.forEach((tick) => tick()), 1000);
}

/** Room time in milliseconds; the component is drawn again every second. */
export function useNow(): number {
  const link = useLink();
  const [, draw] = useState(0);
  useEffect(() => {
    beginTicking();
    const tick = () => draw((count) => count + 1);
    ticks.add(tick);
    return () => void ticks.delete(tick);
  }, []);
  return link.time.now();
}

export interface Acting {
  busy: boolean;
  refused: Refused | null;
  /** Gives a command. @returns true when it was carried out */
  act(request: StaffRequest): Promise<boolean>;
  clear(): void;
}

/** Gives commands for one button or form, and keeps the refusal beside it. */
export function useAct(): Acting {
  const link = useLink();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  return {
    busy,
    refused,
    clear: () => setRefused(null),
    async act(request) {
      if (busy) return false;
      setBusy(true);
      setRefused(null);
      const outcome = await link.command(request);
      setBusy(false);
      if (!outcome.ok) setRefused(outcome);
      return outcome.ok;
    },
  };
}
