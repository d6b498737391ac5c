// The end of the power, with a real upsd and a real upsmon: mains fails, the battery runs low, the room pauses the exam and settles
// its journal, upsmon ends the service in order, and the room that starts again knows every acknowledged answer.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lostAnswers, type Acknowledged } from '../../server/rehearsal/lost-answers.js';
import { readJournal } from '../../server/compose/read-journal.js';
import { RULES } from '../../server/compose/rules.js';
import { dataPaths } from '../../server/data-folder.js';
import { openDatabase } from '../../server/journal/database.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import type { RoomView } from '../../server/protocol/staff.js';
import type { DayMove } from '../../server/rehearsal/day-crew.js';
import { playCandidate } from '../../server/rehearsal/simulated-candidate.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { replayJournal } from '../../server/room.js';
import { NUT_PROGRAMS, startNutServer, until } from '../devices/support/nut-server.js';
import { crewOf } from '../support/played-session.js';
import { SESSION } from '../support/small-exam.js';
import { prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const nut = await startNutServer({
  variables: { 'ups.status': 'OL', 'battery.charge': '100', 'battery.runtime': '7300', 'ups.load': '20' },
});
const server = await prepareServer({
  ...{ candidates: 3, spares: 0, minutes: 10, startsAt: Date.now() },
  policy: { entryOpensBeforeMs: 3_600_000 },
  config: {
    logLevel: 'warn',
    devices: [{ id: 'ups', name: 'UPS', adapter: 'nut', host: nut.host, port: nut.port, ups: 'ups' }],
  },
});
const { address, data, exam } = server;
const appliance = server.process();
const paperId = exam.secrets.papers.find(({ use }) => use === 'main')?.paperId ?? '';
const crew = crewOf(server, SESSION, paperId);
const acknowledged: Acknowledged[] = [];
const pcs: SimulatedPc[] = [];
const stopPcs = () => pcs.splice(0).forEach((pc) => pc.stop());
t.teardown(async () => {
  stopPcs();
  crew.stop();
  await appliance.stop();
  await nut.remove();
  server.remove();
});

const take = async (move: DayMove) => {
  for (;;) {
    const outcome = await crew.take(move);
    if (outcome.ok) return;
    if (!['too-early', 'order-not-dealt'].includes(outcome.code)) throw new Error(`${move}: ${outcome.code}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const shows = (what: string, holds: (view: RoomView) => boolean) =>
  crew.member('chief').until(holds, 40_000, what);

/** NUT's own watchman, which ends the service as the shutdown of the system would. */
function startUpsmon(pid: number): () => void {
  const lines = [
    `MONITOR ups@127.0.0.1:${nut.port} 1 admin admin primary`,
    ...['MINSUPPLIES 1', `SHUTDOWNCMD "kill -TERM ${pid}"`, `POWERDOWNFLAG ${join(nut.folder, 'killpower')}`],
    ...['POLLFREQ 1', 'POLLFREQALERT 1', 'HOSTSYNC 1', 'DEADTIME 5', 'FINALDELAY 10'],
  ];
  writeFileSync(join(nut.folder, 'upsmon.conf'), `${lines.join('\n')}\n`, { mode: 0o640 });
  const upsmon = spawn(join(NUT_PROGRAMS, 'upsmon'), ['-F', '-p'], { env: nut.env, stdio: 'ignore' });
  const end = () => void upsmon.kill('SIGKILL');
  process.once('exit', end);
  return end;
}

void t.test(
  '[DV5] mains fails, the battery runs low: paused, settled, ended in order, all there again',
  async (t) => {
    await appliance.start();
    await crew.signIn();
    for (const { seatId } of exam.source.roster) {
      const onAck: ConstructorParameters<typeof SimulatedPc>[0]['onAck'] = (body) => {
        if (body.t === 'save') acknowledged.push(body);
      };
      const pc = new SimulatedPc({ address, onAck });
      pcs.push(pc);
      pc.start();
      const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 60_000);
      await crew.pair(pairingCode ?? '', seatId);
    }
    await take('seal');
    await take('open-entry');
    for (const { candidateId } of exam.source.roster) await crew.admit(candidateId);
    for (const [index, { ticketNo }] of exam.source.roster.entries())
      playCandidate(pcs[index] as SimulatedPc, address, {
        ...{ ticketNo, thinkMs: () => 400, random: Math.random, submits: false, patienceMs: 100_000 },
      }).catch(() => undefined);
    await take('open-paper');
    await take('start');
    await shows('the UPS', ({ devices }) =>
      devices.some(({ readings }) => readings['mains.present'] === true),
    );
    const pid = appliance.pid ?? 0;
    t.teardown(startUpsmon(pid));

    await nut.set('ups.status', 'OB DISCHRG');
    await shows('mains lost', ({ mainsPresent }) => !mainsPresent);
    t.equal(crew.view.session?.phase, 'running', 'on battery the exam goes on');
    await nut.set('ups.status', 'OB DISCHRG LB');
    await shows('the pause', ({ session }) => session?.phase === 'paused');
    const { journal } = dataPaths(data);
    await until(() => Promise.resolve(rowsInFileAlone().includes('shutdown-announced')));
    t.pass('the journal lies in its own file while the service still runs');
    await until(() => Promise.resolve(isGone(pid)));
    t.ok(existsSync(join(nut.folder, 'killpower')), 'upsmon did it');
    t.notOk(existsSync(`${journal}-wal`) && statSync(`${journal}-wal`).size > 0, 'closed in order');
    stopPcs();

    const stored = await readJournal(data, exam.room, 'beside');
    const types: string[] = [];
    for await (const written of stored.replay(0)) types.push(eventOf(written).type);
    const order = ['mains-lost', 'session-paused', 'shutdown-announced'].map((type) => types.indexOf(type));
    t.ok(order.every((at) => at > 0));
    t.same(
      order,
      [...order].sort((a, b) => a - b),
    );
    const { state } = await replayJournal(stored, RULES);
    t.ok((await stored.heads()).length > 0);
    await stored.close();
    t.ok(acknowledged.length > 5, `${acknowledged.length} saves`);
    t.same(lostAnswers(acknowledged, state, SESSION), []);

    await nut.set('ups.status', 'OL CHRG');
    await nut.killServer();
    await nut.startServer();
    await appliance.start();
    await crew.member('chief').signIn();
    t.match(crew.view.session, { phase: 'paused' }, 'the chief lets it go on');
    await shows('mains again', ({ mainsPresent }) => mainsPresent);
    await take('resume');
    t.equal(
      (await shows('going on', ({ session }) => session?.phase === 'running')).session?.phase,
      'running',
    );
  },
);

/** What somebody finds who saved the journal's file and nothing beside it. */
function rowsInFileAlone(): string[] {
  const folder = mkdtempSync(join(data, 'copy-'));
  try {
    copyFileSync(dataPaths(data).journal, join(folder, 'journal.sqlite'));
    const db = openDatabase(join(folder, 'journal.sqlite'));
    try {
      return db.prepare('SELECT type FROM journal').pluck().all() as string[];
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
