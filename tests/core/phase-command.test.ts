// The table of phases and commands, read from the file that a person wrote, cell by cell.

import t from 'tap';
import type { CommandType } from '../../server/core/commands.js';
import type { SessionPhase } from '../../server/core/types.js';
import {
  byRoom,
  collected,
  ended,
  handedOver,
  installed,
  ready,
  running,
  sealed,
  suspended,
  type Scene,
} from './support/scene.js';
import { readTable } from './support/read-table.js';
import { usualCommands } from './support/usual-commands.js';

const SHORT: Record<string, string> = {
  w: 'wrong-phase',
  f: 'foreign-lease',
  c: 'after-collection',
  n: 'nothing-to-do',
};

/** A room in every phase; c3 is not there yet, the bundle is built once it is collected. */
const ROOMS: Record<SessionPhase, () => Scene> = {
  installed: () => installed().at('08:30'),
  sealed: () => sealed().at('08:30'),
  open: () => ready({ without: ['c3'] }).at('09:00'),
  running: () => running({ without: ['c3'] }).at('09:10'),
  paused: () => {
    const scene = running({ without: ['c3'] }).at('09:10');
    scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
    return scene.at('09:20');
  },
  suspended: () => suspended().at('10:06'),
  ended: () => ended().at('10:01'),
  collected: () => {
    const scene = collected().at('10:30');
    scene.room({ type: 'record-bundle', sessionId: 'am', fileHash: 'h', chainHead: 'c' });
    return scene;
  },
  'handed-over': () => handedOver().at('10:40'),
};

const table = readTable('tests/core/phase-command.table.txt');

void t.test('[SE3] the table names every command and every phase', async (t) => {
  t.same([...table.keys()].sort(), Object.keys(usualCommands(installed())).sort());
  t.same(Object.keys(table.get('tick') ?? {}), Object.keys(ROOMS));
});

for (const [phase, room] of Object.entries(ROOMS))
  void t.test(`[SE3] in phase ${phase}`, async (t) => {
    const scene = room();
    t.equal(scene.session.phase, phase);
    scene.give({ type: 'tick', by: byRoom });
    const before = JSON.stringify(scene.state);
    const commands = usualCommands(scene);
    for (const [type, cells] of table) {
      const { events, refusal } = scene.would(commands[type as CommandType]);
      const found = refusal?.code ?? (events.length === 0 ? '.' : 'ok');
      const cell = cells[phase] ?? '';
      t.equal(found, SHORT[cell] ?? cell, `${type} in ${phase}`);
    }
    t.equal(JSON.stringify(scene.state), before, 'asking changes nothing');
  });
