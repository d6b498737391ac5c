// Which page a PC shows: every stage the room knows, with and without time, paper and hand-in.

import t from 'tap';
import {
  isOver,
  localStage,
  remainingOf,
  reminderDue,
  type LocalStage,
} from '../../../../kiosk-client/candidate/exam/stage.js';
import type { SeatStage, SeatState } from '../../../../server/protocol/seat.js';

const END = 1_800_000_000_000;
const MINUTE = 60_000;

function state(stage: SeatStage, endsAt: number | null = END, remainingMs = 90_000): SeatState {
  return {
    ...{ t: 'state', stage, roomName: '102', seatLabel: '01', pairingCode: null, practice: false },
    ...{ helpTelephone: '1', session: null, now: 0 },
    candidate: {
      ...{ candidateId: 'c1', lease: 1, name: '周景行', ticketNo: '9901', photoUrl: null },
      ...{ endsAt, remainingMs, handRaised: false, endReason: null },
    },
  };
}

/** What the page is: before the end with the paper open, without it, at the end, and after a hand-in on this PC. */
const TABLE: [SeatStage, open: LocalStage, closed: LocalStage, over: LocalStage, submitted: LocalStage][] = [
  ['unpaired', 'unpaired', 'unpaired', 'unpaired', 'unpaired'],
  ['waiting', 'waiting', 'waiting', 'waiting', 'waiting'],
  ['log-in', 'log-in', 'log-in', 'log-in', 'log-in'],
  ['confirm', 'confirm', 'confirm', 'confirm', 'confirm'],
  ['rules', 'rules', 'rules', 'rules', 'rules'],
  ['ready', 'ready', 'ready', 'ready', 'ready'],
  ['answering', 'answering', 'opening', 'ended', 'ended'],
  ['paused', 'paused', 'paused', 'paused', 'ended'],
  ['suspended', 'suspended', 'suspended', 'suspended', 'ended'],
  ['ended', 'ended', 'ended', 'ended', 'ended'],
  ['received', 'received', 'received', 'received', 'received'],
  ['moved', 'moved', 'moved', 'moved', 'moved'],
];

for (const [stage, open, closed, over, submitted] of TABLE)
  void t.test(`${stage}: ${open}, ${closed} without the paper, ${over} at the end`, async (t) => {
    const running = { state: state(stage), now: END - 1, paperOpen: true, submitted: false };
    t.equal(localStage(running), open);
    t.equal(localStage({ ...running, paperOpen: false }), closed);
    for (const now of [END, END + MINUTE]) {
      t.equal(localStage({ ...running, now }), over);
      t.equal(
        localStage({ ...running, now, paperOpen: false }),
        over,
        'an unopened paper does not stay open',
      );
    }
    for (const now of [END - 1, END, null])
      t.equal(localStage({ ...running, now, submitted: true }), submitted);
    t.equal(localStage({ ...running, now: null }), open, 'without a time nothing locks');
    t.equal(localStage({ ...running, state: state(stage, null), now: END }), open, 'without an end neither');
  });

void t.test('the table names every stage once', async (t) => {
  const all: Record<SeatStage, true> = {
    ...{ unpaired: true, waiting: true, 'log-in': true, confirm: true, rules: true, ready: true },
    ...{ answering: true, paused: true, suspended: true, ended: true, received: true, moved: true },
  };
  t.same(new Set(TABLE.map(([stage]) => stage)), new Set(Object.keys(all)));
});

void t.test('before any word the page says that it connects', async (t) => {
  t.equal(localStage({ state: null, now: null, paperOpen: false, submitted: false }), 'connecting');
});

void t.test('[rule 5] the end is half-open', async (t) => {
  t.equal(isOver(END, END - 1), false);
  t.equal(isOver(END, END), true);
  t.equal(isOver(null, END), false);
  t.equal(isOver(END, null), false);
});

void t.test('what is left of the time', async (t) => {
  t.equal(remainingOf(state('answering'), END - MINUTE), MINUTE);
  t.equal(remainingOf(state('answering'), END + MINUTE), 0, 'never less than nothing');
  t.equal(remainingOf(state('paused', null, 77), END), 77, 'a clock that stands shows what it stood at');
  t.equal(remainingOf(state('answering', END, 77), null), 77, 'without a time, what the room said');
  t.equal(remainingOf({ ...state('waiting'), candidate: null }, END), 0);
});

void t.test('[REQ-E05] a reminder is shown for a minute from its moment', async (t) => {
  const reminders = [15 * MINUTE, 5 * MINUTE];
  const due = (remainingMs: number) => reminderDue(reminders, remainingMs);
  t.equal(due(15 * MINUTE + 1), null);
  t.equal(due(15 * MINUTE), 15 * MINUTE);
  t.equal(due(14 * MINUTE + 1), 15 * MINUTE);
  t.equal(due(14 * MINUTE), null);
  t.equal(due(5 * MINUTE), 5 * MINUTE);
  t.equal(reminderDue([30_000], 1), 30_000, 'a late one until the end');
  t.equal(reminderDue([30_000], 0), null, 'and not after it');
  t.equal(reminderDue([], 1), null);
  t.equal(reminderDue([60_000, 30_000], 26_000), 30_000, 'of two the later');
  t.equal(reminderDue([30_000, 60_000], 26_000), 30_000, 'in whatever order the plan names them');
});
