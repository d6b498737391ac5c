// What systemd is told, and when it is told nothing.

import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { createLog } from '../../server/log.js';
import { createNotifier } from '../../server/sd-notify.js';

const log = createLog('silent');

void t.test('without systemd nothing is said', async (t) => {
  const said: string[][] = [];
  const notifier = createNotifier(
    {},
    log,
    () => true,
    (args) => said.push(args),
  );
  notifier.ready('x');
  notifier.stopping();
  t.same(said, []);
});

void t.test('ready, signs of life while alive, stopping', async (t) => {
  const said: string[] = [];
  let alive = true;
  const env = { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '90000' };
  const notifier = createNotifier(
    env,
    log,
    () => alive,
    (args) => said.push(args.slice(1).join(' ')),
  );
  notifier.ready('https://room.exam');
  t.same(said, ['READY=1 STATUS=https://room.exam']);
  while (said.filter((line) => line === 'WATCHDOG=1').length < 2) await pause(10);
  alive = false;
  const before = said.length;
  await pause(120);
  t.equal(said.length, before, 'a service that is not well gives no sign of life');
  notifier.stopping();
  t.equal(said.at(-1), 'STOPPING=1');
});
