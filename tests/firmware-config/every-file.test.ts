// No file of settings goes unread: each is parsed by a test that is named here, and a file of a new kind fails until it has one.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { dhcpdFaults } from './support/dhcpd-file.js';
import { SETTINGS_ROOT, settingsText } from './support/settings-folder.js';

/** Which test reads a file, and a word of it by which it is seen to do so. */
const READERS: [file: RegExp, test: string, word: string][] = [
  [/README\.md$/, 'firmware-config/layout.test.ts', 'README.md'],
  [/^\.gitattributes$/, 'firmware-config/layout.test.ts', '.gitattributes'],
  [/\.reg$/, 'firmware-config/registry.test.ts', "settingsFiles('.reg')"],
  [/\.ps1$/, 'firmware-config/powershell.test.ts', "settingsFiles('.ps1')"],
  [/\.cmd$/, 'firmware-config/scripts.test.ts', "settingsFiles('.cmd')"],
  [/\.sh$/, 'firmware-config/scripts.test.ts', "settingsFiles('.sh')"],
  [/\.xml$/, 'firmware-config/scripts.test.ts', "settingsFiles('.xml')"],
  [/^linux-kiosk\/kaochang-kiosk\.service$/, 'firmware-config/scripts.test.ts', 'kaochang-kiosk.service'],
  [/^linux-kiosk\/logind\.conf$/, 'firmware-config/scripts.test.ts', 'logind.conf'],
  [/^linux-kiosk\/.*modprobe\.conf$/, 'firmware-config/scripts.test.ts', 'modprobe.conf'],
  [/^(chrome|firefox)\/.*\.json$/, 'firmware-config/browser-policies.test.ts', 'fromJson('],
  [/\.seb$/, 'firmware-config/seb.test.ts', 'parsePlist('],
  [/^udev\/.*\.rules$/, 'firmware-config/udev.test.ts', '99-kaochang.rules'],
  [/^network\/dnsmasq\.conf$/, 'firmware-config/network.e2e.test.ts', 'dnsmasq.conf'],
  [/^network\/plan\.csv$/, 'firmware-config/network.e2e.test.ts', 'plan.csv'],
  [/^network\/dhcpd\.conf$/, 'firmware-config/every-file.test.ts', 'dhcpdFaults('],
  [/^clock\/chrony\.conf$/, 'firmware-config/network.e2e.test.ts', 'chrony.conf'],
  [/^nftables\/kaochang\.nft$/, 'firmware-config/nftables.e2e.test.ts', 'kaochang.nft'],
  [/^nftables\/99-.*\.conf$/, 'firmware-config/nftables.e2e.test.ts', 'no-forwarding.conf'],
  [/^(io|jammers)\/.*\.yaml$/, 'devices/profile.test.ts', 'firmware-config/jammers'],
  [/^nut\/nut\.conf$/, 'firmware-config/every-file.test.ts', 'nut/nut.conf'],
  [/^nut\/ups(\.megatec|\.snmp)?\.conf$/, 'devices/nut-config.e2e.test.ts', 'ups.megatec.conf'],
  [/^nut\/(upsd\.conf|upsd\.users|upsmon\.conf)$/, 'devices/nut-config.e2e.test.ts', 'upsd.users'],
];

const all = readdirSync(SETTINGS_ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(SETTINGS_ROOT, join(entry.parentPath, entry.name)));

void t.test('every file is read by a test, which is there and names it', async (t) => {
  t.ok(all.length > 75, `${all.length} files`);
  for (const file of all) {
    const reader = READERS.find(([pattern]) => pattern.test(file));
    t.ok(reader, `${file} is read`);
    const [, test = '', word = ''] = reader ?? [];
    const path = join(process.cwd(), 'tests', test);
    t.ok(existsSync(path) && readFileSync(path, 'utf8').includes(word), `${file} by ${test}`);
  }
  for (const [pattern] of READERS)
    t.ok(
      all.some((file) => pattern.test(file)),
      `${pattern} is of use`,
    );
});

void t.test('each item says how it is applied, verified and undone', async (t) => {
  const folders = readdirSync(SETTINGS_ROOT, { withFileTypes: true }).filter((one) => one.isDirectory());
  t.ok(folders.length >= 15);
  for (const { name } of folders)
    for (const heading of ['Apply', 'Verify', 'Undo'])
      t.match(settingsText(`${name}/README.md`), new RegExp(`^## .*${heading}$`, 'm'), `${name}: ${heading}`);
});

void t.test('dhcpd’s settings are whole; a slip in them is found', async (t) => {
  const good = settingsText('network/dhcpd.conf');
  t.strictSame(dhcpdFaults(good), []);
  for (const [slip, instead, why] of [
    ['authoritative;', 'authoritative', /no statement/],
    ['range 192.168.10.11 ', 'range 192.168.10 ', /no statement of subnet/],
    ['max-lease-time', 'max-leese-time', /no statement of file/],
    ['host seat-01 {', 'host seat-01', /no statement|closes nothing/],
    ['02:00:00:00:00:01', '02:00:00:00:01', /no statement of host/],
    ['subnet 192', 'subnett 192', /no declaration/],
  ] as const) {
    t.ok(good.includes(slip), slip);
    t.match(dhcpdFaults(good.replace(slip, instead)).join('\n'), why, instead);
  }
  t.match(dhcpdFaults(good.replace(/\}\s*$/, '')).join('\n'), /a brace is open/);
});

void t.test('nut.conf is one setting that NUT knows', async (t) => {
  const lines = settingsText('nut/nut.conf')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  t.strictSame(lines, ['MODE=standalone'], 'none, standalone, netserver, netclient are what there is');
});
