// The day's checklist along the top of the staff pages: what is done, what is now, what is ahead.

import { commonEndsAt, entryOpensAt, roomStartsAt, subjectMs } from './deadlines.js';
import type { Session } from './types.js';

export interface DayStepView {
  key:
    | 'power-on'
    | 'entry'
    | 'rules'
    | 'start'
    | 'identity-recheck'
    | 'cut-off'
    | 'reminder'
    | 'end'
    | 'collect'
    | 'hand-over';
  at: number | null;
  state: 'done' | 'now' | 'ahead';
}

/** The steps of the day; the first that is not done is `now`. [VW4] */
export function daySteps(session: Session): DayStepView[] {
  const { policy } = session.plan;
  const started = session.startedAt;
  const base = started ?? roomStartsAt(session);
  const common = commonEndsAt(session);
  const endsAt = common ?? (started === null ? base + subjectMs(session) : null);
  const firstReminder = Math.max(0, ...policy.remindersBeforeEndMs);
  const reminded = Object.values(session.candidates).some(({ remindersGiven }) => remindersGiven.length > 0);
  const ended = session.endedAt !== null;
  const entered = session.openedAt !== null;
  const steps: { key: DayStepView['key']; at: number | null; done: boolean }[] = [
    { key: 'power-on', at: null, done: session.phase !== 'installed' },
    { key: 'entry', at: session.openedAt ?? entryOpensAt(session), done: entered },
    { key: 'rules', at: base - policy.rulesReadBeforeMs, done: started !== null },
    { key: 'start', at: base, done: started !== null },
    {
      key: 'identity-recheck',
      at: base + policy.identityRecheckAfterMs,
      done: session.cutOffRecorded || ended,
    },
    { key: 'cut-off', at: base + policy.lateCutOffMs, done: session.cutOffRecorded },
    { key: 'reminder', at: endsAt === null ? null : endsAt - firstReminder, done: reminded || ended },
    { key: 'end', at: session.endedAt ?? endsAt, done: ended },
    { key: 'collect', at: session.collectedAt, done: session.collectedAt !== null },
    { key: 'hand-over', at: session.handedOverAt, done: session.handedOverAt !== null },
  ];
  const due = steps.findIndex(({ done }) => !done);
  return steps.map(({ key, at, done }, index) => ({
    key,
    at,
    state: done ? 'done' : index === due ? 'now' : 'ahead',
  }));
}
