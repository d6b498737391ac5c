// Puts together what the staff gateway asks of the rest of the room.

import { randomUUID } from 'node:crypto';
import { NoSpaceError } from '../bundle/partial-file.js';
import type { Refusal } from '../core/refusals.js';
import { checkOrgCode } from '../keys/typed-code.js';
import type { Log } from '../log.js';
import type {
  DeviceDesk,
  DocumentDesk,
  ExportDesk,
  PreflightHost,
  RehearsalHost,
  StaffHost,
} from '../proctor/host.js';
import type { RunningRoom } from '../room.js';
import type { SeatGateway } from '../seats/gateway.js';
import type { OpenedPapers } from './opened-papers.js';
import type { Packages } from './packages.js';
import type { Results } from './results.js';
import { STAFF_RULES } from './rules.js';

export interface StaffParts {
  room: RunningRoom;
  log: Log;
  packages: Packages;
  openedPapers: OpenedPapers;
  seats: SeatGateway;
  photoUrl: (hash: string) => string;
  bundleUrl: (fileHash: string, fileName: string) => string;
  results: Results;
  devices?: DeviceDesk;
  documents?: DocumentDesk;
  preflight?: PreflightHost;
  exports?: ExportDesk;
  rehearsal?: RehearsalHost;
  compared?: Promise<void>;
}

/** The host of the staff gateway. */
export function staffHost({
  room,
  log,
  packages,
  openedPapers,
  seats,
  photoUrl,
  bundleUrl,
  results,
  devices,
  documents,
  preflight,
  exports,
  rehearsal,
  compared,
}: StaffParts): StaffHost {
  return {
    room,
    rules: STAFF_RULES,
    log,
    checkStaffPin: async (staffId, pin) =>
      (await packages.current(room)?.checkStaffPin(staffId, pin)) ?? false,
    checkOrgCode: (scope, typed) => {
      const installed = packages.current(room);
      return installed === null ? null : checkOrgCode(installed.authorisationKey, scope, typed);
    },
    openPaper: async (request) => (await openedPapers.open(request)).ok,
    presence: (seatId) => seats.presence(seatId),
    pcOfPairingCode: (code) => seats.pcOfPairingCode(code),
    pendingPairings: () => seats.pendingPairings(),
    photoUrl,
    bundleFiles: (sessionId, fileHash) =>
      results.names(sessionId).map((name) => ({ name, url: bundleUrl(fileHash, name) })),
    buildBundle: (sessionId) => results.buildBundle(sessionId).then(() => null, refusalOf),
    bundleProgress: (sessionId) => {
      const { progress } = results;
      if (progress?.sessionId !== sessionId) return null;
      return { doneBytes: progress.doneBytes, ofBytes: progress.ofBytes };
    },
    verifyReceipt: (sessionId, receipt) => results.verifyReceipt(sessionId, receipt),
    newId: () => randomUUID(),
    ...(devices === undefined ? {} : { devices }),
    ...(documents === undefined ? {} : { documents }),
    ...(preflight === undefined ? {} : { preflight }),
    ...(exports === undefined ? {} : { exports }),
    ...(rehearsal === undefined ? {} : { rehearsal }),
    ...(compared === undefined ? {} : { compared }),
  };
}

/** What people can do something about. @throws whatever else went wrong */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof NoSpaceError)) throw error;
  const [needGb, freeGb] = error.gigabytes;
  return { code: 'bundle-needs-space', params: { needGb, freeGb } };
}
