// Which drives and folders a page is offered: what mountinfo says, property by property, and this machine's own.

import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { exportPlaces } from '../../server/recording/export-places.js';
import { readMountInfo } from '../../server/recording/mounted-volumes.js';

const TABLE = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
95 22 8:17 / /media/usb\\0401 rw,nosuid shared:7 master:2 - vfat /dev/sdb1 rw,uid=990
96 22 8:33 / /mnt/录像 rw - exfat /dev/sdc1 ro
97 22 0:44 / /mnt/nas ro - cifs //nas/video\\134x rw
98 22 8:17 / /media/usb\\0401 rw - exfat /dev/sdd1 rw
a row that is none
`;

void t.test('what is mounted, with blanks in its name; the upper of two counts', async (t) => {
  t.same(readMountInfo(TABLE).slice(1), [
    { device: '8:33', path: '/mnt/录像', fileSystem: 'exfat', source: '/dev/sdc1' },
    { device: '0:44', path: '/mnt/nas', fileSystem: 'cifs', source: '//nas/video\\x' },
    { device: '8:17', path: '/media/usb 1', fileSystem: 'exfat', source: '/dev/sdd1' },
  ]);
});

void t.test('any path comes back as it was; any text is read', async () => {
  const escaped = (path: string) =>
    path.replace(/[ \t\n\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const path = `/mnt/${name}`;
      const [one] = readMountInfo(`1 2 8:1 / ${escaped(path)} rw - vfat /dev/sdb1 rw`);
      return one?.path === path;
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(readMountInfo(text))));
});

void t.test('folders of the settings, but none of the room’s own and none that is not there', async (t) => {
  const base = realpathSync(t.testdir({}));
  for (const name of ['usb', 'data', 'data/video']) mkdirSync(join(base, name));
  const folders = ['usb', 'data', 'data/video', 'gone', 'usb'].map((name) => join(base, name));
  const places = await exportPlaces({ folders, own: [join(base, 'data')] });
  const named = places.filter(({ path }) => path.startsWith(base));
  t.match(named, [{ path: join(base, 'usb'), label: 'usb', kind: 'folder', writable: true, divided: false }]);
  t.equal(named.length, 1);
  t.equal(named[0]?.device, statSync(join(base, 'usb')).dev);
  t.ok((named[0]?.freeBytes ?? 0) > 0 && (named[0]?.totalBytes ?? 0) >= (named[0]?.freeBytes ?? 0));
});

void t.test('a drive that hangs is waited for once, however often it is asked for', async (t) => {
  const folders = [join(realpathSync(t.testdir({})), 'hangs')];
  let looks = 0;
  let answer = (_place: null) => undefined as void;
  const look = ({ path }: { path: string }) => {
    if (!folders.includes(path)) return Promise.resolve(null);
    looks += 1;
    return new Promise<null>((resolve) => (answer = resolve));
  };
  const ask = () => exportPlaces({ folders, own: [], look });
  t.same(await Promise.all([ask(), ask(), ask()]), [[], [], []], 'nobody waits for ever');
  t.same(await ask(), []);
  t.equal(looks, 1, 'each look at it would hold one more thread');
  answer(null);
  const again = ask();
  await new Promise((resolve) => setTimeout(resolve, 0));
  answer(null);
  t.same(await again, []);
  t.equal(looks, 2, 'it is looked at again when the first look has ended');
});
