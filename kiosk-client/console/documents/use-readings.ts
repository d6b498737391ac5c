// Documents that were held to a reader while the check-in is shown: typed at this page, or at a device of the room that this page
// listens to. Finds the row; whether the person is the one in the photo is nobody's to say but the proctor's.

import { useEffect, useState } from 'preact/hooks';
import type { DocumentFound } from '../../../server/protocol/documents.js';
import type { Refused, SeatRow } from '../../../server/protocol/staff.js';
import { useLink, useView } from '../room/use-console.js';
import { useWedge } from './use-wedge.js';

/** What the page shows of the last reading. */
export type Reading =
  | { kind: 'asking' }
  /** `attendance`: of whom it names, when it was read. */
  | { kind: 'found'; found: DocumentFound; attendance: SeatRow['attendance'] }
  /** The bar code of an admission ticket. */
  | { kind: 'ticket'; name: string; seat: string }
  /** A reader typed something that is no number. */
  | { kind: 'noise' }
  | { kind: 'refused'; refused: Refused };

export interface Readings {
  reading: Reading | null;
  /** Counts readers that began to type: their first keys may have done something to the page. */
  began: number;
  /** A device's document waits until this page is done with somebody else. */
  waiting: string | null;
  /** Goes to whom waits. */
  goThere(): void;
  clear(): void;
}

interface ReadingsOptions {
  rows: readonly SeatRow[];
  /** Who is being checked here: a device of the room takes nobody away. */
  busyWith: string | null;
  choose: (candidateId: string | null) => void;
}

/** Listens to readers as long as the page is shown. */
export function useReadings({ rows, busyWith, choose }: ReadingsOptions): Readings {
  const link = useLink();
  const { devices } = useView();
  const [reading, setReading] = useState<Reading | null>(null);
  const [began, setBegan] = useState(0);
  const [waiting, setWaiting] = useState<string | null>(null);
  /** @param mayGo the page goes to the person by itself */
  const show = (found: DocumentFound, mayGo: boolean) => {
    const { candidateId } = found;
    const row = rows.find((one) => candidateId !== null && one.candidateId === candidateId);
    setReading({ kind: 'found', found, attendance: row?.attendance ?? null });
    setWaiting(row === undefined || mayGo ? null : candidateId);
    if (!mayGo) return;
    if (row !== undefined) choose(candidateId);
    // Nobody is admitted by a document that is not theirs: whoever stood here before goes.
    else if (found.outcome !== 'unreadable') choose(null);
  };

  useWedge({
    began: () => setBegan((count) => count + 1),
    typed: (text) => {
      setWaiting(null);
      if (text === '') return setReading({ kind: 'noise' });
      const ofTicket = rows.find(({ ticketNo }) => ticketNo === text);
      if (ofTicket?.candidateId != null) {
        setReading({ kind: 'ticket', name: ofTicket.name ?? '', seat: ofTicket.label });
        return choose(ofTicket.candidateId);
      }
      setReading({ kind: 'asking' });
      void link
        .readDocument(text)
        .then((outcome) =>
          outcome.ok ? show(outcome.found, true) : setReading({ kind: 'refused', refused: outcome }),
        );
    },
  });

  // With several readers nobody knows which one stands beside this page.
  const readers = devices.filter(({ kind }) => kind === 'id-reader');
  const own = readers.length === 1 ? readers[0]?.deviceId : undefined;
  useEffect(
    () =>
      link.hearDocuments(({ deviceId, found }) => {
        if (deviceId === own) show(found, busyWith === null || found.candidateId === busyWith);
      }),
    [link, own, busyWith, rows],
  );

  return {
    ...{ reading, began, waiting },
    goThere: () => {
      if (waiting !== null) choose(waiting);
      setWaiting(null);
    },
    clear: () => {
      setReading(null);
      setWaiting(null);
    },
  };
}
