// Files and outputs that the check of the room reads: whatever they hold, they are what they claim to be or are refused.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { checkPreflight, preflightPath } from '../../server/bundle/verify-preflight.js';
import { Bag } from '../../server/bundle/verify-zip.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { signDsse } from '../../server/keys/dsse.js';
import { bytesOfBuffer } from '../../server/keys/readable-bytes.js';
import { leasedIn } from '../../server/preflight/machine-facts.js';
import { readRehearsal } from '../../server/preflight/rehearsal-process.js';
import { reportFile, reportFileName, storedReport } from '../../server/preflight/report-files.js';
import { readReport, signReport, type PreflightReport } from '../../server/preflight/report.js';
import { PREFLIGHT_PAYLOAD_TYPE } from '../../server/protocol/preflight.js';
import { zipOf } from '../support/read-bag.js';

const [room, other] = [await generateKeys('room', '考场'), await generateKeys('room', '别的考场')];
const report: PreflightReport = {
  ...{ schema: 'kaochang-preflight/1', reportId: 'report-0001', at: 1, roomName: '考场', version: '0.1.0' },
  ...{ by: null, package: null, lines: [] },
};
const { envelope, hash } = signReport(report, room);
const whole = JSON.stringify(envelope);

/** Texts near to a signed report: cut, changed in a byte, any JSON, any text. */
const near = fc.oneof(
  fc.string(),
  fc.json(),
  fc.nat(whole.length - 1).map((at) => whole.slice(0, at)),
  fc
    .tuple(fc.nat(whole.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
    .map(([at, char]) => whole.slice(0, at) + char + whole.slice(at + 1)),
);

void t.test('a stored report is the one that the room signed, or none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-reports-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, reportFileName(report.reportId, 'json'));
  writeFileSync(file, whole);
  t.same(await storedReport(folder, report.reportId, room.public), { report, hash });
  t.equal(await storedReport(folder, report.reportId, other.public), null, 'of another room');
  await fc.assert(
    fc.asyncProperty(near, async (text) => {
      writeFileSync(file, text);
      const stored = await storedReport(folder, report.reportId, room.public);
      return stored === null || stored.hash === hash;
    }),
    { numRuns: 300 },
  );
});

void t.test('[REQ-D01] a bundle’s report is the one that was recorded, or is named as a fault', async (t) => {
  const session = { seal: { reportId: report.reportId }, plan: { policy: { sealNeedsReport: true } } };
  const path = preflightPath(session as never) ?? '';
  const faultsOf = async (text: string, recorded = hash) => {
    const bag = await Bag.open(bytesOfBuffer(await zipOf(new Map([[path, Buffer.from(text)]]))));
    const faults: string[] = [];
    const note = (fault: string, where: string) => void faults.push(`${fault} ${where}`);
    const journal = new Map([[report.reportId, recorded]]);
    await checkPreflight(bag, session as never, [room.public], journal, note);
    return faults;
  };
  t.same(await faultsOf(whole), []);
  t.same(
    await faultsOf(whole, 'f'.repeat(64)),
    [`preflight-report ${path}`],
    'another than the journal names',
  );
  await fc.assert(
    fc.asyncProperty(near, async (text) => {
      const faults = await faultsOf(text);
      return faults.length === 1 || (faults.length === 0 && isSigned(text));
    }),
  );
});

/** A changed byte beside what is signed: white space, a field that nobody reads. */
function isSigned(text: string): boolean {
  const { payload } = JSON.parse(text) as typeof envelope;
  return Buffer.from(payload, 'base64').equals(Buffer.from(envelope.payload, 'base64'));
}

void t.test('what the room signed and is no report is refused with its place', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({ schema: fc.constant('kaochang-preflight/1'), lines: fc.jsonValue() }),
        fc.record({ ...fields(), lines: fc.array(fc.jsonValue(), { minLength: 1 }) }),
      ),
      (value) => {
        const signed = signDsse(PREFLIGHT_PAYLOAD_TYPE, Buffer.from(JSON.stringify(value)), [room]);
        try {
          readReport(signed, [room.public]);
          return false;
        } catch (error) {
          return error instanceof Error && error.message.length > 0;
        }
      },
    ),
  );
  t.end();
});

function fields() {
  const { lines: _lines, ...rest } = report;
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, fc.constant(value)]));
}

void t.test('no name leads out of the folder of reports', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((part) => `preflight-${part}.json`),
      ),
      (name) => {
        const file = reportFile('/reports', name);
        return file === null || /^\/reports\/preflight-[0-9a-z-]+\.(json|html)$/.test(file);
      },
    ),
  );
  t.equal(reportFile('/reports', 'preflight-../../secret.json'), null);
  t.end();
});

void t.test('what a rehearsal prints is figures or an error', (t) => {
  const figures = fc.record(
    {
      ...{ seats: fc.jsonValue(), handedIn: fc.nat(), acknowledged: fc.nat(), lost: fc.nat() },
      ...{ problems: fc.jsonValue(), phases: fc.jsonValue(), error: fc.jsonValue() },
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        figures.map((value) => JSON.stringify(value)),
      ),
      (line) => {
        try {
          const { problems, ...numbers } = readRehearsal(line);
          return (
            problems.every((one) => typeof one === 'string') &&
            Object.values(numbers).every((one) => typeof one === 'number')
          );
        } catch (error) {
          return error instanceof Error;
        }
      },
    ),
  );
  t.end();
});

void t.test('what `ip` prints is a set of addresses, or nothing is known', (t) => {
  const link = fc.record({
    addr_info: fc.oneof(fc.jsonValue(), fc.array(fc.record({ local: fc.ipV4(), dynamic: fc.boolean() }))),
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.array(link).map((all) => JSON.stringify(all)),
      ),
      (text) => {
        const leased = leasedIn(text);
        return leased === null || leased instanceof Set;
      },
    ),
  );
  t.same(
    [...(leasedIn('[{"addr_info":[{"local":"10.0.0.2","dynamic":true},{"local":"10.0.0.3"}]}]') ?? [])],
    ['10.0.0.2'],
  );
  t.end();
});
