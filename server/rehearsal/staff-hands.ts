// Many acts of one member of staff in a short time, over several pages of that person at once: a room of thousands is paired
// and checked in by a machine here. The pages are closed as soon as the work is done.

import type { Outcome, RoomView, StaffRequest } from '../protocol/staff.js';
import type { RoomAddress } from './room-address.js';
import { SimulatedStaff } from './simulated-staff.js';

/** One page may give fifty commands a second. */
const ACTS_PER_PAGE = 100;
const MAX_PAGES = 6;

export interface StaffSignIn {
  staffId: string;
  pin: string;
}

/**
 * Gives every command and says what became of each, in no order.
 * @throws Error with the refusal of the sign-in
 */
export async function actMany<T>(
  address: RoomAddress,
  { staffId, pin }: StaffSignIn,
  all: readonly T[],
  requestOf: (one: T) => StaffRequest,
  done: (one: T, outcome: Outcome) => void,
): Promise<void> {
  if (all.length === 0) return;
  const count = Math.min(MAX_PAGES, Math.ceil(all.length / ACTS_PER_PAGE));
  const pages = Array.from({ length: count }, () => new SimulatedStaff(address, staffId, pin));
  try {
    await Promise.all(pages.map((page) => page.signIn()));
    const left = all.values();
    await Promise.all(
      pages.map(async (page) => {
        for (const one of left) done(one, await page.command(requestOf(one)));
      }),
    );
  } finally {
    for (const page of pages) page.stop();
  }
}

/** What the room shows to somebody of the staff now. @throws Error with the refusal of the sign-in */
export async function lookAtRoom(address: RoomAddress, { staffId, pin }: StaffSignIn): Promise<RoomView> {
  const page = new SimulatedStaff(address, staffId, pin);
  try {
    return await page.signIn();
  } finally {
    page.stop();
  }
}
