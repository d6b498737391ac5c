// The demo that plays a day fails without a server that listens. The day itself is played by an installed release, in
// tests/dist/installed.e2e.test.ts.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { autoTimes } from '../../server/rehearsal/demo-plan.js';
import { playDemo } from '../../scripts/commands/demo-auto.js';
import { makeDemoRoom } from '../../scripts/commands/demo-room.js';

t.setTimeout(560_000);

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  folders.push(folder);
  return folder;
};
t.teardown(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

void t.test('--auto fails where no server listens', async (t) => {
  const room = await makeDemoRoom({
    data: newFolder(),
    samples: join(process.cwd(), 'samples', 'theory'),
    times: autoTimes(Date.now()),
    seats: 5,
    port: 0,
    version: '0.1.0',
    say: () => undefined,
  });
  await t.rejects(
    playDemo(room, join(room.data, 'no-such-command.js'), () => undefined),
    /The server ended/,
  );
});
