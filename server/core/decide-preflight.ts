// When the room is checked and its PCs rehearse, what that found, and what is installed. A change of the installation breaks the
// seals that stand, by name.

import { happened, refuse, signerOf, type Deciders } from './decision.js';
import { breakSeals } from './decide-seal.js';
import type { Fingerprint } from './device-types.js';
import { forbidsRehearsal } from './simulated-pcs.js';
import { entryOf } from './state-access.js';
import type { SessionPhase } from './types.js';

const PARTS = ['package', 'version', 'config', 'devices', 'seats'] as const satisfies (keyof Fingerprint)[];
/** A check would take the disk and the network away from candidates. */
const EXAM_PHASES: ReadonlySet<SessionPhase> = new Set(['running', 'paused', 'suspended', 'ended']);

export const preflightDecisions: Deciders<
  | 'run-preflight'
  | 'record-preflight'
  | 'begin-rehearsal'
  | 'stop-rehearsal'
  | 'record-rehearsal'
  | 'compare-installation'
> = {
  // [PF5]
  'run-preflight': ({ currentSession, sessions }, { rehearsing }) => {
    const phase = currentSession === null ? undefined : entryOf(sessions, currentSession)?.phase;
    if (phase !== undefined && EXAM_PHASES.has(phase)) return refuse('wrong-phase', { phase });
    return rehearsing ? refuse('rehearsal-under-way') : happened();
  },
  'record-preflight': (_state, { type: _, by: _room, ...found }) =>
    happened({ type: 'preflight-recorded', ...found }),
  // [SM4]
  'begin-rehearsal': (state, { type: _, by, underWay, ...size }) => {
    if (underWay === 'rehearsal') return happened();
    const session = forbidsRehearsal(state);
    if (session !== null) return refuse('rehearsal-not-now', { session });
    if (underWay === 'check') return refuse('check-under-way');
    if (size.pcs === 0) return refuse('no-idle-pcs');
    return happened({ type: 'rehearsal-begun', ...size, begunBy: signerOf(by) });
  },
  // [SM5]
  'stop-rehearsal': (_state, { soFar, by }) =>
    soFar === null ? happened() : happened({ type: 'rehearsal-stopped', ...soFar, stoppedBy: signerOf(by) }),
  'record-rehearsal': (_state, { type: _, by: _room, ...figures }) =>
    happened({ type: 'room-rehearsed', ...figures }),
  'compare-installation': (state, { fingerprint }) => {
    const { installation } = state;
    const event = { type: 'installation-fingerprinted', fingerprint } as const;
    if (installation === null) return happened(event);
    const changed = changedParts(installation, fingerprint);
    return changed.length === 0
      ? happened()
      : happened(...breakSeals(state, `changed:${changed.join(',')}`), event);
  },
};

/** What differs between two installations; nothing = the same one. [SL8] */
export function changedParts(before: Fingerprint, now: Fingerprint): (keyof Fingerprint)[] {
  return PARTS.filter((part) => before[part] !== now[part]);
}
