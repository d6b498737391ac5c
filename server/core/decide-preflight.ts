// What the check of the room found, and what is installed. A change of the installation breaks the seals that stand, by name.

import { happened, type Deciders } from './decision.js';
import { breakSeals } from './decide-seal.js';
import type { Fingerprint } from './device-types.js';

const PARTS = ['package', 'version', 'config', 'devices', 'seats'] as const satisfies (keyof Fingerprint)[];

export const preflightDecisions: Deciders<
  'record-preflight' | 'record-rehearsal' | 'note-rehearsal-stopped' | 'compare-installation'
> = {
  'record-preflight': (_state, { type: _, by: _room, ...found }) =>
    happened({ type: 'preflight-recorded', ...found }),
  'record-rehearsal': (_state, { type: _, by: _room, ...figures }) =>
    happened({ type: 'room-rehearsed', ...figures }),
  'note-rehearsal-stopped': (_state, { type: _, by: _room, ...soFar }) =>
    happened({ type: 'rehearsal-stopped', ...soFar }),
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
