// A second server beside a room: what it is told, and what its faults may do to whoever started it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { freePort } from '../../server/rehearsal/free-port.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';

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
