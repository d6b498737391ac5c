// Setting up a checkout whose modules are a link empties nobody else's folder.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

void t.test('a link to modules elsewhere is refused in a sentence, and what it names is left alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-set-up-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [checkout, modules] = [join(folder, 'checkout'), join(folder, 'modules')];
  for (const each of [join(checkout, 'scripts'), join(modules, 'koa')]) mkdirSync(each, { recursive: true });
  copyFileSync('scripts/set-up.mjs', join(checkout, 'scripts', 'set-up.mjs'));
  writeFileSync(join(checkout, 'package-lock.json'), '{"lockfileVersion":3,"packages":{"":{}}}');
  writeFileSync(join(checkout, 'package.json'), '{"name":"empty","version":"1.0.0"}');
  symlinkSync(modules, join(checkout, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'scripts', 'set-up.mjs')], {
    encoding: 'utf8',
  });
  t.equal(status, 1);
  t.match(stderr, /链接[^]*is a link to modules elsewhere/);
  t.same(readdirSync(modules), ['koa']);
  t.end();
});
