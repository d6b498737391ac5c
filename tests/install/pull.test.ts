// The pull mode against the reference server: fetched by ranges, resumed, checked, installed, reported; never while a
// session holds the room, and never without the signature of an organisation that the room trusts.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PackageDesk } from '../../server/compose/package-desk.js';
import { parseConfig } from '../../server/config.js';
import type { Command } from '../../server/core/commands.js';
import { SignedClient } from '../../server/install/signed-client.js';
import { TaskPoller } from '../../server/install/task-poller.js';
import { UploadStore } from '../../server/install/upload-store.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { createLog } from '../../server/log.js';
import type { Task } from '../../server/protocol/tasks.js';
import { FarRoom } from '../support/far-room.js';
import { SESSION, smallExam } from '../support/small-exam.js';
import { TaskServer } from '../support/task-server.js';

t.setTimeout(560_000);

const PATH = '/packages/small.exampkg';
const MB = 2 ** 20;

async function setting(t: Pick<Test, 'teardown'>, padding = 0) {
  const room = await FarRoom.open({ padding, startsAt: Date.now() + 60_000 });
  const tasks = await TaskServer.open([room.exam.room.public]);
  t.teardown(() => Promise.all([room.close(), tasks.close()]));
  const bytes = readFileSync(room.exam.file);
  tasks.packages.set(PATH, bytes);
  const task: Task = {
    format: 'kaochang-task-1',
    taskId: 'task-1',
    room: room.roomKeyId,
    packagePath: PATH,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    expiresAt: Date.now() + 3_600_000,
  };
  const folder = join(room.data, 'incoming');
  mkdirSync(folder, { recursive: true });
  /** The poller as main.ts puts it together, driven by the test. */
  const poller = async (keys = room.exam.room) => {
    const { room: live, journal, packages } = room.server;
    const log = createLog('silent');
    const maxPackageBytes = 100 * MB;
    const desk = new PackageDesk({
      ...{ data: room.data, room: live, journal, packages, roomKeyId: room.roomKeyId, log },
      ...{ waitingPcs: () => 0, maxPackageBytes },
    });
    const store = await UploadStore.open(folder, 'pull', 0);
    const client = new SignedClient({ url: new URL(tasks.url).origin }, keys, keys.public.keyId, 10_000);
    return new TaskPoller(desk, store, client, { url: tasks.url, everyMs: 1, folder, maxPackageBytes });
  };
  const openSession = () => {
    for (const [staffId, command] of [
      ['sysadmin', { type: 'sign-seal', sessionId: SESSION }],
      ['clerk', { type: 'sign-seal', sessionId: SESSION }],
      ['chief', { type: 'open-entry', sessionId: SESSION }],
    ] as const)
      room.server.room.handle({ ...command, by: { kind: 'staff', staffId, station: 'test' } } as Command);
  };
  return { room, tasks, task, poller, openSession };
}

void t.test('a task is fetched by ranges, checked, installed, reported, and done once', async (t) => {
  const { room, tasks, task, poller } = await setting(t, 2.5 * MB);
  const one = await poller();
  t.equal(await one.round(), 'nothing');
  tasks.offer(task, room.exam.org);
  t.equal(await one.round(), 'installed');
  const ranges = tasks.asked.filter((line) => line.includes('bytes='));
  t.same(
    ranges.map((line) => line.split('bytes=')[1]),
    [`0-${MB - 1}`, `${MB}-${2 * MB - 1}`, `${2 * MB}-${task.bytes - 1}`],
  );
  t.match(tasks.reports, [
    { taskId: 'task-1', outcome: 'installed', code: '', readiness: { package: { sequence: 1 } } },
  ]);
  const [event] = await room.events('package-installed');
  t.match(event?.['origin'], {
    ...{ way: 'pull', keyId: room.exam.org.public.keyId, address: new URL(PATH, tasks.url).href },
  });
  t.equal(await one.round(), 'nothing', 'the same task is not done twice');
  t.equal(await (await poller()).round(), 'nothing', 'also by a room that was started again');
  t.equal(tasks.reports.length, 1);
  t.same(
    tasks.refused.filter((code) => code !== 'signature-needed'),
    [],
  );
});

void t.test('a cut and a restart in the middle: what is there is not fetched again', async (t) => {
  const { room, tasks, task, poller } = await setting(t, 2.5 * MB);
  tasks.offer(task, room.exam.org);
  let ranges = 0;
  tasks.onRange = () => {
    ranges += 1;
    if (ranges === 2) tasks.cuts = 1;
  };
  t.equal(await (await poller()).round(), 'failed');
  t.match(room.left(), ['incoming/pull.json', 'incoming/pull.part']);
  t.equal(await (await poller()).round(), 'installed');
  const first = tasks.asked.filter((line) => line.includes(`bytes=0-`));
  t.equal(first.length, 1);
});

void t.test('nothing is asked while a session holds the room, and what is under way ends', async (t) => {
  const { room, tasks, task, poller, openSession } = await setting(t, 2.5 * MB);
  tasks.offer(task, room.exam.org);
  const one = await poller();
  t.equal(await one.round(), 'installed');
  const keys = { org: room.exam.org, room: room.exam.room };
  const newer = await smallExam({ sequence: 2, keys, padding: 2.5 * MB });
  t.teardown(() => rmSync(newer.folder, { recursive: true }));
  const bytes = readFileSync(newer.file);
  tasks.packages.set('/packages/newer', bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const more = { taskId: 'task-2', packagePath: '/packages/newer', bytes: bytes.length, sha256 };
  tasks.offer({ ...task, ...more }, room.exam.org);
  let release = (): void => undefined;
  tasks.gate = new Promise((resolve) => (release = resolve));
  const atRange = new Promise<void>((resolve) => (tasks.onRange = resolve));
  const round = one.round();
  await atRange;
  openSession();
  one.interrupt();
  t.equal(await round, 'busy', 'the request that was on its way is dropped');
  release();
  const asked = tasks.asked.length;
  t.equal(await one.round(), 'busy');
  t.equal(tasks.asked.length, asked, 'not a word to the server');
  t.equal(room.server.room.state.package?.sequence, 1);
});

void t.test('what no trusted organisation signed for this room is not done', async (t) => {
  const { room, tasks, task, poller } = await setting(t);
  const one = await poller();
  tasks.offer(task, await generateKeys('org', '路人'));
  t.equal(await one.round(), 'failed');
  tasks.offer(task, room.technician);
  t.equal(await one.round(), 'failed', 'a technician’s key signs no task');
  tasks.offer({ ...task, room: '0'.repeat(16) }, room.exam.org);
  t.equal(await one.round(), 'failed');
  tasks.offer({ ...task, packagePath: 'https://elsewhere/x' }, room.exam.org);
  t.equal(await one.round(), 'failed');
  tasks.envelope = { hello: 1 };
  t.equal(await one.round(), 'failed');
  t.notOk(
    tasks.asked.some((line) => line.includes('bytes=')),
    'not a byte is fetched',
  );
  t.equal(room.server.room.state.package, null);
});

void t.test('a package that is not what was signed is refused, reported, recorded, and gone', async (t) => {
  const { room, tasks, task, poller } = await setting(t);
  const one = await poller();
  const tampered = Buffer.from(tasks.packages.get(PATH) ?? []);
  tampered[100] = (tampered[100] ?? 0) ^ 1;
  tasks.packages.set('/packages/tampered', tampered);
  tasks.offer({ ...task, taskId: 'a', packagePath: '/packages/tampered' }, room.exam.org);
  t.equal(await one.round(), 'refused');
  const sha256 = createHash('sha256').update(tampered).digest('hex');
  tasks.offer({ ...task, taskId: 'b', packagePath: '/packages/tampered', sha256 }, room.exam.org);
  t.equal(await one.round(), 'refused');
  tasks.offer({ ...task, taskId: 'c', expiresAt: Date.now() - 1 }, room.exam.org);
  t.equal(await one.round(), 'refused');
  tasks.offer({ ...task, taskId: 'd', bytes: 101 * MB }, room.exam.org);
  t.equal(await one.round(), 'refused');
  const codes = tasks.reports.map(({ code }) => code);
  t.same([codes[0], codes[2], codes[3]], ['wrong-file-hash', 'task-expired', 'package-too-large']);
  t.match(codes[1], /^(damaged|wrong-hash|wrong-signature|bad-manifest|missing-entry)$/);
  t.equal((await room.events('install-refused')).length, 4);
  t.same(
    room.left().filter((name) => !name.endsWith('pull-done.json')),
    [],
  );
});

void t.test('a server that answers nonsense costs a round and nothing else', async (t) => {
  const { room, tasks, task, poller } = await setting(t);
  const stranger = await poller(await generateKeys('room', 'x'));
  tasks.offer(task, room.exam.org);
  t.equal(await stranger.round(), 'failed');
  const one = await poller();
  tasks.offer({ ...task, bytes: task.bytes + 1 }, room.exam.org);
  t.equal(await one.round(), 'failed', 'the length of the ranges is not that of the task');
  tasks.offer({ ...task, packagePath: '/nowhere' }, room.exam.org);
  t.equal(await one.round(), 'failed');
  await tasks.close();
  t.equal(await one.round(), 'failed');
});

void t.test('it is off by itself, and asks only by HTTPS or on this machine', async (t) => {
  t.equal(parseConfig({}, [])?.pull.taskUrl, '');
  for (const taskUrl of ['http://org.example/tasks', 'ftp://x', 'https://x/y?z=1', 'x'])
    t.equal(parseConfig({ pull: { taskUrl } }, []), null, taskUrl);
  t.ok(parseConfig({ pull: { taskUrl: 'https://org.example/tasks/room-102' } }, []));
});

void t.test('the appliance asks by itself where its settings say so', async (t) => {
  const keys = { org: await generateKeys('org', 'o'), room: await generateKeys('room', 'r') };
  const tasks = await TaskServer.open([keys.room.public]);
  const pull = { taskUrl: tasks.url, everySeconds: 1 };
  const room = await FarRoom.open({ keys, config: { pull } });
  t.teardown(() => Promise.all([room.close(), tasks.close()]));
  const bytes = readFileSync(room.exam.file);
  tasks.packages.set(PATH, bytes);
  const installed = new Promise<void>((resolve) =>
    room.server.room.subscribe((published) => {
      if (published.some(({ event }) => event.type === 'package-installed')) resolve();
    }),
  );
  tasks.offer(
    {
      ...{ format: 'kaochang-task-1', taskId: 'x', room: keys.room.public.keyId, packagePath: PATH },
      ...{ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
      expiresAt: Date.now() + 60_000,
    },
    keys.org,
  );
  await installed;
  t.equal(room.server.room.state.package?.packageId, 'small-exam');
});
