// The check of the room as this page sees it: the last report, the one under way line by line, and how to begin one.

import { useEffect, useState } from 'preact/hooks';
import type {
  PreflightLine,
  PreflightReportView,
  PreflightRun,
  RunPreflight,
} from '../../../server/protocol/preflight.js';
import type { Refused } from '../../../server/protocol/staff.js';
import { useLink } from '../room/use-console.js';

export interface Check {
  /** Null before the room has answered. */
  known: { report: PreflightReportView | null } | null;
  run: PreflightRun | null;
  refused: Refused | null;
  /** The last check ended and could not be recorded. */
  lost: boolean;
  /** @returns false where the room refused it: what was said is not lost then */
  begin(request: RunPreflight): Promise<boolean>;
}

/** Hears of checks as long as the page is shown, whoever began them. */
export function useCheck(): Check {
  const link = useLink();
  const { line: ofLink } = link;
  const [known, setKnown] = useState<Check['known']>(null);
  const [run, setRun] = useState<PreflightRun | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [lost, setLost] = useState(false);

  useEffect(() => {
    const stop = link.hearPreflight({
      line: ({ runId, total, line }) =>
        setRun((before) => ({
          runId,
          total,
          lines: added(before?.runId === runId ? before.lines : [], line),
        })),
      done: ({ report }) => {
        setRun(null);
        setLost(report === null);
        if (report !== null) setKnown({ report });
      },
    });
    return stop;
  }, [link]);
  // After an outage of the line the room has to be asked again, or it tells this page nothing more.
  useEffect(() => {
    if (ofLink !== 'live') return undefined;
    let over = false;
    void link.lastPreflight().then((outcome) => {
      if (over || !outcome.ok) return;
      setKnown({ report: outcome.report });
      setRun(outcome.run);
    });
    return () => {
      over = true;
    };
  }, [link, ofLink]);

  return {
    known,
    run,
    refused,
    lost,
    async begin(request) {
      setRefused(null);
      setLost(false);
      const outcome = await link.runPreflight(request);
      if (!outcome.ok) setRefused(outcome);
      // Lines may have come before the answer.
      else setRun((before) => (before?.runId === outcome.run.runId ? before : outcome.run));
      return outcome.ok;
    },
  };
}

function added(lines: readonly PreflightLine[], line: PreflightLine): PreflightLine[] {
  return [...lines.filter(({ id }) => id !== line.id), line];
}
