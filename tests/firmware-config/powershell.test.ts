// The scripts of the Windows lock-down, read by a PowerShell grammar: whole, within what Windows 7 has, and each kind of
// change known to the undo. They were not run: there is no Windows here.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { nodesOf, openPowerShell, textsOf, type Syntax } from './support/powershell.js';
import { settingsFiles, settingsPath, settingsText } from './support/settings-folder.js';

/** Cmdlets of PowerShell 2.0 and programs of Windows 7 that the scripts may call. */
const KNOWN = new Set(
  `ForEach-Object Get-ChildItem Get-Service Get-WmiObject Join-Path New-Object Out-Null Remove-Item Resolve-Path Split-Path
  Start-Service Stop-Service Test-Path Where-Object Write-Host Write-Warning
  icacls.exe netsh.exe powercfg.exe reg.exe`.split(/\s+/),
);
/** Words that came after PowerShell 2.0. */
const NEWER =
  /-(in|notin)\b|\$PSScriptRoot|\$PSItem|\[(pscustomobject|ordered)\]|::new\(|\busing\b|-shl\b|\?\?|&&|\|\|/i;

const scripts = settingsFiles('.ps1');
const parse = await openPowerShell();

void t.test('[A04] Windows 7 can run the scripts: they parse, and call nothing newer', async (t) => {
  t.strictSame(scripts, [
    'windows/apply.ps1',
    'windows/settings.ps1',
    'windows/undo.ps1',
    'windows/verify.ps1',
  ]);
  const trees = new Map<string, Syntax>();
  for (const path of scripts) {
    const { root, faults } = parse(settingsText(path));
    t.strictSame(faults, [], path);
    trees.set(path, root);
    const bytes = readFileSync(settingsPath(path));
    t.strictSame([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], `${path} says that it is UTF-8`);
    t.notMatch(settingsText(path), /[^\r]\n/, `${path} ends its lines as Windows does`);
  }
  const shared = textsOf(trees.get('windows/settings.ps1') as Syntax, 'function_name');
  for (const [path, tree] of trees) {
    const own = new Set([...KNOWN, ...shared, ...textsOf(tree, 'function_name')]);
    const called = textsOf(tree, 'command_name');
    t.ok(called.length > 5, `${path} calls something`);
    t.strictSame(
      called.filter((name) => !own.has(name)),
      [],
      `${path} calls what is known`,
    );
    const code = [...nodesOf(tree)].reduce(
      (text, node) => (node.type === 'comment' ? text.replace(node.text, '') : text),
      tree.text,
    );
    t.notMatch(code, NEWER, `${path} uses no newer words`);
    t.match(code, path.endsWith('settings.ps1') ? 'function' : "$ErrorActionPreference = 'Stop'");
  }
});

void t.test('the grammar finds what is broken', async (t) => {
  for (const broken of ['if ($a { b }', 'foreach ($x in $y) { b', 'function f( { }', '& x.exe a:1,b:"c'])
    t.not(parse(broken).faults.length, 0, broken);
  t.match('$x -in $y', NEWER);
});

void t.test('every kind of change that is recorded can be undone', async (t) => {
  const recorded = new Set(
    ['windows/apply.ps1', 'windows/settings.ps1'].flatMap((path) =>
      [...settingsText(path).matchAll(/Add-Record '(\w+)'/g)].map(([, kind]) => kind),
    ),
  );
  const undone = new Set(
    [...settingsText('windows/undo.ps1').matchAll(/^ {4}'(\w+)' \{/gm)].map(([, kind]) => kind),
  );
  t.ok(recorded.size >= 8);
  t.strictSame([...recorded].sort(), [...undone].sort());
});

void t.test('a change is recorded before it is made', async (t) => {
  const text = settingsText('windows/apply.ps1');
  const order = (before: string, after: string) => {
    t.ok(text.includes(before) && text.includes(after), `${before} and ${after} are there`);
    t.ok(text.indexOf(before) < text.indexOf(after), `${before} comes before ${after}`);
  };
  order("Add-Record 'service'", 'Stop-Service');
  order("Add-Record 'adapter'", '.Disable()');
  order("Add-Record 'power'", '-setactive');
  order("Add-Record 'folder'", 'CreateDirectory($WorkFolder)');
  order('advfirewall export', "Add-Record 'firewall'");
  order("Add-Record 'firewall'", 'blockinbound,blockoutbound');
  order('blockinbound,blockoutbound', 'delete rule name=all');
  const shared = settingsText('windows/settings.ps1');
  t.ok(shared.lastIndexOf("Add-Record 'value'") < shared.indexOf('.SetValue('), 'values too');
});

void t.test('arguments of programs that hold a comma or a slash are quoted', async (t) => {
  for (const path of scripts)
    for (const command of [...nodesOf(parse(settingsText(path)).root)].filter(
      (node) => node.type === 'command',
    )) {
      if (!/^& (netsh|icacls|powercfg|reg)\.exe/.test(command.text)) continue;
      const bare = command.text.replace(/"(?:[^"`]|`.)*"|'[^']*'|\([^()]*\)/g, '');
      t.notMatch(bare, /[,/]/, `${path}: ${command.text}`);
    }
});

void t.test("a candidate's files are never removed by the undo", async (t) => {
  const text = settingsText('windows/undo.ps1');
  const removal = text.slice(
    text.indexOf('function Remove-WorkFolder'),
    text.indexOf('function Undo-Change'),
  );
  t.ok(removal.indexOf('.Count -gt 0') < removal.indexOf('Remove-Item -LiteralPath $Path'), 'it looks first');
  t.notMatch(removal, /-Recurse|-Force \|/, 'and takes an empty folder only');
});
