// What a rehearsal on the room's own PCs comes to: the durations that every PC measured, put together and by PC. Pure.

import type { PhaseFigures, RehearsedPc, RehearsalEnd, RoomRehearsal } from '../core/rehearsal-types.js';
import type { RehearsalFiguresMessage } from '../protocol/rehearsal.js';
import { percentiles } from './percentiles.js';

/** One PC's part as the room saw it; `figures` null where it went away before it gave any. */
export interface PlayedPart {
  label: string;
  /** Simulated candidates of its share. */
  seats: number;
  figures: RehearsalFiguresMessage | null;
}

export interface RehearsalFrame {
  runId: string;
  begunBy: string;
  begunAt: number;
  ended: RehearsalEnd;
  /** Who stopped it, where somebody did. */
  stoppedBy?: string;
  /** Labels of paired PCs that did not take part. */
  missing: readonly string[];
  /** Found beside the PCs' own: by the room, or in the journal of the practice session. */
  lost: number;
  problems: readonly string[];
}

const WENT_AWAY = '未给出数据就离开了 / it went away without its figures';
const MOST_PROBLEMS = 20;

/** Puts the parts together. */
export function rehearsalOf(frame: RehearsalFrame, parts: readonly PlayedPart[]): RoomRehearsal {
  const pcs = parts.map(partOf);
  const sum = (of: (pc: RehearsedPc) => number) => pcs.reduce((total, pc) => total + of(pc), 0);
  const ownLost = parts.reduce((total, { figures }) => total + (figures?.lost ?? 0), 0);
  const { runId, begunBy, begunAt, ended, stoppedBy, missing, lost, problems } = frame;
  const named = pcs.flatMap(({ label, problems: own }) => own.map((text) => `${label}: ${text}`));
  return {
    ...{ runId, begunBy, begunAt, ended, missing: [...missing] },
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    seats: sum(({ seats }) => seats),
    handedIn: sum(({ handedIn }) => handedIn),
    acknowledged: parts.reduce((total, { figures }) => total + (figures?.acknowledged ?? 0), 0),
    lost: lost + ownLost,
    refused: sum(({ refused }) => refused),
    problems: [...problems, ...named].slice(0, MOST_PROBLEMS),
    phases: phasesOf(parts),
    pcs,
  };
}

function partOf({ label, seats, figures }: PlayedPart): RehearsedPc {
  if (figures === null)
    return {
      ...{ label, seats, handedIn: 0, saves: 0, saveP99Ms: 0, firstPaperP99Ms: 0, refused: 0 },
      problems: [WENT_AWAY],
    };
  const { handedIn, refused, problems, tookMs } = figures;
  const saves = percentiles(tookMs['save'] ?? []);
  const firstPaperP99Ms = percentiles(tookMs['firstPaper'] ?? []).p99;
  return {
    ...{ label, seats, handedIn, saves: saves.count, saveP99Ms: saves.p99, firstPaperP99Ms, refused },
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

function phasesOf(parts: readonly PlayedPart[]): Record<string, PhaseFigures> {
  const all = new Map<string, number[]>();
  for (const { figures } of parts)
    for (const [phase, values] of Object.entries(figures?.tookMs ?? {})) {
      const known = all.get(phase) ?? [];
      for (const value of values) known.push(value);
      all.set(phase, known);
    }
  const named = [...all].filter(([, values]) => values.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    named.map(([phase, values]) => {
      const { count, p50, p99 } = percentiles(values);
      return [phase, { count, p50, p99 }];
    }),
  );
}
