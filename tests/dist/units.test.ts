// The unit files and the installer's scripts, read by what will read them.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

/** Exposure, 0 to 10, that systemd-analyze may say at most; docs/install.md names the figures. */
const MOST = { 'kaochang.service': 2.0, 'kaochang-backup.service': 0.8 };

const folder = mkdtempSync(join(tmpdir(), 'units-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};

void t.test('systemd reads the units without a word', async (t) => {
  const root = join(folder, 'opt');
  mkdirSync(join(root, 'current', 'bin'), { recursive: true });
  writeFileSync(join(root, 'current', 'bin', 'kaochang'), '#!/bin/sh\n');
  chmodSync(join(root, 'current', 'bin', 'kaochang'), 0o755);
  const names = readdirSync('systemd');
  t.strictSame(names.sort(), ['kaochang-backup.service', 'kaochang-backup.timer', 'kaochang.service']);
  for (const name of names)
    writeFileSync(
      join(folder, name),
      readFileSync(join('systemd', name), 'utf8').replaceAll('/opt/kaochang', root),
    );
  for (const name of names)
    t.strictSame(run('systemd-analyze', 'verify', join(folder, name)), { status: 0, said: '' }, name);
  writeFileSync(join(folder, 'wrong.service'), '[Service]\nExecStart=/bin/true\nProtectSistem=yes\n');
  t.match(run('systemd-analyze', 'verify', join(folder, 'wrong.service')).said, 'Unknown key');
});

void t.test('the services are given no more than the guide says', async (t) => {
  const guide = readFileSync(join('docs', 'install.md'), 'utf8');
  for (const [name, most] of Object.entries(MOST)) {
    const { status, said } = run(
      'systemd-analyze',
      'security',
      '--offline=true',
      `--threshold=${Math.round(most * 10)}`,
      join('systemd', name),
    );
    t.equal(status, 0, said);
    const figure = /exposure level for \S+: ([\d.]+)/.exec(said)?.[1] ?? '';
    t.ok(guide.includes(`\`${name}\` ${figure}`), `docs/install.md says ${figure} for ${name}`);
  }
});

void t.test('the shell scripts are POSIX, and say everything in both languages', async (t) => {
  for (const name of readdirSync('scripts/linux')) {
    const file = join('scripts/linux', name);
    t.match(run('sh', '-n', file), { status: 0 }, name);
    const text = readFileSync(file, 'utf8');
    t.notMatch(
      text.replace(/^\s*#.*$/gm, ''),
      /\[\[|\bfunction \w|^\s*local\s|<<<|(^|[\s=])\$'/m,
      `${name} is no bash`,
    );
    for (const [, said = ''] of text.matchAll(/^\s*(?:fail|say|problem|advice) '([^']*)'/gm))
      t.match(said, /\p{Script=Han}/u, `${name}: ${said}`);
  }
});
