// A room on the real journal with everybody logged in, brought there command by command without sockets, for benches that put
// wires of their own to it.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineClocks } from '../../server/clock.js';
import { RULES } from '../../server/compose/rules.js';
import type { DealtOrder, ItemOutline } from '../../server/core/types.js';
import type { Journal } from '../../server/journal/journal.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { createLog } from '../../server/log.js';
import { createRoom, type RunningRoom } from '../../server/room.js';
import {
  admit,
  byRoom,
  candidateIdOf,
  must,
  mustStaff,
  openEntry,
  PAPER,
  seatIdOf,
  SESSION,
  smallPackage,
  start,
  ticketOf,
} from '../support/small-room.js';

const OPTIONS = ['a', 'b', 'c', 'd'];
const ITEMS: ItemOutline[] = Array.from({ length: 60 }, (_, i) => ({
  itemId: `item-${i + 1}`,
  type: 'single',
  points: 1,
  options: OPTIONS,
  shuffleOptions: true,
}));

export interface BigRoom {
  folder: string;
  keys: PrivateKeys;
  journal: Journal;
  room: RunningRoom;
  candidates: number;
}

const plainPcId = (index: number) => `pc-${index}`;

const pcOf = (index: number, pcIdOf = plainPcId) => ({
  kind: 'seat' as const,
  seatId: seatIdOf(index),
  pcId: pcIdOf(index),
});

const journalOptions = (folder: string, room: PrivateKeys) => ({
  file: join(folder, 'journal.db'),
  keysFolder: join(folder, 'keys'),
  room,
});

async function openRoom(folder: string, keys: PrivateKeys): Promise<Pick<BigRoom, 'journal' | 'room'>> {
  const journal = await openSqliteJournal(journalOptions(folder, keys));
  const room = await createRoom({
    ...{ journal, rules: RULES, clocks: machineClocks(), log: createLog('error'), version: 'bench' },
    onFailure: (error) => {
      throw error;
    },
  });
  return { journal, room };
}

/** A session that has just started, everybody logged in. @param pcIdOf names the PCs */
export async function startedRoom(candidates: number, pcIdOf = plainPcId): Promise<BigRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-'));
  const keys = await generateKeys('room', 'bench');
  const { journal, room } = await openRoom(folder, keys);
  const offered = smallPackage({ candidates, startsAt: room.now(), minutes: 600 });
  const sections = [{ sectionId: 'one', title: '一', shuffleItems: true, draw: null, items: ITEMS }];
  for (const session of offered.sessions) session.papers = [{ paperId: PAPER, use: 'main', sections }];
  must(room, { type: 'install-package', package: offered, by: byRoom });
  const order: DealtOrder = {
    paperId: PAPER,
    sections: [{ sectionId: 'one', items: ITEMS.map(({ itemId }) => ({ itemId, options: OPTIONS })) }],
  };
  const everyone = Array.from({ length: candidates }, (_, index) => index);
  for (const i of everyone) {
    mustStaff(room, 'xi', { type: 'pair-seat', pcId: pcIdOf(i), seatId: seatIdOf(i) });
    must(room, { type: 'connect-seat', seatId: seatIdOf(i), pcId: pcIdOf(i), by: byRoom });
  }
  openEntry(room);
  const orders = Object.fromEntries(everyone.map((i) => [candidateIdOf(i), structuredClone(order)]));
  must(room, { type: 'deal-paper', sessionId: SESSION, paperId: PAPER, orders, by: byRoom });
  for (const i of everyone) {
    admit(room, i);
    const by = pcOf(i, pcIdOf);
    const [candidateId, ticketNo] = [candidateIdOf(i), ticketOf(i)];
    must(room, { type: 'log-in', sessionId: SESSION, ticketNo, password: ticketNo.slice(-6), by });
    must(room, { type: 'confirm-identity', candidateId, lease: 1, by });
    must(room, { type: 'confirm-rules', candidateId, lease: 1, by });
  }
  start(room);
  await room.settled();
  return { folder, keys, journal, room, candidates };
}

/** One line of a table, and what goes into the JSON at the end. */
export class Figures {
  readonly #figures: Record<string, number> = {};

  note(what: string, value: number, unit: string): void {
    this.#figures[`${what} (${unit})`] = Math.round(value * 1_000) / 1_000;
    process.stdout.write(`${what.padEnd(52)} ${value.toFixed(unit === 's' ? 2 : 0).padStart(9)} ${unit}\n`);
  }

  /** Prints everything as one line of JSON. */
  end(): void {
    process.stdout.write(`${JSON.stringify(this.#figures)}\n`);
  }
}

export const megabytes = () => process.memoryUsage().rss / 2 ** 20;
