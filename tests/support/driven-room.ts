// A room on driven clocks and a journal that tests hold back, with one candidate at work.

import { changesDeadlines, nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import { createLog } from '../../server/log.js';
import { createRoom, type Rules, type RunningRoom } from '../../server/room.js';
import { DrivenClocks, NINE_O_CLOCK } from './driven-clocks.js';
import { HeldJournal } from './held-journal.js';
import {
  admit,
  byRoom,
  candidateIdOf,
  deal,
  must,
  mustStaff,
  openEntry,
  seatIdOf,
  SESSION,
  smallPackage,
  start,
  ticketOf,
} from './small-room.js';

export const RULES: Rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
export const MINUTE = 60_000;
export const log = createLog('silent');

export interface Setting {
  room: RunningRoom;
  journal: HeldJournal;
  clocks: DrivenClocks;
  failures: Error[];
}

/** Opens the room of a journal. */
export async function open(
  journal = new HeldJournal({ auto: true }),
  clocks = new DrivenClocks({ wall: NINE_O_CLOCK - 20 * MINUTE }),
  ruleSet = RULES,
): Promise<Setting> {
  const failures: Error[] = [];
  const held = !journal.auto;
  journal.auto = true;
  const room = await createRoom({
    journal,
    rules: ruleSet,
    clocks,
    alarm: clocks,
    log,
    version: 'test',
    onFailure: (error) => failures.push(error),
  });
  journal.auto = !held;
  return { room, journal, clocks, failures };
}

/** One candidate at work on q1. */
export async function running(
  setting?: Setting,
): Promise<Setting & { save: (rev: number) => ReturnType<RunningRoom['handle']> }> {
  const { room, journal, clocks, failures } = setting ?? (await open());
  must(room, { type: 'install-package', package: smallPackage(), by: byRoom });
  const seatId = seatIdOf(0);
  mustStaff(room, 'xi', { type: 'pair-seat', pcId: 'pc1', seatId });
  must(room, { type: 'connect-seat', seatId, pcId: 'pc1', by: byRoom });
  openEntry(room);
  deal(room, 3);
  admit(room, 0);
  const by = { kind: 'seat' as const, seatId, pcId: 'pc1' };
  const ticketNo = ticketOf(0);
  must(room, { type: 'log-in', sessionId: SESSION, ticketNo, password: ticketNo.slice(-6), by });
  clocks.pass(20 * MINUTE);
  start(room);
  const save = (rev: number) =>
    room.handle({
      type: 'save-answer',
      candidateId: candidateIdOf(0),
      lease: 1,
      itemId: 'q1',
      rev,
      value: { options: ['a'] },
      marked: false,
      madeAt: room.now(),
      by,
    });
  return { room, journal, clocks, failures, save };
}

/** Lets everything that waits for nothing happen. */
export const ticks = () => new Promise((resolve) => setImmediate(resolve));
