// The sample plan's whole day over real sockets: theory in the morning, practical in the afternoon, one package, the same
// tickets; both bundles scored together 30/70 with human marks, by two scorers that agree.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import t from 'tap';
import { rescoreBundle, scoreBundle } from '../../scripts/commands/score.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { mergeSources } from '../../server/papers/merge-sources.js';
import { loadSource, type LoadedSource } from '../../server/papers/source.js';
import type { DayCrew } from '../../server/rehearsal/day-crew.js';
import { DEMO_CHECK, demoPlan, demoRoster } from '../../server/rehearsal/demo-plan.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { crewOf, playSession } from '../support/played-session.js';
import { prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const SEATS = 3;
const MINUTES = 0.35;
const startsAt = Date.now() + 8_000;

/** The sample plan of both subjects with the times of a test. */
async function sampleDay(): Promise<LoadedSource> {
  const source = mergeSources([await loadSource('samples/theory'), await loadSource('samples/practical')]);
  const policy = {
    ...{ entryOpensBeforeMs: 3_600_000, rulesReadBeforeMs: 1_000, identityRecheckAfterMs: 1_000 },
    ...{ lateCutOffMs: 5_000, remindersBeforeEndMs: [3_000], earlyLeaveBeforeEndMs: 3_000 },
  };
  const short = demoPlan(source.plan, { startsAt, minutes: MINUTES, policy }, SEATS);
  const sessions = source.plan.sessions.map((session, index) => ({
    ...session,
    practice: true,
    startsAt: new Date(startsAt + index * 40_000).toISOString(),
    subject: { ...session.subject, minutes: MINUTES },
  }));
  const roster = demoRoster(source.roster, SEATS);
  const ids = new Set(roster.map(({ candidateId }) => candidateId));
  const photos = new Map([...source.photos].filter(([candidateId]) => ids.has(candidateId)));
  return { ...source, plan: { ...short, sessions }, roster, photos };
}

const server = await prepareServer({ source: await sampleDay(), config: { preflight: DEMO_CHECK } });
const { exam, address, data } = server;
const appliance = server.process();
const folder = mkdtempSync(join(tmpdir(), 'sample-day-'));
const pcs: SimulatedPc[] = [];
const crews: DayCrew[] = [];
t.teardown(async () => {
  pcs.forEach((pc) => pc.stop());
  crews.forEach((crew) => crew.stop());
  await appliance.stop();
  server.remove();
  rmSync(folder, { recursive: true, force: true });
});
await appliance.start();

async function signedIn(sessionId: string, paperId: string, counter: number): Promise<DayCrew> {
  const crew = crewOf(server, sessionId, paperId, counter);
  crews.push(crew);
  await crew.signIn();
  return crew;
}

void t.test('theory in the morning, practical in the afternoon', async (t) => {
  const about = { address, roster: exam.source.roster, pcs };
  const morning = await signedIn('theory-am', 'theory-main', 1);
  for (const { seatId } of exam.source.roster) {
    const pc = new SimulatedPc({ address, reconnectDelayMs: () => 200 });
    pcs.push(pc);
    pc.start();
    const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 60_000);
    t.match(await morning.pair(pairingCode ?? '', seatId), { ok: true });
  }
  await playSession({ ...about, crew: morning, sentinel: '上午' });
  const afternoon = await signedIn('practical-pm', 'practical-main', 2);
  await playSession({ ...about, crew: afternoon, sentinel: '销售额逐月上升，三月最高。' });
});

const files = new BundleFiles(data);
const orgKey = join(folder, 'org.key');
const roomPub = join(folder, 'room.pub');
const options = {
  bundle: files.sealed('theory-am'),
  also: [files.sealed('practical-pm')],
  package: [exam.file],
  orgKey,
  trust: [roomPub],
};

void t.test('before the marks: theory is scored, practical is pending and never 0', async (t) => {
  writeFileSync(orgKey, JSON.stringify(exam.org));
  writeFileSync(roomPub, JSON.stringify(exam.room.public));
  const result = await scoreBundle({ ...options, markingSheet: join(folder, 'marks.xlsx') });
  t.equal(result.pending, SEATS);
  for (const { scores, total } of result.totals) {
    t.type(scores[0], 'number');
    t.equal(scores[1], null);
    t.match(total, { state: 'pending' });
  }
});

void t.test('the markers’ sheet comes back: totals are 30/70, and the second scorer agrees', async (t) => {
  const marks = join(folder, 'marks.xlsx');
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(marks);
  const sheet = book.getWorksheet('评卷');
  if (sheet === undefined) return t.fail('the sheet was expected');
  const heads = (sheet.getRow(1).values as unknown[]).map(String);
  const [of, points] = [heads.indexOf('满分'), heads.indexOf('得分')];
  let rows = 0;
  sheet.eachRow((row, number) => {
    if (number === 1) return;
    rows += 1;
    row.getCell(points).value = Math.floor(Number(row.getCell(of).value) / 2);
  });
  t.ok(rows >= SEATS * 2, `${rows} answers to mark`);
  await book.xlsx.writeFile(marks);
  const result = await scoreBundle({ ...options, marks });
  t.equal(result.pending, 0);
  for (const { scores, total } of result.totals) {
    const [theory, practical] = scores;
    if (theory == null || practical == null) return t.fail('both are scored');
    const expected = Math.round((theory * 0.3 + practical * 0.7) * 100) / 100;
    t.ok(total !== null && total.state !== 'pending');
    t.ok(Math.abs(Number((total as { total: number }).total) - expected) <= 0.011, `${theory}, ${practical}`);
  }
  const again = await rescoreBundle({ ...options, marks });
  t.equal(again.ok, true, again.text);
});
