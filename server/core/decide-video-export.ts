// Recordings on their way out of the room: one export at a time, none while a session holds the room, and each begun and ended in the
// journal. Nothing is copied here.

import { happened, refuse, signerOf, type Deciders } from './decision.js';
import type { State } from './types.js';
import type { ExportRecord } from './video-export-types.js';

type ExportDecisions = 'export-video' | 'cancel-video-export' | 'note-video-export' | 'end-video-export';

export const exportDecisions: Deciders<ExportDecisions> = {
  // [VX1]
  'export-video': (state, { sessionId, exportId, target, by }) => {
    if (state.currentSession !== null) return refuse('room-busy');
    if (runningExport(state) !== null) return refuse('export-running');
    if (target === null) return refuse('export-target-gone');
    const begun = { exportId, exported: sessionId, target, way: 'dashboard', by: signerOf(by) } as const;
    return happened({ type: 'video-export-begun', ...begun });
  },
  // [VX2]
  'cancel-video-export': (state, { exportId, by }) => {
    const found = exportOf(state, exportId);
    if (found === null) return refuse('unknown-request');
    if (found.outcome !== null) return refuse('nothing-to-do');
    if (found.way === 'command') return refuse('export-at-terminal');
    const { exported, target } = found;
    const ended = { exportId, exported, target, outcome: 'cancelled', by: signerOf(by) } as const;
    return happened({ type: 'video-export-ended', ...ended, reason: null, what: null });
  },
  // [VX3]
  'note-video-export': (state, { exportId, exported, target, happenedAt }) =>
    exportOf(state, exportId) === null
      ? happened({
          ...{ type: 'video-export-begun', exportId, exported, target, way: 'command', by: null, happenedAt },
        })
      : happened(),
  // [VX4]
  'end-video-export': (state, { exportId, outcome, reason, what, happenedAt }) => {
    const found = exportOf(state, exportId);
    if (found === null) return refuse('unknown-request');
    // A command that nobody heard of for a while may end after all.
    if (found.outcome !== null && (found.outcome !== 'interrupted' || outcome === 'interrupted'))
      return happened();
    const { exported, target } = found;
    return happened({
      ...{ type: 'video-export-ended', exportId, exported, target, outcome, by: null, reason, what },
      ...(happenedAt === undefined ? {} : { happenedAt }),
    });
  },
};

/** The export that is under way, whoever began it. */
export function runningExport({ video }: Pick<State, 'video'>): ExportRecord | null {
  return video.exports?.findLast(({ outcome }) => outcome === null) ?? null;
}

function exportOf({ video }: State, exportId: string): ExportRecord | null {
  return video.exports?.find((one) => one.exportId === exportId) ?? null;
}
