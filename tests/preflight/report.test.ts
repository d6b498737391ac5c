// The report: signed, whole, read again only as it was signed; as a page it prints, shows the worst first, and runs nothing.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { generateKeys } from '../../server/keys/key-files.js';
import {
  LINE_GROUPS,
  VERDICTS,
  type PreflightLine,
  type PreflightReport,
} from '../../server/protocol/preflight.js';
import { reportPage } from '../../server/preflight/report-page.js';
import { countsOf, readReport, signReport } from '../../server/preflight/report.js';
import { reportFile, storedReport, writeReport } from '../../server/preflight/report-files.js';
import { readRehearsal } from '../../server/preflight/rehearsal-process.js';

const both = (text: string) => ({ zh: text, en: `${text}-en` });
const line = (id: string, more: Partial<PreflightLine> = {}): PreflightLine => ({
  ...{ id, group: 'server', verdict: 'green', title: both(`题${id}`), requirement: 'REQ-A01' },
  ...{ measured: both('8'), required: both('6'), at: 1_000, tookMs: 3 },
  ...more,
});
const report = (lines: PreflightLine[], more: Partial<PreflightReport> = {}): PreflightReport => ({
  ...{ schema: 'kaochang-preflight/1', reportId: '0a1b2c3d-1', at: 2_000, roomName: '102考场', version: '1' },
  ...{ by: '李工', package: { packageId: 'p', sequence: 1, manifestHash: 'f'.repeat(64) }, lines },
  ...more,
});
const [room, other] = await Promise.all([generateKeys('room', 'r'), generateKeys('room', 'o')]);

void t.test('it is read as it was signed, by the key of the room alone', async (t) => {
  const made = report([line('a.x'), line('b.x', { verdict: 'red', cause: both('c'), nextStep: both('n') })]);
  const { envelope, hash } = signReport(made, room);
  t.same(readReport(JSON.parse(JSON.stringify(envelope)), [room.public]), made);
  t.match(hash, /^[0-9a-f]{64}$/);
  t.throws(() => readReport(envelope, [other.public]), { code: 'wrong-signature' });
  const bent = JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as PreflightReport;
  bent.lines = bent.lines.map((one) => ({ ...one, verdict: 'green' }));
  const payload = Buffer.from(JSON.stringify(bent)).toString('base64');
  t.throws(() => readReport({ ...envelope, payload }, [room.public]), { code: 'wrong-signature' });
  t.throws(() => readReport(signReport(made, null).envelope, [room.public]), { code: 'wrong-signature' });
  t.same(countsOf(made.lines), { green: 1, amber: 0, red: 1, unknown: 0 });
});

void t.test(
  'a report that was signed and has no place for what it says is refused by its first wrong field',
  async (t) => {
    const bad = { ...report([line('a.x')]), extra: 1 } as PreflightReport;
    t.throws(() => readReport(signReport(bad, room).envelope, [room.public]), /extra/);
    const wrongLine = report([{ ...line('a.x'), verdict: 'blue' } as unknown as PreflightLine]);
    t.throws(() => readReport(signReport(wrongLine, room).envelope, [room.public]), /lines\/0/);
  },
);

void t.test('no envelope of any shape breaks the reader: it is refused', async () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        readReport(value, [room.public]);
        return false;
      } catch (error) {
        return error instanceof Error;
      }
    }),
    { numRuns: 200 },
  );
});

const text = fc.string({ unit: 'binary', maxLength: 40 });
const bothOf = fc.record({ zh: text, en: text });
const anyLine: fc.Arbitrary<PreflightLine> = fc.record({
  ...{ id: fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/), group: fc.constantFrom(...LINE_GROUPS) },
  ...{ verdict: fc.constantFrom(...VERDICTS), title: bothOf, measured: bothOf, required: bothOf },
  ...{ requirement: fc.constant('REQ-A01'), at: fc.nat(), tookMs: fc.nat() },
});

void t.test('any report comes back whole, and its page holds no mark-up of its own', async () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 8 }), text, (lines, roomName) => {
      const made = report(lines, { roomName });
      const back = readReport(signReport(made, room).envelope, [room.public]);
      const page = reportPage(made, 'h', String);
      return (
        isDeepStrictEqual(back, JSON.parse(JSON.stringify(made))) &&
        (page.match(/<tr class="(green|amber|red|unknown)">/g) ?? []).length === lines.length &&
        !/<script/i.test(page)
      );
    }),
    { numRuns: 100 },
  );
});

void t.test('the page: A4, Chinese first, the worst first, who ticked, nothing from elsewhere', async (t) => {
  const made = report([
    line('a.x'),
    line('b.x', { verdict: 'amber', cause: both('原因'), nextStep: both('下一步') }),
    line('c.x', {
      verdict: 'red',
      measured: both('<script>alert(1)</script>'),
      cause: both('坏'),
      nextStep: both('修'),
    }),
    line('d.x', { group: 'room', attested: { by: '王工', at: 5, note: '<b>纸</b>两包' }, byPerson: true }),
  ]);
  const page = reportPage(made, 'ab12', () => '2026-11-21 16:00');
  t.match(page, 'size: A4');
  t.match(page, 'lang="zh-CN"');
  t.notMatch(page, '<script>');
  t.notMatch(page, /(src|href)=/, 'it asks for nothing');
  const order = ['题c.x', '题b.x', '题a.x', '题d.x'].map((title) => page.indexOf(title));
  t.same(
    [...order].sort((x, y) => x - y),
    order,
  );
  t.match(page, '备注 Note：&#60;b&#62;纸&#60;/b&#62;两包');
  t.match(page, '<b>原因</b> 坏');
  t.match(page, '<b>下一步</b> 修');
  const behind = reportPage(
    report([line('a.x'), line('z.x', { group: 'room', verdict: 'red' })]),
    'h',
    String,
  );
  t.ok(
    behind.indexOf('题z.x') < behind.indexOf('题a.x'),
    'what keeps the room from being sealed comes first',
  );
  for (const word of ['ab12', '王工', '李工', '102考场', '签字', '考务日志']) t.match(page, word);
  t.match(reportPage(made, 'h', String, false), '未签名');
});

void t.test('on the disk: both files, found again by id, and nothing else by name', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-reports-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const made = report([line('a.x')]);
  const { envelope, hash } = signReport(made, room);
  await writeReport(folder, made.reportId, envelope, '<p>');
  t.same(await storedReport(folder, made.reportId, room.public), { report: made, hash });
  t.equal(await storedReport(folder, made.reportId, other.public), null, 'another room’s is none');
  t.equal(await storedReport(folder, 'not-there-1', room.public), null);
  const file = join(folder, `preflight-${made.reportId}.json`);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
  t.equal(await storedReport(folder, made.reportId, room.public), null, 'half a file is none');
  for (const name of [
    '../room.key',
    'preflight-x.json',
    'preflight-0a1b2c3d.exe',
    'preflight-../../x12345678.json',
  ])
    t.equal(reportFile(folder, name), null, name);
});

void t.test('a rehearsal without figures is a failed measurement, never a good one', async (t) => {
  const said = {
    ...{ ok: true, seats: 4, handedIn: 4, acknowledged: 30, lost: 0, problems: ['x'] },
    phases: { save: { p99: 12 }, firstPaper: { p99: 90 } },
  };
  t.same(readRehearsal(JSON.stringify(said)), {
    ...{ seats: 4, handedIn: 4, acknowledged: 30, lost: 0, saveP99Ms: 12, firstPaperP99Ms: 90 },
    problems: ['x'],
  });
  t.throws(() => readRehearsal('{"ok":false,"error":"no disk"}'), /no disk/);
  for (const name of ['lost', 'problems', 'phases', 'handedIn'])
    t.throws(() => readRehearsal(JSON.stringify({ ...said, [name]: undefined })), /no figures/, name);
});
