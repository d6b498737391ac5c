// What goes to Windows, as far as it can be read here: the scripts by PowerShell's grammar, the wrapper's settings by WinSW's own
// names. Nothing of it was run.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { moduleFiles, productionModules, readLock } from '../../scripts/dist/modules.js';
import { ownFiles } from '../../scripts/dist/own-files.js';
import { nodesOf, openPowerShell, textsOf } from '../firmware-config/support/powershell.js';

const SCRIPTS = ['install.ps1', 'uninstall.ps1'];
const textOf = (name: string) => readFileSync(join('scripts', 'windows', name), 'utf8');
const parse = await openPowerShell();

/** Cmdlets of Windows PowerShell 5.1, which Windows 10 and Server 2016 have, and programs of Windows. */
const KNOWN = new Set(
  `ConvertFrom-Json Copy-Item Get-ChildItem Get-FileHash Get-NetFirewallRule Get-Service Join-Path New-Item
  New-NetFirewallRule New-Object Out-Null Remove-ItemProperty Remove-NetFirewallRule Set-ItemProperty Split-Path
  Start-Service Stop-Service Test-Path Where-Object Write-Host icacls.exe powercfg.exe Get-Format Set-Access Stop-Here`.split(
    /\s+/,
  ),
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
    "'may-change'",
    '& $asked @question',
    'Stop-Service',
    '& $asked @change',
    'Set-Access $Data',
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

void t.test(
  'both ask for an administrator first, and uninstall asks the folder that the service has',
  async (t) => {
    for (const name of SCRIPTS) {
      const text = textOf(name);
      const elevated = text.indexOf('.IsInRole($administrator)');
      t.ok(elevated > 0, name);
      for (const act of ['& $', 'Stop-Service', 'Get-FileHash', '[IO.File]::Write', 'icacls.exe $Folder'])
        if (text.includes(`\n${act}`)) t.ok(elevated < text.indexOf(`\n${act}`), `${name}: ${act}`);
      t.notMatch(text, /\$Data = 'C:[^\n]*\)\s*\$Error/, `${name} assumes no data folder that was not said`);
    }
    t.match(textOf('uninstall.ps1'), '$Data = [IO.File]::ReadAllText($dataFile).Trim()');
    const install = textOf('install.ps1');
    const known = install.indexOf('$Data = $known');
    t.ok(known > 0 && known < install.indexOf("'may-change'"), 'an upgrade asks the remembered folder');
    t.ok(install.includes('[IO.File]::WriteAllText($dataFile, $Data)'));
  },
);

void t.test(
  'the site’s own setting of updates comes back with the uninstall, after any upgrades',
  async (t) => {
    const install = textOf('install.ps1');
    const [record = '', ...more] =
      /if \(-not \(Test-Path -LiteralPath \$dataFile\)\) \{[^}]*\}/.exec(install) ?? [];
    t.same(more, []);
    t.match(record, '[IO.File]::WriteAllText($updatesBefore, ', 'it is kept at the first installation alone');
    const [, key = 'none', name = 'none'] =
      /::GetValue\('HKEY_LOCAL_MACHINE\\([^']+)', '(\w+)', \$null\)/.exec(record) ?? [];
    t.match(install, `$updates = 'HKLM:\\${key}'`);
    const places = [
      record,
      'WriteAllText($dataFile, $Data)',
      `Set-ItemProperty -LiteralPath $updates -Name '${name}'`,
    ];
    const order = places.map((text) => install.indexOf(text));
    t.notOk(order.includes(-1));
    t.same(
      order,
      [...order].sort((a, b) => a - b),
      'before there is an installation, and before it is changed',
    );
    t.equal(
      [...install.matchAll(/Set-ItemProperty/g)].length,
      1,
      'nothing else is set that nobody takes back',
    );

    const uninstall = textOf('uninstall.ps1');
    const back = [
      '$said = [IO.File]::ReadAllText($updatesBefore).Trim()',
      `if (-not $said) { Remove-ItemProperty -LiteralPath $updates -Name '${name}'`,
      `Set-ItemProperty -LiteralPath $updates -Name '${name}' -Value ([int]$said) -Type DWord`,
      "'updates-before.txt')",
    ].map((text) => uninstall.indexOf(text));
    t.notOk(back.includes(-1));
    t.same(
      back,
      [...back].sort((a, b) => a - b),
      'and its file goes last',
    );
    t.match(uninstall, `$updates = 'HKLM:\\${key}'`);
    for (const text of [install, uninstall])
      t.match(text, "$updatesBefore = Join-Path $root 'updates-before.txt'");
  },
);

const OF_PATHS = /\b(?:Test-Path|Get-FileHash|Get-ChildItem|Copy-Item|(?:Set|Remove)-ItemProperty)( [^|)]*)/g;

void t.test(
  'what fails is noticed: programs by their exit status, modules’ functions by their own words',
  async (t) => {
    for (const name of SCRIPTS) {
      const lines = textOf(name).split('\r\n');
      const calls = [...lines.entries()].filter(([, line]) => /(^|\{ )\s*& /.test(line));
      t.ok(calls.length > 1);
      for (const [n, line] of calls)
        t.match(lines.slice(n + 1, n + 5).join('\n'), '$LASTEXITCODE', `${name} asks how it ended: ${line}`);
      for (const line of lines) {
        if (/^(New|Remove)-NetFirewallRule|\| Remove-NetFirewallRule/.test(line) && name === 'install.ps1')
          t.match(line, '-ErrorAction Stop', line);
        // -Path takes [ and ] for a pattern.
        for (const [, options = ''] of line.matchAll(OF_PATHS)) t.match(options, '-LiteralPath', line);
      }
    }
  },
);

void t.test(
  'folders with blanks and Chinese names pass; what would break a command line does not',
  async (t) => {
    const install = textOf('install.ps1');
    const pattern = /\[ValidatePattern\('([^']+)'\)\]\[string\]\$Data/.exec(install)?.[1] ?? 'none';
    const takes = (path: string) => new RegExp(pattern).test(path);
    for (const path of ['D:\\Kaochang', 'D:\\考场 数据\\一', "E:\\it's", '']) t.ok(takes(path), path);
    for (const path of [
      'Kaochang',
      '\\\\server\\share',
      'D:Kaochang',
      'D:\\a"b',
      'D:\\%TEMP%',
      'D:\\a&b',
      'D:\\<a>',
    ])
      t.notOk(takes(path), path);
    t.match(install, "$Data = $Data.TrimEnd('\\')", 'a backslash before a quote would take it along');
    for (const [, what = ''] of install.matchAll(/\.Replace\('@\w+@', ([^)]*)/g))
      t.match(what, '[Security.SecurityElement]::Escape(', 'XML');
    t.equal([...install.matchAll(/\.Replace\('@/g)].length, 2);
    const longest = Math.max(
      ...[...ownFiles(process.cwd(), 'win32-x64').map(({ to }) => to), ...moduleNames()].map(
        (path) => path.length,
      ),
    );
    const place = 'C:\\Program Files\\Kaochang\\versions\\kaochang-10.10.10-win32-x64\\';
    t.ok(
      place.length + longest < 260,
      `${place.length + longest} characters, of 259 that Windows PowerShell can open`,
    );
  },
);

/** Files of the modules that travel to Windows. */
function moduleNames(): string[] {
  const root = process.cwd();
  return productionModules(readLock(root))
    .filter(({ path }) => existsSync(join(root, path)))
    .flatMap((module) => moduleFiles(root, module, 'win32-x64').map((file) => `${module.path}/${file}`));
}

/** Where WinSW 2 knows an element, by its own schema (XMLSchema.xsd) and, for what that leaves open, its description of the file. */
const WINSW: Record<string, { within: string; attributes?: string[] }> = {
  ...Object.fromEntries(
    `id name description executable arguments workingdirectory startmode stoptimeout stopparentprocessfirst resetfailure
    logpath`
      .split(/\s+/)
      .map((name) => [name, { within: 'service' }]),
  ),
  service: { within: '' },
  onfailure: { within: 'service', attributes: ['action', 'delay'] },
  log: { within: 'service', attributes: ['mode'] },
  sizeThreshold: { within: 'log' },
  keepFiles: { within: 'log' },
  serviceaccount: { within: 'service' },
  domain: { within: 'serviceaccount' },
  user: { within: 'serviceaccount' },
};

void t.test('the wrapper’s settings stand where WinSW 2 looks for them', async (t) => {
  const open: string[] = [];
  const seen: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const known = WINSW[name];
    t.equal(open.at(-1) ?? '', known?.within, `${name} within ${open.at(-1) ?? 'the file'}`);
    for (const attribute of Object.keys(attributes))
      t.ok(known?.attributes?.includes(attribute), `${name} has ${attribute}`);
    if (name !== 'onfailure') t.notOk(seen.includes(name), `${name} is there once`);
    seen.push(name);
    open.push(name);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('error', (error) => t.fail(error.message));
  parser.write(textOf('kaochang.xml')).close();
  t.ok(seen.length > 15);
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
