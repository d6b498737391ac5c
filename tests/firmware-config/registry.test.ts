// The registry files of candidates' PCs are read as strictly as can be, and everything they set can be taken back.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { notTakenBack, parseRegistryFile, policiesOf } from './support/registry-file.js';
import { settingsFiles, settingsPath, settingsText } from './support/settings-folder.js';

const read = (path: string) => parseRegistryFile(settingsText(path));
const SERVICES = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services';

void t.test('every registry file is one, in ASCII', async (t) => {
  t.ok(settingsFiles('.reg').length >= 15, 'there are files to look at');
  for (const path of settingsFiles('.reg')) {
    t.doesNotThrow(() => read(path), path);
    t.ok(
      readFileSync(settingsPath(path)).every((byte) => byte < 0x80),
      `${path} reads the same in every language of Windows`,
    );
  }
});

void t.test('what is set is restored or removed by the undo beside it', async (t) => {
  for (const [undo, ...set] of [
    ['windows/undo.reg', 'windows/room.reg'],
    ['windows/undo-user.reg', 'windows/user.reg', 'windows/theory.reg', 'windows/practical.reg'],
    ['chrome/undo.reg', 'chrome/theory.reg', 'chrome/practical.reg'],
    ['edge/undo.reg', 'edge/theory.reg', 'edge/practical.reg'],
    ['clock/undo.reg', 'clock/pc.reg', 'clock/server.reg'],
  ] as const) {
    for (const path of set) t.strictSame(notTakenBack(read(path), read(undo)), [], `${undo} undoes ${path}`);
    const wanted = new Set(set.flatMap((path) => [...read(path).values.keys()]));
    for (const path of read(undo).values.keys())
      t.ok(wanted.has(path), `${undo} touches nothing else: ${path}`);
    for (const key of read(undo).deletedKeys)
      t.ok(
        [...wanted].some((path) => path.startsWith(`${key}\\`)),
        `${undo} deletes no key of others: ${key}`,
      );
  }
});

void t.test('an undo that forgets a value is found', async (t) => {
  const [head, rest] = ['Windows Registry Editor Version 5.00\r\n\r\n', '"b"=dword:00000001\r\n'];
  const set = parseRegistryFile(`${head}[HKEY_USERS\\x\\y]\r\n"a"="1"\r\n${rest}`);
  const undo = parseRegistryFile(`${head}[HKEY_USERS\\x\\y]\r\n"a"=-\r\n`);
  t.strictSame(notTakenBack(set, undo), ['HKEY_USERS\\x\\y\\b']);
  t.strictSame(notTakenBack(set, parseRegistryFile(`${head}[-HKEY_USERS\\x\\y]\r\n`)), []);
});

void t.test('[A04] a candidate PC has no USB storage, wireless, sharing or remote desktop', async (t) => {
  const { values } = read('windows/room.reg');
  for (const service of ['USBSTOR', 'WlanSvc', 'bthserv', 'wuauserv', 'SharedAccess', 'icssvc'])
    t.equal(values.get(`${SERVICES}\\${service}\\Start`), 4, `${service} does not start`);
  const policies = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows';
  t.equal(values.get(`${policies}\\RemovableStorageDevices\\Deny_All`), 1);
  const devices = `${policies}\\DeviceInstall\\Restrictions`;
  t.match(values.get(`${devices}\\DenyDeviceClasses\\1`), '4d36e972', 'no new network card');
  t.equal(values.get(`${devices}\\DenyDeviceClassesRetroactive`), 0, 'the cable that is there stays');
  t.notOk(values.has(`${SERVICES}\\MpsSvc\\Start`), 'the firewall itself is left alone');
  t.equal(
    values.get('HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\fDenyTSConnections'),
    1,
  );
});

void t.test('theory has the exam page for a desktop, practical has listed programs', async (t) => {
  const explorer = 'HKEY_USERS\\KaochangExam\\Software\\Microsoft\\Windows\\CurrentVersion\\Policies';
  const theory = read('windows/theory.reg').values;
  t.match(theory.get(`${explorer}\\System\\Shell`), 'kiosk.cmd');
  t.equal(
    read('windows/user.reg').values.get(
      'HKEY_USERS\\KaochangExam\\Software\\Policies\\Microsoft\\Windows\\System\\DisableCMD',
    ),
    2,
    'no prompt, but the script that opens the page still runs',
  );
  const practical = read('windows/practical.reg').values;
  t.notOk(practical.has(`${explorer}\\System\\Shell`));
  t.equal(practical.get(`${explorer}\\Explorer\\RestrictRun`), 1);
  t.equal(practical.get(`${explorer}\\Explorer\\RestrictRun\\1`), 'chrome.exe');
  const hidden = practical.get(`${explorer}\\Explorer\\NoViewOnDrive`) as number;
  t.equal(hidden & 4, 0, 'drive C, where the work folder is, can be seen');
  t.equal(hidden | 4, 0x3ffffff, 'no other can');
});

void t.test('policiesOf refuses lists with a hole', async (t) => {
  const head = 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_USERS\\x\\y]\r\n';
  t.strictSame(policiesOf(parseRegistryFile(`${head}"1"="a"\r\n"2"="b"\r\n`), 'HKEY_USERS\\x'), {
    y: ['a', 'b'],
  });
  t.throws(() => policiesOf(parseRegistryFile(`${head}"1"="a"\r\n"3"="b"\r\n`), 'HKEY_USERS\\x'), /entry 2/);
  t.throws(() => policiesOf(parseRegistryFile(`${head}"1"="a"\r\n`), 'HKEY_USERS\\z'), /not below/);
});

void t.test('the reader itself refuses what reg import would pass over', async (t) => {
  const head = 'Windows Registry Editor Version 5.00\r\n\r\n';
  const key = '[HKEY_LOCAL_MACHINE\\a]\r\n';
  const refused: [string, RegExp][] = [
    [`${head}${key}"a"=dword:1\r\n`, /no value/],
    [`${head}${key}"a"="b\r\n`, /no value/],
    [`${head}${key}"a"="c:\\d"\r\n`, /no value/],
    [`${head}${key}"a"="b"`, /does not end/],
    [`${head}${key}"a"="b"\n`, /CR LF/],
    [`${head}"a"="b"\r\n`, /of no key/],
    [`${head}[-HKEY_USERS\\a]\r\n"a"="b"\r\n`, /of no key/],
    [`${head}${key}"a"="b"\r\n"a"="c"\r\n`, /twice/],
    [`${head}${key}${key}`, /twice/],
    [`${head}[HKEY_CURRENT_USER\\a]\r\n`, /no key of ours/],
    [`REGEDIT4\r\n`, /does not begin/],
    [head, /says nothing/],
  ];
  for (const [text, why] of refused) t.throws(() => parseRegistryFile(text), why, JSON.stringify(text));
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 0xffffffff }), (text, number) => {
      const name = text.replace(/[\r\n]/g, '') || 'n';
      const escaped = name.replace(/["\\]/g, '\\$&');
      const line = `"${escaped}"=dword:${number.toString(16).padStart(8, '0')}\r\n"${escaped}2"="${escaped}"\r\n`;
      const { values } = parseRegistryFile(head + key + line);
      return (
        values.get(`HKEY_LOCAL_MACHINE\\a\\${escaped}`) === number &&
        values.get(`HKEY_LOCAL_MACHINE\\a\\${escaped}2`) === name
      );
    }),
  );
});
