// The benches at the smallest size: the parts measure something against a real server, and what they found can be drawn and
// written down. No figure is judged here.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { figuresPage, flushPicture, type Run } from './figures-page.js';

void t.test('every part of the bench measures against a real server', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const json = join(folder, 'run.json');
  const bench = join('build', 'tests', 'bench', 'bench.js');
  await promisify(execFile)(process.execPath, [bench, '--tiny', '--only', 'day,flush,kiosk', '--json', json]);
  const run = JSON.parse(readFileSync(json, 'utf8')) as Run;
  const ids = run.found.map(({ id }) => id);
  for (const id of [
    'log-in',
    'save-p99',
    'save-rate',
    'memory',
    'hand-in',
    'bundle-build',
    'bundle-verify',
    'kiosk',
  ])
    t.ok(ids.includes(id), id);
  for (const { id, figure, raw } of run.found) {
    t.ok(figure > 0, `${id} has a figure`);
    if (raw !== undefined) t.ok(raw.figure > 0, `${id} has a raw limit`);
  }
  const slow = run.flush.find(({ addedMs }) => addedMs === 10);
  t.ok(slow !== undefined && slow.measuredMs >= 9 && slow.p50Ms >= 9, 'a slower flush is felt by every save');
  const page = figuresPage(run);
  t.match(page, /npm run bench -- --only day/);
  t.notMatch(page, /NaN|undefined|\/tmp\/|\/home\//);
  t.notMatch(flushPicture(run.flush), /NaN|undefined/);
});
