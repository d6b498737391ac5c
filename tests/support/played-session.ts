// One session from the seal to the bundle, played by simulated staff and candidates over real sockets.

import { DayCrew, type DayMove } from '../../server/rehearsal/day-crew.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { playCandidate } from '../../server/rehearsal/simulated-candidate.js';
import type { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import type { PreparedServer } from './start-server.js';

export interface PlayedSession {
  crew: DayCrew;
  address: RoomAddress;
  roster: readonly { candidateId: string; ticketNo: string }[];
  /** Paired PCs in the order of the roster. */
  pcs: readonly SimulatedPc[];
  /** What is written into blanks and texts. */
  sentinel: string;
}

/** The staff of a session, not signed in yet. @param counter of the code that confirms the seal */
export function crewOf(server: PreparedServer, sessionId: string, paperId: string, counter = 1): DayCrew {
  const { address, exam, orgCode } = server;
  return new DayCrew({
    ...{ address, sessionId, paperId, staff: exam.source.plan.staff },
    sealCode: orgCode({ act: 'seal', sessionId, scope: '', minutes: 0, counter }),
    startCode: exam.secrets.papers.find((paper) => paper.paperId === paperId)?.startCode ?? '',
  });
}

/** Refusals of staff who are early: they try again. */
const WAIT = ['too-early', 'entry-not-open-yet', 'order-not-dealt', 'still-unsent', 'wrong-phase'];

/** Plays it; everybody stays to the end. @throws Error with the first refusal that time does not heal */
export async function playSession({ crew, address, roster, pcs, sentinel }: PlayedSession): Promise<void> {
  const take = async (move: DayMove) => {
    for (;;) {
      const outcome = await crew.take(move);
      if (outcome.ok) return;
      if (!WAIT.includes(outcome.code)) throw new Error(`${move}: ${outcome.code}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  await take('seal');
  await take('open-entry');
  for (const { candidateId } of roster) await crew.admit(candidateId);
  const playing = roster.map(({ ticketNo }, index) =>
    playCandidate(pcs[index] as SimulatedPc, address, {
      ...{ ticketNo, sentinel, thinkMs: () => 50, random: Math.random, submits: false, patienceMs: 60_000 },
    }),
  );
  await take('open-paper');
  await take('start');
  await Promise.all(playing);
  await take('collect');
  await take('build-bundle');
}
