// The seats that the demo plays, in a real room: what a person does with them first stays done, and a candidate who is moved
// to a spare PC goes on there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { makeOrgCode } from '../../server/keys/typed-code.js';
import type { RoomView } from '../../server/protocol/staff.js';
import { DayCrew, type DayMove } from '../../server/rehearsal/day-crew.js';
import { clickTimes } from '../../server/rehearsal/demo-plan.js';
import { PlayedSeats } from '../../server/rehearsal/played-seats.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { makeDemoRoom } from '../../scripts/commands/demo-room.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(560_000);

const LASTS_MS = 20_000;

void t.test('played candidates come, sit, move and hand in; what a person decided stands', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'played-seats-'));
  t.teardown(() => rmSync(data, { recursive: true, force: true }));
  const demo = await makeDemoRoom({
    ...{ data, samples: join(process.cwd(), 'samples', 'theory'), seats: 8, port: 0, version: '0.1.0' },
    ...{ times: clickTimes(Date.now(), { startsInMs: 0, lastsMs: LASTS_MS }), say: () => undefined },
  });
  const { address, source, secrets } = demo;
  const sessionId = source.plan.sessions[0]?.sessionId ?? '';
  const main = secrets.papers.find(({ use }) => use === 'main');
  const server = new ServerProcess({ command: COMMAND, data, address });
  await server.start();
  t.teardown(() => server.stop());
  const crew = new DayCrew({
    ...{ address, sessionId, paperId: main?.paperId ?? '', startCode: main?.startCode ?? '' },
    sealCode: makeOrgCode(Buffer.from(secrets.authorisationKey, 'base64'), {
      ...{ act: 'seal', sessionId, scope: '', minutes: 0, counter: 1 },
    }),
    staff: source.plan.staff,
  });
  await crew.signIn();
  t.teardown(() => crew.stop());
  const said: string[] = [];
  const seats = new PlayedSeats({
    ...{ address, crew, candidates: source.roster, spares: ['b2'], items: 60, lastsMs: LASTS_MS },
    ...{ untilStartMs: 3_000, random: Math.random, say: (text: string) => said.push(text) },
  });
  t.teardown(() => seats.stop());
  await seats.pairAll();
  const chief = crew.member('chief');
  const proctor = crew.member('proctor');
  const row = (view: RoomView, candidateId: string | undefined) =>
    view.seats.find((one) => one.candidateId === candidateId && one.movedTo === null);
  const take = async (move: DayMove) => {
    const outcome = await crew.take(move);
    t.ok(outcome.ok, `${move} ${JSON.stringify(outcome)}`);
  };

  await take('seal');
  await take('open-entry');
  // The third comes a second after the first: before anybody comes a person refuses him.
  const [, , third, late, moving] = source.roster;
  await proctor.act({
    ...{ type: 'check-in', sessionId, candidateId: third?.candidateId ?? '', outcome: 'refused' },
    ...{ documentSeen: false, ticketSeen: true, reason: '没有带证件 / no document', happenedAt: null },
  });
  seats.begin();
  const ready = (view: RoomView) => view.seats.filter(({ loggedIn }) => loggedIn === 'ready').length;
  await chief.until((view) => ready(view) === 5, 60_000, 'five are ready');
  t.equal(row(chief.view as RoomView, third?.candidateId)?.attendance, 'refused', 'stays refused');
  t.equal(row(chief.view as RoomView, late?.candidateId)?.attendance, 'expected', 'one comes later');
  await take('open-paper');
  await take('start');
  await chief.until((view) => (row(view, moving?.candidateId)?.answered ?? 0) > 2, 60_000, 'answers');
  await proctor.act({
    ...{ type: 'swap-machine', sessionId, candidateId: moving?.candidateId ?? '', toSeatId: 'b2' },
    reason: '键盘失灵 / keyboard',
  });
  await chief.until((view) => row(view, moving?.candidateId)?.seatId === 'b2', 60_000, 'the move');
  const before = row(chief.view as RoomView, moving?.candidateId)?.answered ?? 0;
  await chief.until((view) => row(view, moving?.candidateId)?.look === 'answering', 60_000, 'going on');
  t.ok(before > 0, 'answers went along');
  await chief.until((view) => row(view, late?.candidateId)?.loggedIn === 'ready', 60_000, 'the late one');
  await chief.until(
    ({ session }) => session?.phase === 'ended' && session.lagging.length === 0,
    40_000,
    'all received',
  );
  const counts = chief.view?.session?.counts;
  t.match(counts, { expected: 8, admitted: 6, absent: 1, refused: 1, handedIn: 6 });
  t.ok(said.some((text) => text.includes('raises a hand')));
  t.ok(said.some((text) => text.includes('lost its cable')));
  t.ok(said.some((text) => text.includes('is back')));
  await take('collect');
});
