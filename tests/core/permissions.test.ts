// The table of roles and commands, read from the file that a person wrote, cell by cell.

import t from 'tap';
import type { StaffCommand } from '../../server/core/commands.js';
import { isAllowed, PERMISSIONS } from '../../server/core/permissions.js';
import { codeOf, installed, running } from './support/scene.js';
import { readTable } from './support/read-table.js';
import { usualCommands } from './support/usual-commands.js';
import { STAFF } from './support/sample-plan.js';

const table = readTable('tests/core/permissions.table.txt');
/** Somebody with this role alone. */
const holderOf = (role: string) =>
  Object.entries(STAFF).find(([, roles]) => roles.join() === role)?.[0] ?? '';

void t.test('[PW1] the table of roles and commands', async (t) => {
  t.same([...table.keys()].sort(), Object.keys(PERMISSIONS).sort());
  const scene = running().at('09:10');
  const commands = usualCommands(scene);
  for (const [type, cells] of table)
    for (const [role, cell] of Object.entries(cells)) {
      const command = commands[type as StaffCommand['type']];
      const staffId = holderOf(role);
      t.equal(isAllowed(scene.state, staffId, command), cell === 'x', `${role}: ${type}`);
      const decided = scene.would({ ...command, by: { kind: 'staff', staffId, station: 'x' } });
      if (cell !== 'x') t.equal(codeOf(decided), 'not-allowed', `${role} is refused ${type}`);
    }
});

void t.test('[PW1] who has no role in the room may nothing', async (t) => {
  const scene = installed();
  for (const command of Object.values(usualCommands(scene)))
    if (Object.hasOwn(PERMISSIONS, command.type))
      t.equal(isAllowed(scene.state, 'nobody', command as StaffCommand), false, command.type);
});
