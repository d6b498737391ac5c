// Figures of a plan that contradict each other are refused where the package is built and where it is installed, and what the
// message asks for mends them.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import t from 'tap';
import { bandsInForce, type PlanBands } from '../../server/core/preflight-bands.js';
import { bandFaults } from '../../server/papers/band-faults.js';
import { installPackage } from '../../server/papers/installed-package.js';
import { loadSource, SourceError } from '../../server/papers/source.js';
import { PolicySchema } from '../../server/protocol/policy.js';
import { smallExam, smallSource } from '../support/small-exam.js';

/** Two figures of one group, the first never the larger. */
const PAIRS = [
  ['server', 'cores', 'goodCores', 1_024],
  ['server', 'freeGb', 'goodFreeGb', 1_000_000],
  ['server', 'syncMs', 'slowSyncMs', 200],
  ['pcs', 'roundTripMs', 'badRoundTripMs', 2_000],
  ['pcs', 'badThroughputMbit', 'throughputMbit', 100_000],
  ['cameras', 'keyFrameS', 'slowKeyFrameS', 10],
  ['cameras', 'clockMs', 'badClockMs', 5_000],
] as const;
const CONTRADICTING: PlanBands = { name: 'x', server: { cores: 12 }, pcs: { badRoundTripMs: 20 } };

void t.test('[PF2] nothing said, or figures in order, is no fault', async (t) => {
  t.same(bandFaults(undefined), []);
  t.same(bandFaults({ name: 'x' }), []);
  t.same(bandFaults({ name: 'x', server: { cores: 12, goodCores: 12 }, cameras: { goodMegapixels: 2 } }), []);
  t.same(bandFaults({ name: 'x', cameras: { width: 1_920, height: 1_080, goodMegapixels: 2 } }), []);
  t.match(bandFaults({ name: 'x', cameras: { width: 1_920, height: 1_080 } }), [
    /goodMegapixels 写成 2 或更大/,
  ]);
});

void t.test('[PF2] each pair the wrong way round is one fault, and its next step mends it', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PAIRS).chain((pair) => {
        // At least those of the clock and the round trip; the other figures of the plan stay the requirements'.
        const figure = fc.integer({ min: pair[2] === 'badClockMs' ? 50 : 1, max: pair[3] });
        return fc.tuple(fc.constant(pair), figure, figure);
      }),
      ([[group, lower, upper], low, high]) => {
        const said = { name: 'x', [group]: { [lower]: low, [upper]: high } } as PlanBands;
        const faults = bandFaults(said);
        t.ok(Value.Check(PolicySchema, { preflight: said }));
        if (low <= high) return t.same(faults, []);
        t.equal(faults.length, 1);
        t.match(faults[0], `policy.preflight.${group}: ${lower} ${low} 大于 ${upper} ${high}`);
        const [, name = '', figure = ''] = /write a (\w+) of (\d+) or more/.exec(faults[0] ?? '') ?? [];
        const mended = { ...said, [group]: { ...said[group], [name]: Number(figure) } } as PlanBands;
        t.same(bandFaults(mended), []);
        return t.ok(Value.Check(PolicySchema, { preflight: mended }));
      },
    ),
  );
});

void t.test('[PF2] for any plan: no fault says that nothing amber is worse than red', async (t) => {
  const figures = fc.record(
    Object.fromEntries(
      PAIRS.filter(([group]) => group === 'server').flatMap(([, lower, upper, most]) => [
        [lower, fc.integer({ min: 1, max: most })],
        [upper, fc.integer({ min: 1, max: most })],
      ]),
    ),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(figures, (server) => {
      const said: PlanBands = { name: 'x', server };
      const { cores, goodCores, freeGb, goodFreeGb, syncMs, slowSyncMs } = bandsInForce(said).server;
      const isWell = cores <= goodCores && freeGb <= goodFreeGb && syncMs <= slowSyncMs;
      t.equal(bandFaults(said).length === 0, isWell);
    }),
  );
});

void t.test('a source with such figures is not built, and every fault is named', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bands-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync('samples/theory', folder, { recursive: true });
  const file = join(folder, 'plan.json');
  const plan = JSON.parse(readFileSync(file, 'utf8')) as { policy: { preflight: PlanBands } };
  plan.policy.preflight = CONTRADICTING;
  writeFileSync(file, JSON.stringify(plan));
  const error: unknown = await loadSource(folder).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceError)) throw error;
  t.match(error.problems, [/goodCores 写成 12 或更大/, /badRoundTripMs 写成 50 或更大/]);
  t.equal(error.problems.length, 2);
});

void t.test('a package with such figures, whoever built it, is not installed', async (t) => {
  const source = smallSource();
  source.plan.policy = { ...source.plan.policy, preflight: CONTRADICTING };
  const exam = await smallExam({ source });
  const data = mkdtempSync(join(tmpdir(), 'data-'));
  t.teardown(() => [exam.folder, data].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const options = { trust: [exam.org.public], now: Date.now(), serverVersion: '0.1.0' };
  await t.rejects(installPackage(exam.file, data, exam.room, options), {
    code: 'bad-content',
    message: /goodCores 写成 12 或更大[^]*badRoundTripMs/,
  });
});
