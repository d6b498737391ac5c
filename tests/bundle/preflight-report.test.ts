// The check of the room under which a session was sealed travels in its bundle: whole, signed by the room, the one that the journal
// names; anything else in its place is named.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildBundle } from '../../server/bundle/build.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { signedReport } from '../../server/compose/signed-report.js';
import { openWith } from '../../server/keys/age-box.js';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { reportPage } from '../../server/preflight/report-page.js';
import { writeReport } from '../../server/preflight/report-files.js';
import { signReport, type PreflightReport } from '../../server/preflight/report.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import {
  beginSession,
  collectSession,
  must,
  openEngine,
  preparedData,
  staff,
} from '../support/direct-session.js';
import { readBag, zipOf } from '../support/read-bag.js';
import { SESSION } from '../support/small-exam.js';

t.setTimeout(560_000);

const REPORT_ID = '0a1b2c3d-seal';
const PATH = `data/preflight/${REPORT_ID}.json`;
const reportOf = (roomName: string): PreflightReport => ({
  ...{ schema: 'kaochang-preflight/1', reportId: REPORT_ID, at: 1, roomName, version: '1', by: '机敏' },
  ...{ package: null, lines: [] },
});

const folder = await preparedData();
const { data, exam } = folder;
const engine = await openEngine(data);
t.teardown(() => engine.stop());
const { envelope, hash } = signReport(reportOf('102'), engine.keys);
await writeReport(join(data, 'preflight'), REPORT_ID, envelope, reportPage(reportOf('102'), hash, String));
const counts = { green: 1, amber: 0, red: 0, unknown: 0, redLines: [] };
must(engine, { type: 'record-preflight', reportId: REPORT_ID, hash, ...counts, by: { kind: 'room' } });
// Pairing breaks a seal: it comes first.
for (const { seatId } of exam.source.roster)
  staff(engine, 'sysadmin', { type: 'pair-seat', seatId, pcId: `pc-${seatId}` });
staff(engine, 'sysadmin', { type: 'sign-seal', sessionId: SESSION, reportId: REPORT_ID });
await beginSession(engine, exam, { isSigned: true });
await collectSession(engine, exam);

async function built(preflightReport?: (id: string) => Promise<Buffer | null>) {
  const { journal, room, keys } = engine;
  const file = join(exam.folder, 'bundle.age');
  const handedIn = { has: () => Promise.resolve(false), read: () => [] as never };
  const orgRecipients = [exam.org.public.recipient];
  const sources = { journal, room: keys, sessionId: SESSION, orgRecipients, now: room.now(), handedIn };
  const more = preflightReport === undefined ? {} : { preflightReport };
  await buildBundle({ ...sources, ...more }, { file, keepFreeBytes: 0 });
  const sealed = readFileSync(file);
  const statement = readFileSync(file + STATEMENT_SUFFIX);
  const { report } = await verifyBundle({
    ...{ file: sealed, envelope: statement, trust: [exam.room.public], identity: exam.org.identity },
  });
  return { report, bag: await openWith(exam.org.identity, sealed) };
}

void t.test('the bundle of the seal’s session carries the report and holds', async (t) => {
  const { report, bag } = await built((id) => signedReport(data, id));
  t.same(report.problems, []);
  t.same(JSON.parse((await readBag(bag)).get(PATH)?.toString('utf8') ?? ''), envelope);
});

void t.test('where the plan does not ask for it a report that is gone is no fault', async (t) => {
  t.same((await built()).report.problems, []);
});

void t.test('another report, an unsigned one and one of another room are named', async (t) => {
  const bytes = (report: PreflightReport, key: PrivateKeys | null) =>
    Buffer.from(JSON.stringify(signReport(report, key).envelope));
  const cases: [string, Buffer][] = [
    ['another of this room', bytes(reportOf('103'), engine.keys)],
    ['nobody signed it', bytes(reportOf('102'), null)],
    ['another room signed it', bytes(reportOf('102'), await generateKeys('room', 'x'))],
    ['of another name', bytes({ ...reportOf('102'), reportId: 'another-one-1' }, engine.keys)],
    ['no envelope', Buffer.from('{}')],
  ];
  for (const [what, report] of cases) {
    const found = await built(() => Promise.resolve(report));
    t.match(found.report.problems, [{ fault: 'preflight-report', where: PATH }], what);
  }
});

void t.test('a report beside the one of the seal is not of this bundle', async (t) => {
  const { bag } = await built((id) => signedReport(data, id));
  const files = await readBag(bag);
  files.set('data/preflight/other-one-12.json', Buffer.from('{}'));
  const { report } = await verifyBundle({
    ...{ file: await zipOf(files), envelope: null, trust: [exam.room.public] },
  });
  t.ok(report.problems.some(({ fault, where }) => fault === 'derived' && where.includes('other-one')));
});
