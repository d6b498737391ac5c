// A day of two sessions: the PCs of the morning go back to waiting at its collection, serve the afternoon with the same
// tickets, and what belongs to one session is in the bundle of no other; a practice session is named as one.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import type { DayCrew } from '../../server/rehearsal/day-crew.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { crewOf, playSession } from '../support/played-session.js';
import { AFTERNOON, SESSION } from '../support/small-exam.js';
import { prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const startsAt = Date.now() + 6_000;
const server = await prepareServer({
  candidates: 3,
  ...{ startsAt, minutes: 0.2, afternoon: { startsAt: startsAt + 25_000, minutes: 0.2 } },
  policy: {
    ...{ entryOpensBeforeMs: 3_600_000, rulesReadBeforeMs: 1_000, identityRecheckAfterMs: 1_000 },
    ...{ lateCutOffMs: 5_000, remindersBeforeEndMs: [3_000], earlyLeaveBeforeEndMs: 3_000 },
  },
});
const { exam, address, data } = server;
const appliance = server.process();
const pcs: SimulatedPc[] = [];
const crews: DayCrew[] = [];
const about = { address, roster: exam.source.roster, pcs };
t.teardown(async () => {
  pcs.forEach((pc) => pc.stop());
  crews.forEach((crew) => crew.stop());
  await appliance.stop();
  server.remove();
});
await appliance.start();

async function signedIn(sessionId: string, paperId: string, counter: number): Promise<DayCrew> {
  const crew = crewOf(server, sessionId, paperId, counter);
  crews.push(crew);
  await crew.signIn();
  return crew;
}

async function bundleOf(sessionId: string) {
  const file = new BundleFiles(data).sealed(sessionId);
  const { report, state } = await verifyBundle({
    ...{ file: readFileSync(file), envelope: readFileSync(file + STATEMENT_SUFFIX) },
    ...{ trust: [exam.room.public], identity: exam.org.identity },
  });
  return { report, session: state?.sessions[sessionId], text: JSON.stringify(state) };
}

void t.test('the morning: three sit, everything is received and collected', async (t) => {
  const morning = await signedIn(SESSION, 'paper-main', 1);
  for (const { seatId } of exam.source.roster) {
    const pc = new SimulatedPc({ address, reconnectDelayMs: () => 200 });
    pcs.push(pc);
    pc.start();
    const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 60_000);
    t.match(await morning.pair(pairingCode ?? '', seatId), { ok: true });
  }
  await playSession({ ...about, crew: morning, sentinel: '上午哨兵' });
});

void t.test('every PC waits for the afternoon, and fetches its paper', async (t) => {
  for (const pc of pcs) {
    const state = await pc.until(({ stage }) => stage === 'waiting', 60_000);
    t.equal(state.session?.sessionId, AFTERNOON);
    t.equal(state.candidate, null);
    t.equal(pc.unsent, 0);
  }
});

void t.test('the afternoon: the same tickets, another paper, a practice session', async () => {
  const afternoon = await signedIn(AFTERNOON, 'paper-reserve', 2);
  await playSession({ ...about, crew: afternoon, sentinel: '下午哨兵' });
});

void t.test('each bundle holds its own session and nothing of the other', async (t) => {
  const [am, pm] = [await bundleOf(SESSION), await bundleOf(AFTERNOON)];
  for (const { report } of [am, pm]) t.equal(report.ok, true, JSON.stringify(report.problems));
  t.equal(am.session?.plan.practice, false);
  t.equal(pm.session?.plan.practice, true);
  t.ok(am.text.includes('上午哨兵') && !am.text.includes('下午哨兵'));
  t.ok(pm.text.includes('下午哨兵') && !pm.text.includes('上午哨兵'));
  for (const { ticketNo } of exam.source.roster)
    for (const one of [am, pm])
      t.ok(
        Object.values(one.session?.candidates ?? {}).some(
          (candidate) => candidate.entry.ticketNo === ticketNo && Object.keys(candidate.answers).length === 8,
        ),
        ticketNo,
      );
});
