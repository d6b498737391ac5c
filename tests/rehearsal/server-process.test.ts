// A second server beside a room: what it is told, and what its faults may do to whoever started it.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { freePort } from '../../server/rehearsal/free-port.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { COMMAND, prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

/** Stands for the appliance: answers /healthz, and writes down what it was told. */
const PROGRAM = `
  import { createServer } from 'node:http';
  import { writeFileSync } from 'node:fs';
  const data = process.argv[process.argv.indexOf('--data') + 1];
  writeFileSync(data + '/env.json', JSON.stringify(process.env));
  if (process.env.IGNORES_THE_END) process.on('SIGTERM', () => undefined);
  createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1');
`;

async function opened(
  t: Test,
  env: NodeJS.ProcessEnv = {},
  more: { folder?: string; under?: string[] } = {},
) {
  const root = t.testdir({});
  const data = join(root, more.folder ?? 'data');
  if (more.folder === undefined) mkdirSync(data);
  const command = join(root, 'appliance.mjs');
  writeFileSync(command, PROGRAM);
  const port = await freePort();
  const address = { url: `http://127.0.0.1:${port}` };
  const { under = [] } = more;
  const server = new ServerProcess({ command, data, address, under, env: { PORT: String(port), ...env } });
  t.teardown(() => server.kill());
  return { server, data };
}

void t.test(
  'it speaks neither to the service manager of the room nor by the settings of the room',
  async (t) => {
    const told = {
      ...{ NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' },
      ...{ KAOCHANG_CONFIG: '/etc/kaochang.json', KAOCHANG_DATA: '/var/lib/kaochang' },
    };
    Object.assign(process.env, told, { OF_THE_ROOM: 'yes' });
    t.teardown(() => {
      for (const name of [...Object.keys(told), 'OF_THE_ROOM']) Reflect.deleteProperty(process.env, name);
    });
    const { server, data } = await opened(t, { OF_THE_TEST: 'yes' });
    await server.start();
    const env = JSON.parse(readFileSync(join(data, 'env.json'), 'utf8')) as Record<string, string>;
    for (const name of Object.keys(told)) t.notOk(name in env, name);
    t.match(env, { OF_THE_ROOM: 'yes', OF_THE_TEST: 'yes' });
    await server.stop();
  },
);

void t.test('one that does not end in order is killed', async (t) => {
  const { server } = await opened(t, { IGNORES_THE_END: 'yes' });
  await server.start();
  const { pid = 0 } = server;
  await server.stop(200);
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

void t.test('one that cannot be started is an error of the start, and of nobody else', async (t) => {
  const { server } = await opened(t, {}, { under: [join(t.testdir({}), 'no-such-program')] });
  await t.rejects(server.start(), { code: 'ENOENT' });
  await server.stop();
});

void t.test('a log that cannot be written ends nobody', async (t) => {
  const { server } = await opened(t, {}, { folder: 'not-there' });
  await t.rejects(server.start(), /The server ended with 1/);
});

void t.test(
  'where memory runs out a rehearsal goes first, its server with it, and never the room before',
  { skip: existsSync('/proc/self/oom_score_adj') ? false : 'Linux alone keeps such a score' },
  async (t) => {
    // Stands for the service, whose score children inherit; a lower one would need a privilege.
    const under = ['sh', '-c', 'echo 7 > /proc/self/oom_score_adj; exec "$@"', 'sh'];
    const scoreOf = (pid = 0) => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();
    const room = await prepareServer();
    t.teardown(() => room.remove());
    for (const [tied, score] of [
      [false, '7'],
      [true, '1000'],
    ] as const) {
      const server = room.process({ under, tied });
      t.teardown(() => server.kill());
      await server.start();
      t.equal(
        scoreOf(server.pid),
        score,
        tied ? 'a practice room' : 'the room itself, as the service has it',
      );
      await server.stop();
    }
    const [program = '', ...before] = [...under, process.execPath, COMMAND];
    const args = ['rehearse', '--seats', '1', '--minutes', '0.1', '--data', t.testdir({})];
    const rehearsal = spawn(program, [...before, ...args], { stdio: 'ignore' });
    const gone = new Promise((resolve) => rehearsal.once('exit', resolve));
    while (rehearsal.exitCode === null && scoreOf(rehearsal.pid) !== '1000')
      await new Promise((resolve) => setTimeout(resolve, 20));
    t.equal(rehearsal.exitCode, null, 'a rehearsal on this server says so before it is over');
    rehearsal.kill('SIGTERM');
    await gone;
  },
);
