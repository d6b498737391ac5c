// Which drives and folders a page is offered: what mountinfo says, property by property, and this machine's own.

import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { exportPlaces } from '../../server/recording/export-places.js';
import { keepsNames, readMountInfo, volumeAt } from '../../server/recording/mounted-volumes.js';

const TABLE = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
95 22 8:17 / /media/usb\\0401 rw,nosuid shared:7 master:2 - vfat /dev/sdb1 rw,uid=990
96 22 8:33 / /mnt/录像 rw - exfat /dev/sdc1 ro
97 22 0:44 / /mnt/nas ro - cifs //nas/video\\134x rw
98 22 8:17 / /media/usb\\0401 rw - exfat /dev/sdd1 rw
a row that is none
`;

void t.test('what is mounted, with blanks in its name; the upper of two counts', async (t) => {
  t.same(readMountInfo(TABLE).slice(1), [
    { device: '8:33', path: '/mnt/录像', fileSystem: 'exfat', source: '/dev/sdc1', options: ['ro'] },
    { device: '0:44', path: '/mnt/nas', fileSystem: 'cifs', source: '//nas/video\\x', options: ['rw'] },
    { device: '8:17', path: '/media/usb 1', fileSystem: 'exfat', source: '/dev/sdd1', options: ['rw'] },
  ]);
});

void t.test('which volume a path lies on, and whether Chinese names last there', async (t) => {
  const volumes = readMountInfo(`1 0 8:1 / / rw - ext4 /dev/vda rw
2 1 8:17 / /media/a rw - vfat /dev/sdb1 rw,codepage=437,iocharset=ascii,shortname=mixed,utf8,errors=remount-ro
3 1 8:33 / /media/ab rw - vfat /dev/sdc1 rw,codepage=437,iocharset=iso8859-1,shortname=mixed
4 1 8:49 / /media/c rw - vfat /dev/sdd1 rw,iocharset=utf8
5 1 8:65 / /media/d rw - msdos /dev/sde1 rw,utf8
`);
  const at = (path: string) => {
    const volume = volumeAt(path, volumes);
    return [volume?.path, volume !== null && keepsNames(volume)];
  };
  t.same(['/media/a', '/media/ab/录像', '/media/c/x/y', '/media/d/x', '/media/abc', '/media'].map(at), [
    ['/media/a', true],
    ['/media/ab', false],
    ['/media/c', true],
    ['/media/d', false],
    ['/', true],
    ['/', true],
  ]);
  t.equal(volumeAt('/media/a', []), null);
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
  t.match(named, [{ path: join(base, 'usb'), label: 'usb', kind: 'folder', unfit: null, divided: false }]);
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
  const seen = await Promise.all([ask(), ask(), ask()]);
  t.match(
    seen,
    [1, 2, 3].map(() => [{ path: folders[0], unfit: 'hangs' }]),
    'nobody waits for ever',
  );
  t.match(await ask(), [{ unfit: 'hangs' }]);
  t.equal(looks, 1, 'each look at it would hold one more thread');
  answer(null);
  const again = ask();
  while (looks < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  answer(null);
  t.same(await again, []);
  t.equal(looks, 2, 'it is looked at again when the first look has ended');
});
