// The rehearsal on the room's own PCs as this page sees it: the one under way, the last one, how to begin and to stop one.

import { useEffect, useState } from 'preact/hooks';
import type { BeginRehearsal, RehearsalView } from '../../../server/protocol/rehearsal.js';
import type { Refused } from '../../../server/protocol/staff.js';
import { useLink } from '../room/use-console.js';

export interface Rehearsal {
  /** Null before the room has answered. */
  view: RehearsalView | null;
  refused: Refused | null;
  begin(request: BeginRehearsal): void;
  end(): void;
}

/** How many PCs are idle is asked again now and then. */
const LOOK_EVERY_MS = 5_000;

/** Hears of rehearsals as long as the page is shown, whoever began them. */
export function useRehearsal(): Rehearsal {
  const link = useLink();
  const { line } = link;
  const [view, setView] = useState<RehearsalView | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);

  useEffect(() => link.hearRehearsal(setView), [link]);
  useEffect(() => {
    if (line !== 'live') return undefined;
    let over = false;
    const look = () =>
      void link.lastRehearsal().then((outcome) => {
        if (!over && outcome.ok) setView(outcome.rehearsal);
      });
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [link, line]);

  return {
    ...{ view, refused },
    begin(request) {
      setRefused(null);
      void link.beginRehearsal(request).then((outcome) => {
        if (outcome.ok) setView(outcome.rehearsal);
        else setRefused(outcome);
      });
    },
    end() {
      void link.endRehearsal().then((outcome) => {
        if (!outcome.ok) setRefused(outcome);
      });
    },
  };
}
