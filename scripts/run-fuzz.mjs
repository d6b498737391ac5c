// `npm run fuzz -- [--minutes N] [--seed S] [--target NAME] [--jobs J] [--json]`: tries the readers of outside bytes with inputs that
// no test has seen, each target in a process of its own, and prints inputs per target and every finding with the smallest input.
// `--target NAME --seed S --path P` plays one finding again.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';

const CATALOGUE = '../build/tests/fuzz/catalogue.js';
const MOST_HEAP_MEGABYTES = 1_200;
/** A process that is silent for so long after its time hangs. */
const GRACE_MS = 90_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
    path: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

if (!existsSync(new URL(CATALOGUE, import.meta.url))) {
  process.stderr.write('请先运行 npm run build / run npm run build first\n');
  process.exit(2);
}
const { TARGETS } = await import(CATALOGUE);
const wanted = values.target === undefined ? TARGETS.map(({ name }) => name) : values.target.split(',');
const jobs = Math.max(1, Number(values.jobs));
const seconds = (Number(values.minutes) * 60 * jobs) / wanted.length;
mkdirSync('build/fuzz', { recursive: true });
if (!values.json) console.log(`种子 / seed ${values.seed}，每个目标 / each target ${seconds.toFixed(0)} s`);

const reports = [];
const queue = [...wanted];
await Promise.all(Array.from({ length: jobs }, work));
const inputs = reports.reduce((sum, report) => sum + report.inputs, 0);
const findings = reports.flatMap((report) => report.findings);
const text = `${inputs} 个输入 / inputs，${findings.length} 个发现 / findings`;
console.log(
  values.json
    ? JSON.stringify({ ok: findings.length === 0, seed: Number(values.seed), inputs, reports })
    : text,
);
process.exit(findings.length === 0 ? 0 : 1);

async function work() {
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    const report = await run(target);
    reports.push(report);
    if (values.json) continue;
    const { inputs: tried, batches, rssMegabytes } = report;
    console.log(`${target.padEnd(18)} ${String(tried).padStart(9)}  ${batches} seeds  ${rssMegabytes} MB`);
    for (const { message, seed, path, input } of report.findings)
      console.log(`  !! ${message}\n     --target ${target} --seed ${seed} --path ${path}\n     ${input}`);
  }
}

function run(target) {
  const trail = `build/fuzz/${target}.trail`;
  const args = ['--target', target, '--seconds', String(seconds), '--seed', values.seed, '--trail', trail];
  if (values.path !== undefined) args.push('--path', values.path);
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${MOST_HEAP_MEGABYTES}`, 'build/tests/fuzz/run.js', ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let out = '';
    let noise = '';
    let late = false;
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (noise = (noise + chunk).slice(-2_000)));
    const timer = setTimeout(
      () => {
        late = true;
        child.kill('SIGKILL');
      },
      seconds * 1_000 + GRACE_MS,
    );
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const line = out.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) return resolve(JSON.parse(line));
      // The process is gone: what it was trying is on the trail.
      const last = existsSync(trail) ? readFileSync(trail, 'utf8').trim() : '';
      const message = late ? 'It never came to an end' : `The process died (${signal ?? code}) ${noise}`;
      const finding = { target, message, seed: Number(values.seed), path: '', input: last };
      resolve({ target, inputs: 0, batches: 0, rssMegabytes: 0, findings: [finding] });
    });
  });
}
