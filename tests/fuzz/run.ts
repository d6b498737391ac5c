// Tries one target for some time, batch after batch with new seeds, and tells its parent what it found: a process of its own, so
// that an input which takes the process along costs one target's run and is known.

import { writeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { TARGETS } from './catalogue.js';
import { runTarget, watchStrays, type TargetFinding } from './run-target.js';

const INPUTS_A_BATCH = 200;
const MOST_FINDINGS = 25;

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: '' },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    inputs: { type: 'string' },
    trail: { type: 'string' },
  },
});

const target = TARGETS.find(({ name }) => name === values.target);
if (target === undefined) {
  process.stderr.write(`No such target; there are: ${TARGETS.map(({ name }) => name).join(' ')}\n`);
  process.exit(2);
}
watchStrays();
const trail = values.trail === undefined ? null : openSync(values.trail, 'w');
const before = (seed: number, made: object) => {
  if (trail !== null) writeSync(trail, JSON.stringify({ seed, ...made }).padEnd(300), 0);
};
const untilMs = performance.now() + Number(values.seconds) * 1_000;
const findings = new Map<string, TargetFinding>();
let inputs = 0;
let batches = 0;
for (let seed = Number(values.seed); performance.now() < untilMs && findings.size < MOST_FINDINGS; seed++) {
  const opened = await target.open();
  const left = { seed, inputs: Number(values.inputs ?? INPUTS_A_BATCH), untilMs, before };
  const report = await runTarget(target, opened, {
    ...left,
    ...(values.path === undefined ? {} : { path: values.path }),
  });
  await opened.close().catch(() => undefined);
  inputs += report.inputs;
  batches += 1;
  for (const finding of report.findings) {
    const known = finding.message.replace(/\d+/g, '#');
    if (!findings.has(known)) findings.set(known, finding);
  }
  if (values.path !== undefined) break;
}
const { rss } = process.memoryUsage();
process.stdout.write(
  `${JSON.stringify({ target: target.name, inputs, batches, rssMegabytes: Math.round(rss / 2 ** 20), findings: [...findings.values()] })}\n`,
);
process.exit(findings.size === 0 ? 0 : 1);
