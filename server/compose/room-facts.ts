// What anybody in the room may know of it, for GET /api/v1/room: no candidate, no figure of the exam.

import type { RoomFacts } from '../protocol/http.js';
import type { Room } from '../room.js';

/** The public facts as they stand. */
export function roomFacts(room: Room, version: string): RoomFacts {
  const { state } = room;
  const { package: installed, currentSession } = state;
  const sessions = Object.values(state.sessions);
  const current = currentSession === null ? undefined : state.sessions[currentSession];
  return {
    version,
    roomName: installed?.roomName ?? '',
    siteName: installed?.siteName ?? '',
    planName: installed?.planName ?? '',
    helpTelephone: installed?.helpTelephone ?? '',
    practice: current?.plan.practice ?? (sessions.length > 0 && sessions.every(({ plan }) => plan.practice)),
    packageId: installed?.packageId ?? null,
    now: room.now(),
    clockTrusted: state.clock.trusted,
  };
}
