// Sixty simulated candidates of two processes' making in one practice session of the real appliance, with cables that fall out:
// everything they were told is on the disk is in the journal, read by itself. People take the staff's steps.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readWholeJournal } from '../../server/compose/whole-journal.js';
import { lostAnswers, type Acknowledged } from '../../server/rehearsal/lost-answers.js';
import { rehearse } from '../../scripts/commands/rehearse.js';
import { readJournal } from '../../server/compose/read-journal.js';
import type { Event } from '../../server/core/events.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { chance } from '../../server/rehearsal/chance.js';
import type { DayCrew } from '../../server/rehearsal/day-crew.js';
import { PRACTICE_PAPER, PRACTICE_SESSION, practiceExam } from '../../server/rehearsal/practice-exam.js';
import { Rehearsal, type RehearsalOptions } from '../../server/rehearsal/rehearsal.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { crewOf } from '../support/played-session.js';
import { prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const HALF = 30;
/** One more, at whose seat a machine stands. */
const SEATS = 2 * HALF + 1;
const MINUTES = 0.2;

const source = practiceExam({ seats: SEATS, minutes: MINUTES, startsAt: Date.now(), random: chance(1) });
const server = await prepareServer({ source });
const { data, address, exam } = server;
const appliance = server.process();
const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
const crew = crewOf(server, PRACTICE_SESSION, PRACTICE_PAPER);
const machine = new SimulatedPc({ address });
const mine: Rehearsal[] = [];
t.teardown(async () => {
  crew.stop();
  machine.stop();
  mine.forEach((one) => one.stop());
  await appliance.stop();
  server.remove();
  rmSync(folder, { recursive: true, force: true });
});
await appliance.start();
await crew.signIn();

const staffOf = (role: string) => {
  const found = source.plan.staff.find((one) => one.roles.some((own) => own === role));
  if (found === undefined) throw new Error(`The plan has no ${role}`);
  return found;
};
const [sysadmin, proctor] = [staffOf('sysadmin'), staffOf('proctor')];

function rehearsal(more: Partial<RehearsalOptions>): Rehearsal {
  const made = new Rehearsal({
    ...{ address, seats: 1, from: 1, reconnects: 0, paceMs: null, limitMs: 60_000, seed: 1 },
    ...{ signal: new AbortController().signal, ...more },
  });
  mine.push(made);
  return made;
}

async function events(): Promise<Event[]> {
  const journal = await readJournal(data, exam.room, 'beside');
  const found: Event[] = [];
  for await (const written of journal.replay(0)) found.push(eventOf(written));
  await journal.close();
  return found;
}

const rowOf = (number: number) => crew.view.seats[number - 1];

void t.test(
  'a seat at which a machine stands is left alone, and there are no more seats than there are',
  async (t) => {
    machine.start();
    const { pairingCode } = await machine.until((state) => state.pairingCode !== null, 60_000);
    t.match(await crew.pair(pairingCode ?? '', rowOf(SEATS)?.seatId ?? ''), { ok: true });
    const onIt = rehearsal({ from: SEATS });
    await onIt.connect();
    await t.rejects(onIt.pair(sysadmin), { message: new RegExp(`${SEATS}.*--from`, 's') });
    onIt.stop();
    const beyond = rehearsal({ from: SEATS + 1 });
    await beyond.connect();
    await t.rejects(beyond.pair(sysadmin), { message: /there are no 1 seats from number 62 on/ });
    beyond.stop();
    t.notOk(rowOf(SEATS)?.simulated);
  },
);

void t.test('a seat that a rehearsal left behind is taken up again', async (t) => {
  const before = rehearsal({ from: 2 * HALF });
  await before.connect();
  await before.pair(sysadmin);
  const chief = crew.member('chief');
  await chief.until(() => rowOf(2 * HALF)?.simulated === true, 60_000, 'staff see that it is simulated');
  before.stop();
  await chief.until(() => rowOf(2 * HALF)?.connected === false, 60_000, 'it has gone');
  t.equal(rowOf(2 * HALF)?.look, 'waiting');
});

const acknowledged: Acknowledged[] = [];
let report: Awaited<ReturnType<typeof rehearse>>;

void t.test('sixty sit the exam, a third of them lose their cable; all hand in', async (t) => {
  const first = rehearsal({
    ...{ seats: HALF, reconnects: 0.4, seed: 2 },
    onSaved: (save) => void acknowledged.push(save),
  });
  const staff = join(folder, 'staff.txt');
  writeFileSync(staff, [sysadmin, proctor].map(({ staffId, pin }) => `${staffId} ${pin}`).join('\n'));
  const ca = join(folder, 'ca.crt');
  writeFileSync(ca, address.ca ?? '');
  const second = rehearse({
    ...{ seats: HALF, from: HALF + 1, reconnects: 30, seed: 3, to: address.url, ca, staff },
    serverName: 'room.exam',
  });
  second.catch(() => undefined);
  t.match(await first.ask(), { practice: true });
  await first.connect();
  await first.pair(sysadmin);
  await first.fetch();
  const chief = crew.member('chief');
  const take = async (move: Parameters<DayCrew['take']>[0], withoutSeats: string[] = []) => {
    const outcome = await crew.take(move, withoutSeats);
    t.ok(outcome.ok, `${move} ${JSON.stringify(outcome)}`);
  };
  const simulated = () => chief.view?.seats.filter((row) => row.simulated === true && row.connected).length;
  await chief.until(() => simulated() === 2 * HALF, 30_000, 'all are paired');
  await take('seal');
  await take('open-entry');
  await first.admit(proctor);
  await first.logIn();
  const ready = () => chief.view?.seats.filter(({ loggedIn }) => loggedIn === 'ready').length;
  await chief.until(() => ready() === 2 * HALF, 30_000, 'all are ready');
  const sitting = first.sit();
  await take('open-paper');
  await take('start');
  await sitting;
  report = await second;
  t.same(first.figures.problems(), []);
  t.equal(first.count('done'), HALF);
  t.equal(first.figures.lost, 0, 'nothing was missing when a PC came back');
  t.ok(first.reconnects >= 3, `${first.reconnects} came back`);
  t.ok(first.figures.phases().resent.count > 0, 'what was made meanwhile was sent afterwards');
  await first.giveBack(sysadmin);
  await chief.until(({ session }) => session?.phase === 'ended', 20_000, 'the end');
  await chief.until(({ seats }) => seats.every((row) => row.simulated !== true), 60_000, 'all given back');
  t.equal((chief.view?.seats ?? []).filter(({ look }) => look === 'unpaired').length, 0, 'they handed in');
  await take('collect');
  t.equal(chief.view?.seats.filter((row) => row.connected).length, 1, 'the machine stayed');
});

void t.test('the report says what each phase took', async (t) => {
  t.match(report, { ok: true, complete: true, seats: HALF, loggedIn: HALF, handedIn: HALF, lost: 0 });
  t.same(report['problems'], []);
  const phases = report['phases'] as Record<string, { count: number; p99: number; max: number }>;
  for (const phase of ['connect', 'logIn', 'key', 'firstPaper', 'handIn'])
    t.equal(phases[phase]?.count, HALF, phase);
  t.equal(phases['fetch']?.count, HALF * 7, 'the text and six pictures');
  t.ok((phases['save']?.count ?? 0) > HALF * 20);
  for (const { p99, max } of Object.values(phases)) t.ok(p99 <= max);
  t.match(report.text, /p99/);
});

void t.test('the journal has every answer that anybody was told of, each once', async (t) => {
  await appliance.stop();
  const { report: checked, state } = await readWholeJournal(data);
  t.equal(checked.ok, true);
  t.ok(acknowledged.length > HALF * 20);
  t.same(lostAnswers(acknowledged, state, PRACTICE_SESSION), []);
  const saved = (await events()).filter(({ type }) => type === 'answer-saved' || type === 'answer-contested');
  t.equal(saved.length, acknowledged.length + Number(report['acknowledged']));
});
