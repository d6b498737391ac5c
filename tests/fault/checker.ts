// Looks at an exam from outside and says what was wrong with it. An empty list is the proof that the room kept its word.

import { checkAnswers, isSave } from './check-answers.js';
import { checkFiles } from './check-files.js';
import { checkTime, clockBounds } from './check-time.js';
import { checkRefusals, checkSecrecy } from './check-words.js';
import type { Evidence } from './evidence.js';

/** One thing that must not be. `rule` is a stable name. */
export interface Finding {
  rule: string;
  text: string;
}

export interface ExamFigures {
  acknowledged: number;
  /** Of them, noted in real browsers. */
  inBrowsers: number;
  /** Answers that a page showed as saved. */
  shownAsSaved: number;
  /** Files that the room said to have. */
  filesAcknowledged: number;
  filesInBundle: number;
  refused: Record<string, number>;
  contested: Record<string, number>;
  serverStarts: number;
  /** Candidates who were moved to another PC. */
  swaps: number;
  /** Answers that no PC was told of as lost by its own storage and that came to the room all the same. */
  reconnects: number;
  /** By how much room time was seen to differ from the machine's monotonic clock, ms. */
  clockOffMs: number;
}

export function check(evidence: Evidence): Finding[] {
  const { bundle, journal, seats } = evidence;
  const chain = [
    ...bundle.problems.map((text) => ({ rule: 'bundle', text })),
    ...(journal.ok ? [] : [{ rule: 'journal', text: journal.text }]),
  ];
  // A checker that was given nothing finds nothing.
  const isEmpty = !seats.some(({ lines }) => lines.some((line) => line.k === 'acked' && isSave(line.body)));
  const blind = isEmpty ? [{ rule: 'no-evidence', text: 'nobody was acknowledged a single answer' }] : [];
  return [
    ...blind,
    ...chain,
    ...checkAnswers(evidence),
    ...checkFiles(evidence),
    ...checkTime(evidence),
    ...checkRefusals(evidence),
    ...checkSecrecy(evidence),
  ];
}

export function figuresOf(evidence: Evidence): ExamFigures {
  const { seats, bundle } = evidence;
  const all = seats.flatMap(({ lines }) => lines);
  const { least, most } = clockBounds(evidence);
  return {
    acknowledged: all.filter((line) => line.k === 'acked' && isSave(line.body)).length,
    inBrowsers: seats
      .filter(({ lines }) => lines.some(({ k }) => k === 'given'))
      .flatMap(({ lines }) => lines.filter((line) => line.k === 'acked' && isSave(line.body))).length,
    shownAsSaved: all.filter(({ k }) => k === 'saved-shown').length,
    filesAcknowledged: new Set(all.flatMap((line) => (line.k === 'file-acked' ? [line.fileHash] : []))).size,
    filesInBundle: bundle.files.length,
    refused: counted(all.flatMap((line) => (line.k === 'refused' ? [`${line.body.t} ${line.code}`] : []))),
    contested: counted(
      bundle.events.flatMap((event) => (event.type === 'answer-contested' ? [String(event['why'])] : [])),
    ),
    serverStarts: bundle.events.filter(({ type }) => type === 'server-started').length,
    swaps: bundle.events.filter(({ type }) => type === 'machine-swapped').length,
    reconnects: bundle.events.filter(({ type }) => type === 'seat-connected').length,
    clockOffMs: Math.round(Math.max(0, least - most) * 10) / 10,
  };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
