// Ties pages to the kiosk: draws anew when it changes, and as time goes by.

import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Kiosk } from '../kiosk.js';

/** Draws the component whenever the kiosk changes. */
export function useChanges(kiosk: Kiosk): void {
  const [, draw] = useState(0);
  // Before the browser may do anything else: a change between the drawing and a later effect would never be drawn.
  useLayoutEffect(() => kiosk.subscribe(() => draw((count) => count + 1)), [kiosk]);
}

/** Room time, ms, drawn four times a second; null while it is not known. */
export function useRoomNow(kiosk: Kiosk): number | null {
  const [now, setNow] = useState(kiosk.clock.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(kiosk.clock.now()), 250);
    return () => clearInterval(timer);
  }, [kiosk]);
  return now;
}
