// What a room is held to when it is checked: the figures of its plan, and whether anything real is at stake. Where nothing is, a
// line that is red only because a rehearsal plays it, or because the server is a demo's, is amber and says so.

import { bandsInForce, type RoomBands } from '../core/preflight-bands.js';
import { takesSimulated } from '../core/simulated-pcs.js';
import type { State } from '../core/types.js';
import type { AnyCheck, Judgement } from './line.js';

export interface RoomStandard {
  bands: RoomBands;
  /** Every session that is not collected is a practice one. */
  practice: boolean;
}

/** @param state null before anything is installed: the requirements hold, and nothing is practice */
export function standardOf(state: Pick<State, 'package' | 'sessions'> | null): RoomStandard {
  const installed = state?.package ?? null;
  return {
    bands: bandsInForce(installed?.sessions[0]?.policy.preflight),
    practice: state !== null && installed !== null && takesSimulated(state),
  };
}

/**
 * Lines about what a practice room may be without: a machine of its own on a fixed address and a cable, every PC, none of which is
 * on the internet. What loses answers or opens no paper is red in any room.
 */
const MAY_LACK = [
  'server.network-speed',
  'server.address',
  'server.virtual-machine',
  'server.system',
  'devices.alarms',
  'pcs.paired',
  'pcs.connected',
  'pcs.real',
  'pcs.no-internet',
];

/** The check as it is judged in this room. Nothing becomes green by it. [PF3] */
export function asIn({ practice }: Pick<RoomStandard, 'practice'>, check: AnyCheck): AnyCheck {
  if (!practice || !MAY_LACK.includes(check.id)) return check;
  return { ...check, line: async (signal) => forPractice(await check.line(signal)) };
}

/** Red becomes amber, with the word that it is enough for practice only. */
export function forPractice(judgement: Judgement): Judgement {
  if (judgement.verdict !== 'red') return judgement;
  const { zh = '', en = '' } = judgement.cause ?? {};
  return {
    ...judgement,
    verdict: 'amber',
    cause: { zh: `${zh}（仅可用于演练）`, en: `${en} (good for practice only)` },
  };
}
