// The templates for Safe Exam Browser: whole property lists, with the settings on which answers and silence depend.

import t from 'tap';
import { parsePlist } from './support/plist.js';
import { settingsText } from './support/settings-folder.js';

const read = (profile: string) =>
  parsePlist(settingsText(`seb/${profile}.seb`)) as Record<string, unknown> & {
    URLFilterRules: Record<string, unknown>[];
    permittedProcesses: Record<string, unknown>[];
    prohibitedProcesses: Record<string, unknown>[];
  };

void t.test('both templates lock the PC and keep what the room has not got yet', async (t) => {
  for (const profile of ['theory', 'practical']) {
    const seb = read(profile);
    t.match(seb, {
      startURL: 'https://room.exam:8443/',
      sebConfigPurpose: 0,
      sendBrowserExamKey: true,
      allowVirtualMachine: false,
      allowedDisplaysMaxNumber: 1,
      allowDeveloperConsole: false,
      allowPrint: false,
      allowSpellCheck: false,
      URLFilterEnable: true,
      examSessionReconfigureAllow: false,
      examSessionClearCookiesOnStart: false,
      examSessionClearCookiesOnEnd: false,
      removeBrowserProfile: false,
    });
    t.equal(
      seb['URLFilterEnableContentFilter'],
      false,
      'the page itself can ask whether the internet answers',
    );
    t.strictSame(seb.URLFilterRules, [
      { active: true, regex: false, expression: 'https://room.exam:8443/*', action: 1 },
    ]);
    t.equal(seb['hashedQuitPassword'], 'CHANGE-ME', 'no password is shipped, and nothing hashes to this');
    t.not(seb['createNewDesktop'], seb['killExplorerShell'], 'exactly one way of locking');
    for (const entry of [...seb.prohibitedProcesses, ...seb.permittedProcesses])
      t.match(entry, { active: true, os: 1, executable: /\.exe$/i, originalName: /\.exe$/i });
  }
});

void t.test('theory has no other program and no files, practical has both and a work folder', async (t) => {
  const theory = read('theory');
  t.match(theory, { allowDownloads: false, allowUploads: false, enableAltTab: false, clipboardPolicy: 2 });
  t.strictSame(theory.permittedProcesses, []);
  const practical = read('practical');
  t.match(practical, {
    allowDownloads: true,
    allowUploads: true,
    enableAltTab: true,
    downloadDirectoryWin: 'C:\\KaochangWork',
  });
  t.ok(practical.permittedProcesses.length > 0);
});

void t.test('the reader of property lists refuses what is none', async (t) => {
  const plist = (inner: string) => `<plist version="1.0">${inner}</plist>`;
  for (const [text, why] of [
    [plist('<dict><key>a</key></dict>'), /no value/],
    [plist('<dict><true/></dict>'), /without a key/],
    [plist('<dict><key>a</key><key>b</key><true/></dict>'), /key of nothing/],
    [plist('<dict><key>a</key><true/><key>a</key><true/></dict>'), /twice/],
    [plist('<integer>1.5</integer>'), /no integer/],
    [plist('<boolean/>'), /unknown tag/],
    [plist('<dict>x</dict>'), /between values/],
    [plist('<true/><false/>'), /two values/],
    [plist('<string><true/></string>'), /holds no values/],
    [plist(''), /empty/],
    ['<dict></dict>', /no plist/],
    [plist('<dict>'), /./],
  ] as const)
    t.throws(() => parsePlist(text), why, text);
  t.strictSame(parsePlist(plist('<array><string>a&amp;b</string><integer>-3</integer><false/></array>')), [
    'a&b',
    -3,
    false,
  ]);
});
