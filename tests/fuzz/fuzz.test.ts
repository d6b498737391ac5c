// Every reader of outside bytes under changed inputs, with one seed: short enough for every run of the tests. `npm run fuzz` goes
// on from there with seeds that nobody has tried.

import t from 'tap';
import { TARGETS } from './catalogue.js';
import { runTarget, watchStrays } from './run-target.js';

const SEED = 20_270_306;

t.setTimeout(300_000);
watchStrays();

for (const target of TARGETS)
  void t.test(`[fuzz] ${target.name}: ${target.about}`, async (t) => {
    const opened = await target.open();
    t.teardown(() => opened.close());
    const { inputs, findings } = await runTarget(target, opened, {
      seed: SEED,
      inputs: target.inputsInTests,
    });
    for (const { message, seed, path, input } of findings)
      t.fail(`${message}\nnpm run fuzz -- --target ${target.name} --seed ${seed} --path ${path}\n${input}`);
    t.ok(inputs >= target.inputsInTests || findings.length > 0, `${inputs} inputs`);
  });
