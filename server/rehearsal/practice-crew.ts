// The simulated staff of a furnished practice room, with the codes that its organisation would have given them.

import { makeOrgCode } from '../keys/typed-code.js';
import { DayCrew } from './day-crew.js';
import type { FurnishedRoom } from './furnished-room.js';
import { PRACTICE_PAPER, PRACTICE_SESSION } from './practice-exam.js';
import type { RoomAddress } from './room-address.js';

/** How hard the codes of a paper are to guess that examines nobody. */
export const NOTHING_TO_GUARD = { codeCost: 2 ** 10, pinCost: 2 ** 10 };

/** Not signed in yet. @param address where the room listens */
export function practiceCrew({ source, secrets }: FurnishedRoom, address: RoomAddress): DayCrew {
  const main = secrets.papers.find(({ use }) => use === 'main');
  const scope = { act: 'seal', sessionId: PRACTICE_SESSION, scope: '', minutes: 0, counter: 1 };
  return new DayCrew({
    ...{ address, sessionId: PRACTICE_SESSION, paperId: PRACTICE_PAPER, staff: source.plan.staff },
    startCode: main?.startCode ?? '',
    sealCode: makeOrgCode(Buffer.from(secrets.authorisationKey, 'base64'), scope),
  });
}
