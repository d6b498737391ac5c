// A room on a disk that is full: what the journal says can be looked at, and nothing is taken that could not be kept. It
// writes nothing; who signs in is remembered until the process ends.

import type { Command } from './core/commands.js';
import type { Event } from './core/events.js';
import type { State } from './core/types.js';
import type { Journal } from './journal/journal.js';
import { RoomTime, type ClockSources } from './clock.js';
import { replayJournal, type Handled, type Room, type Rules } from './room.js';

export interface ReadOnlyRoomParts {
  journal: Journal;
  rules: Rules;
  clocks: ClockSources;
  version: string;
}

/** Replays the journal. Every command is refused `disk-full` but a sign-in, which the rules judge as ever (rule 2). */
export async function createReadOnlyRoom({
  journal,
  rules,
  clocks,
  version,
}: ReadOnlyRoomParts): Promise<Room> {
  const replayed = await replayJournal(journal, rules);
  const time = new RoomTime(clocks, replayed.anchor, replayed.state.lastAt);
  let state: State = replayed.state;
  const passing = (command: Command): Handled => {
    const now = time.now();
    const { events: bodies, refusal } = rules.decide(state, command, now);
    const events = bodies.map((body): Event => ({ ...body, at: now }));
    for (const event of events) state = rules.evolve(state, event);
    return { refusal, events, seq: journal.lastSeq };
  };
  // So that nobody is shown as connected, and a clock in doubt as one.
  passing({ type: 'start-server', ...time.reading(), version, by: { kind: 'room' } });
  return {
    get state() {
      return state;
    },
    now: () => time.now(),
    handle: (command) =>
      command.type === 'record-sign-in'
        ? passing(command)
        : { refusal: { code: 'disk-full' }, events: [], seq: journal.lastSeq },
    whenDurable: () => Promise.resolve(),
    settled: () => Promise.resolve(),
    subscribe: () => () => undefined,
  };
}
