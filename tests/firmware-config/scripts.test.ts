// Batch files, shell scripts, XML and unit files of the room's machines, each read by what reads it, or by a strict reader.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import t from 'tap';
import { batchFaults } from './support/batch-file.js';
import { settingsFiles, settingsPath, settingsText } from './support/settings-folder.js';

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};

void t.test('batch files have no open quote, no missing label, no unknown word', async (t) => {
  t.ok(settingsFiles('.cmd').length >= 6);
  for (const path of settingsFiles('.cmd')) t.strictSame(batchFaults(settingsText(path)), [], path);
  const file = (...lines: string[]) => ['@echo off', ...lines, ''].join('\r\n');
  for (const [text, why] of [
    [file('echo "a'), /quote is open/],
    [file('goto nowhere'), /no label nowhere/],
    [file('for %%b in (', '  "a"', 'echo %%b'), /bracket is open/],
    [file('echo %a'), /% is open/],
    [file('wget http'), /unknown word/],
    [file('goto end', 'echo a', ':end'), /runs into/],
    [file('exit /b 0', ':unused'), /nobody goes/],
    [file('echo 考场'), /not ASCII/],
    ['@echo off\necho a\n', /CR LF/],
  ] as const)
    t.match(batchFaults(text).join('\n'), why);
});

void t.test('shell scripts parse, stop at the first error, and can be run', async (t) => {
  t.ok(settingsFiles('.sh').length >= 6);
  for (const path of settingsFiles('.sh')) {
    t.strictSame(run('sh', '-n', settingsPath(path)), { status: 0, said: '' }, path);
    t.match(
      settingsText(path),
      /^#!\/bin\/sh\n(#.*\n)+set -eu\n/,
      `${path} says what it is and stops at errors`,
    );
    t.ok(statSync(settingsPath(path)).mode & 0o100, `${path} can be run`);
  }
});

void t.test('[A04] the whole screen of every kiosk is a browser that keeps its data', async (t) => {
  const starts = [
    'windows7/kiosk.cmd',
    'windows10/shell-launcher.xml',
    'windows10/assigned-access.xml',
    'linux-kiosk/kiosk.sh',
  ];
  for (const path of starts) {
    const text = settingsText(path);
    for (const flag of ['--kiosk', '--no-first-run', '--user-data-dir='])
      t.match(text, flag, `${path} ${flag}`);
    t.match(text, 'https://room.exam:8443/', path);
    const code = text.replace(/<!--[\s\S]*?-->|^(rem|#).*$/gm, '');
    t.notMatch(
      code,
      /--(incognito|guest|inprivate|ignore-certificate-errors|disable-web-security)|edge-kiosk/i,
      path,
    );
  }
});

void t.test(
  'kiosk XML for Windows is well formed, and every account has a profile that is there',
  async (t) => {
    for (const path of settingsFiles('.xml')) {
      const tags: SaxesTagPlain[] = [];
      const parser = new SaxesParser();
      parser.on('error', (error) => {
        throw error;
      });
      parser.on('opentag', (tag) => tags.push(tag as SaxesTagPlain));
      t.doesNotThrow(() => parser.write(settingsText(path)).close(), path);
      const ids = (name: string) =>
        tags.filter((tag) => tag.name === name).map(({ attributes }) => attributes['Id']);
      const all = [...ids('Profile'), ...ids('DefaultProfile')].filter((id) => id !== undefined);
      t.equal(all.length, 2, 'one profile, used once');
      t.equal(new Set(all).size, 1);
      for (const id of all) t.match(id, /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/);
    }
  },
);

void t.test('systemd takes the kiosk unit, and says so of a broken one', async (t) => {
  const root = t.testdir({});
  const program = (path: string) => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), '#!/bin/sh\n');
    chmodSync(join(root, path), 0o755);
  };
  program('usr/bin/cage');
  const unit = 'linux-kiosk/kaochang-kiosk.service';
  const check = (name: string) =>
    run('systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', `--root=${root}`, name);
  const folder = join(root, 'etc/systemd/system');
  mkdirSync(folder, { recursive: true });
  copyFileSync(settingsPath(unit), join(folder, 'kaochang-kiosk.service'));
  const good = check('kaochang-kiosk.service');
  t.equal(good.status, 0, good.said);
  t.notMatch(good.said, 'kaochang-kiosk.service:', good.said);
  const broken = settingsText(unit)
    .replace('Restart=always', 'Restart=allways')
    .replace('RestartSec=2', 'RestartSek=2');
  writeFileSync(join(folder, 'broken.service'), broken);
  t.match(check('broken.service').said, /allways[\s\S]*RestartSek|RestartSek[\s\S]*allways/);
});

void t.test('logind and modprobe settings have nothing but settings', async (t) => {
  for (const line of settingsText('linux-kiosk/logind.conf')
    .split('\n')
    .filter((l) => l !== '' && !l.startsWith('#')))
    t.match(line, /^(\[Login\]|NAutoVTs=0|ReserveVT=0|Handle\w+=ignore|IdleAction=ignore)$/);
  const modules = settingsText('linux-kiosk/kaochang-kiosk.modprobe.conf')
    .split('\n')
    .filter((l) => l !== '' && !l.startsWith('#'));
  for (const line of modules) t.match(line, /^install [\w-]+ \/bin\/false$/);
  t.match(modules.join('\n'), /usb-storage[\s\S]*cfg80211/);
});
