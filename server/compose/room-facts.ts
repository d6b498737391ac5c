// What anybody in the room may know of it, for GET /api/v1/room: no candidate, no figure of the exam.

import type { RoomFacts } from '../protocol/http.js';
import type { Room } from '../room.js';
import { entryOf } from '../core/state-access.js';

/** The public facts as they stand. */
export function roomFacts(room: Room, version: string): RoomFacts {
  const { state } = room;
  const { package: installed, currentSession } = state;
  // What is over says nothing about what comes.
  const ahead = Object.values(state.sessions).filter(({ collectedAt }) => collectedAt === null);
  const current = currentSession === null ? undefined : entryOf(state.sessions, currentSession);
  return {
    version,
    roomName: installed?.roomName ?? '',
    siteName: installed?.siteName ?? '',
    planName: installed?.planName ?? '',
    helpTelephone: installed?.helpTelephone ?? '',
    practice: current?.plan.practice ?? (ahead.length > 0 && ahead.every(({ plan }) => plan.practice)),
    packageId: installed?.packageId ?? null,
    now: room.now(),
    clockTrusted: state.clock.trusted,
  };
}
