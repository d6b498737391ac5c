// What goes to Windows, as far as it can be read here: the scripts by PowerShell's grammar, the wrapper's settings by WinSW's own
// names. Nothing of it was run.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { ownFiles } from '../../scripts/dist/own-files.js';
import { nodesOf, openPowerShell, textsOf } from '../firmware-config/support/powershell.js';

const SCRIPTS = ['install.ps1', 'uninstall.ps1'];
const textOf = (name: string) => readFileSync(join('scripts', 'windows', name), 'utf8');
const parse = await openPowerShell();

/** Cmdlets of Windows PowerShell 5.1, which Windows 10 and Server 2016 have, and programs of Windows. */
const KNOWN = new Set(
  `Copy-Item Get-FileHash Get-NetFirewallRule Get-Service Join-Path New-Item New-NetFirewallRule New-Object Out-Null
  Remove-ItemProperty Remove-NetFirewallRule Set-ItemProperty Split-Path Start-Service Stop-Service Test-Path Write-Host
  icacls.exe powercfg.exe Stop-Here`.split(/\s+/),
);
/** Of PowerShell 7. */
const NEWER = /\?\?|&&|\|\||\s\?\s.*:|-Parallel\b/;

void t.test('Windows PowerShell can read the scripts, and knows what they call', async (t) => {
  for (const name of SCRIPTS) {
    const text = textOf(name);
    t.equal(text.charCodeAt(0), 0xfeff, `${name} says that it is UTF-8`);
    t.notMatch(text, /[^\r]\n/, `${name} ends its lines as Windows does`);
    const { root, faults } = parse(text.slice(1));
    t.strictSame(faults, [], name);
    const called = textsOf(root, 'command_name').filter((command) => /^[A-Za-z]/.test(command));
    t.ok(called.length > 5);
    t.strictSame(
      called.filter((command) => !KNOWN.has(command)),
      [],
      `${name} calls what is known`,
    );
    const comments = [...nodesOf(root)].filter(({ type }) => type === 'comment');
    const code = comments.reduce((rest, { text: comment }) => rest.replace(comment, ''), root.text);
    t.notMatch(code, NEWER, name);
    t.match(code, "$ErrorActionPreference = 'Stop'");
  }
});

void t.test('nothing is changed before the release is checked and the room may change', async (t) => {
  const text = textOf('install.ps1');
  const order = [
    'Get-FileHash',
    'release check',
    'release may-change',
    'Stop-Service',
    'icacls.exe',
    'Junction',
  ];
  const places = order.map((word) => text.indexOf(word));
  t.notOk(places.includes(-1));
  t.strictSame(
    places,
    [...places].sort((a, b) => a - b),
  );
  const uninstall = textOf('uninstall.ps1');
  t.ok(uninstall.indexOf('may-change') < uninstall.indexOf('Stop-Service'));
  t.notMatch(uninstall, /Remove-Item\b|-Recurse/, 'and no data are removed');
});

void t.test('the wrapper’s settings have the names of WinSW 2', async (t) => {
  const names: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => names.push(name));
  parser.on('error', (error) => t.fail(error.message));
  parser.write(textOf('kaochang.xml')).close();
  const known = `service id name description executable arguments workingdirectory startmode stoptimeout
    stopparentprocessfirst onfailure resetfailure logpath log sizeThreshold keepFiles serviceaccount domain user`;
  t.strictSame(
    names.filter((name) => !known.split(/\s+/).includes(name)),
    [],
  );
  const text = textOf('kaochang.xml');
  for (const word of [
    '@ROOT@\\current\\node\\node.exe',
    'serve --data "@DATA@"',
    '<user>LocalService</user>',
  ])
    t.ok(text.includes(word), word);
});

void t.test('an archive for Windows holds them at its top, and nothing of Linux', async (t) => {
  const paths = ownFiles(process.cwd(), 'win32-x64').map(({ to }) => to);
  for (const path of [...SCRIPTS, 'kaochang.xml', 'build/scripts/kaochang.js', 'package.json'])
    t.ok(paths.includes(path), path);
  t.strictSame(
    paths.filter((path) => /^(systemd|bin|lib)\/|^install\.sh$/.test(path)),
    [],
  );
});
