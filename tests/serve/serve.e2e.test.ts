// The appliance as a process: starts, refuses what it must, stops in order, is killed and started again under a stepped
// wall clock, and plays a whole exam over real sockets with a kill in the middle.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { Written } from '../../server/journal/journal.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { playDay } from '../../server/rehearsal/exam-day.js';
import { fetchBytes } from '../../server/rehearsal/room-address.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import type { RoomFacts } from '../../server/protocol/http.js';
import { PINS, SESSION } from '../support/small-exam.js';
import { COMMAND, prepareServer, type PreparedServer } from '../support/start-server.js';

const facts = async ({ address }: PreparedServer) =>
  JSON.parse((await fetchBytes(address, '/api/v1/room')).toString('utf8')) as RoomFacts;

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 30_000,
  });
}

t.setTimeout(560_000);

void t.test('serve refuses a driven clock, unknown settings and unknown commands', async (t) => {
  const server = await prepareServer();
  t.teardown(() => server.remove());
  const clock = run(['serve', '--data', server.data], { KAOCHANG_CLOCK: '2027-01-01T09:00:00+08:00' });
  t.equal(clock.status, 1);
  t.match(clock.stderr, /KAOCHANG_CLOCK.*real clock/);
  t.notMatch(clock.stderr, / at .*\.js/, 'without a stack');
  t.equal(run(['serve', '--data', server.data, '--clock', 'driven']).status, 2);
  t.equal(run(['no-such-command']).status, 2);
  t.equal(run(['--help']).status, 0);
});

void t.test('a data folder is served by one process; SIGTERM stops in order', async (t) => {
  const server = await prepareServer();
  const first = server.process();
  t.teardown(async () => {
    await first.kill();
    server.remove();
  });
  await first.start();
  t.match(await facts(server), { roomName: '2号楼102考场', packageId: 'small-exam', clockTrusted: true });
  const second = run(['serve', '--data', server.data]);
  t.equal(second.status, 1);
  t.match(second.stderr, /already/);
  const pc = new SimulatedPc({ address: server.address, reconnectDelayMs: () => 100 });
  t.teardown(() => pc.stop());
  pc.start();
  await pc.until(({ pairingCode }) => pairingCode !== null, 60_000);
  const startedAt = Date.now();
  await first.stop();
  t.ok(Date.now() - startedAt < 15_000, 'although a PC was connected');
  await first.start();
  t.equal((await facts(server)).packageId, 'small-exam');
  await first.stop();
});

/** The library alone: the `faketime` command would stand between the test and the server that it kills. */
function faketimeLibrary(): string | undefined {
  const places = '/usr/lib/*/faketime/libfaketime.so.1 /usr/lib/faketime/libfaketime.so.1';
  const found = spawnSync('sh', ['-c', `ls ${places}`], { encoding: 'utf8' });
  return found.stdout.split('\n')[0] || undefined;
}

void t.test('[rule 6] kill -9 and a restart under a wall clock an hour off: room time goes on', async (t) => {
  if (process.platform !== 'linux') return t.pass('faketime is a Linux library');
  const library = faketimeLibrary();
  if (library === undefined) return t.fail('faketime is missing: apt-get install faketime');
  const server = await prepareServer();
  const first = server.process();
  await first.start();
  t.teardown(() => server.remove());
  const before = await facts(server);
  const readAt = performance.now();
  await first.kill();
  for (const [step, stepMs] of [
    ['+1h', 3_600_000],
    ['-1h', -3_600_000],
  ] as const) {
    const monotonic = { FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };
    const env = { LD_PRELOAD: library, FAKETIME: step, ...monotonic };
    const wall = spawnSync(process.execPath, ['-p', 'Date.now()'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    t.ok(Math.abs(Number(wall.stdout) - Date.now() - stepMs) < 5_000, `the wall clock is really ${step}`);
    const again = server.process({ env });
    await again.start();
    const { now, clockTrusted } = await facts(server);
    const expected = before.now + (performance.now() - readAt);
    t.ok(Math.abs(now - expected) < 2_000, `${step}: ${Math.round(now - expected)} ms off`);
    t.equal(clockTrusted, true);
    await pause(2_500);
    await again.kill();
  }
  const steps = (await journalOf(server)).flatMap(({ type, body }) =>
    type === 'wall-clock-stepped' ? [(body as { byMs: number }).byMs] : [],
  );
  t.ok(
    steps.some((byMs) => Math.abs(byMs - 3_600_000) < 5_000),
    'the step forward is journaled',
  );
  t.ok(
    steps.some((byMs) => byMs < -3_500_000),
    'and the step back',
  );
});

async function journalOf({ data, exam }: PreparedServer): Promise<Written[]> {
  const journal = await openSqliteJournal({
    file: join(data, 'journal', 'journal.db'),
    keysFolder: join(data, 'keys', 'data'),
    room: exam.room,
  });
  const rows: Written[] = [];
  for await (const row of journal.replay()) rows.push(row);
  await journal.close();
  return rows;
}

void t.test(
  '[rule 13] a whole exam over HTTPS with kill -9 in the middle loses nothing',
  { timeout: 500_000 },
  async (t) => {
    const server = await prepareServer({
      candidates: 6,
      spares: 1,
      startsAt: Date.now() + 9_000,
      minutes: 0.3,
      policy: {
        entryOpensBeforeMs: 600_000,
        lateCutOffMs: 5_000,
        remindersBeforeEndMs: [5_000],
        handOverWindowMs: 15_000,
        suspendedDecisionMs: 30_000,
      },
    });
    let running = server.process();
    t.teardown(async () => {
      await running.kill();
      server.remove();
    });
    await running.start();
    const acknowledged: string[] = [];
    const startCode = server.exam.startCode;
    const figures = await playDay({
      address: server.address,
      sessionId: SESSION,
      paperId: 'paper-main',
      startCode,
      sealCode: server.orgCode({ act: 'seal', sessionId: SESSION, scope: '', minutes: 0, counter: 1 }),
      staff: {
        sysadmin: { staffId: 'sysadmin', pin: PINS.others },
        clerk: { staffId: 'clerk', pin: PINS.others },
        'org-technician': { staffId: 'technician', pin: PINS.others },
        chief: { staffId: 'chief', pin: PINS.chief },
        inspector: { staffId: 'inspector', pin: PINS.others },
        proctor: { staffId: 'proctor', pin: PINS.others },
      },
      candidates: server.exam.source.roster.map(({ candidateId, ticketNo, seatId }) => ({
        candidateId,
        ticketNo,
        seatId,
      })),
      seats: server.exam.source.plan.seats.map(({ seatId, spare }) => ({ seatId, spare })),
      random: Math.random,
      thinkMs: () => 150 + Math.random() * 300,
      say: (text) => t.comment(text),
      onAck: (candidateId, body) => {
        if (body.t === 'save')
          acknowledged.push(JSON.stringify([candidateId, body.lease, body.itemId, body.rev, body.value]));
      },
      inTheMiddle: async () => {
        // Everybody is at work; who was moved has read the paper.
        await pause(1_000);
        await running.kill();
        running = server.process();
        await running.start();
      },
    });
    t.equal(figures.admitted, 5);
    t.equal(figures.handedIn, 5);
    t.ok(figures.reconnects >= 5, 'everybody came back');
    t.ok(acknowledged.length > 20, `${acknowledged.length} acknowledged saves`);
    await running.stop();
    const stored = new Set<string>();
    for (const { type, body } of await journalOf(server)) {
      if (type !== 'answer-saved' && type !== 'answer-contested') continue;
      const { candidateId, itemId, record } = body as {
        candidateId: string;
        itemId: string;
        record: { lease: number; rev: number; value: object };
      };
      stored.add(JSON.stringify([candidateId, record.lease, itemId, record.rev, record.value]));
    }
    const lost = acknowledged.filter((one) => !stored.has(one));
    t.same(lost, [], 'every acknowledged save is in the journal');
    const plain = readFileSync(join(server.data, 'server.log'), 'utf8');
    t.notMatch(plain, startCode, 'the log carries no start code');
  },
);
