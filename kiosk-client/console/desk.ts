// What this page shows now: the place, the seat or device that is open beside it, and which
// of its forms. Nothing of it leaves the page.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Place } from './day/places.js';

/** The forms of a seat, one of which may be open. */
export type SeatForm =
  | 'swap'
  | 'time'
  | 'leave'
  | 'incident'
  | 'message'
  | 'end'
  | 'correct-check-in'
  | 'correct-swap'
  | 'reopen'
  | 'unpair';

export interface OpenCamera {
  deviceId: string;
  /** Null = now. */
  at: number | null;
}

export interface Desk {
  place: Place;
  go(place: Place): void;
  seatId: string | null;
  form: SeatForm | null;
  /** Opens a seat beside the page, null closes it. */
  openSeat(seatId: string | null, form?: SeatForm | null): void;
  deviceId: string | null;
  /** Opens a device beside the page, null closes it. */
  openDevice(deviceId: string | null): void;
  /** The camera that the page of the cameras shows, and the moment; null = all of them. */
  camera: OpenCamera | null;
  /** Leads to a camera, live or at a moment of room time; null = to all of them. */
  openCamera(deviceId: string | null, at?: number | null): void;
}

export const DeskContext = createContext<Desk | null>(null);

/** What this page shows now. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('A part of the console was drawn without its desk');
  return desk;
}
