// Names of films begin with date, site and room (REQ-F04) and hold on every file system, whatever the site is called.

import fc from 'fast-check';
import t from 'tap';
import {
  cameraFileName,
  endingOf,
  exportStem,
  isSameDay,
  safeName,
} from '../../server/recording/export-names.js';

const at = (text: string) => Date.parse(`${text}+08:00`);
const session = (more: object = {}) => ({
  ...{ startsAt: at('2020-06-30T09:00:00'), siteName: 'XX学院', roomName: '2号楼102', isOneOfSeveral: false },
  ...more,
});

void t.test('[REQ-F04] date, site and room, then the camera', async (t) => {
  t.equal(exportStem(session()), '20200630XX学院2号楼102');
  t.equal(exportStem(session({ isOneOfSeveral: true })), '20200630XX学院2号楼102-0900');
  t.equal(cameraFileName('20200630XX学院2号楼102', 1, null, 'mp4'), '20200630XX学院2号楼102-摄像机1.mp4');
  t.equal(cameraFileName('20200630XX学院2号楼102', 2, 3, 'mp4'), '20200630XX学院2号楼102-摄像机2-3.mp4');
});

void t.test('the day is the one in China', async (t) => {
  t.match(exportStem(session({ startsAt: at('2020-07-01T00:10:00') })), /^20200701/);
  t.ok(isSameDay(at('2020-07-01T00:10:00'), at('2020-07-01T23:50:00')));
  t.notOk(isSameDay(at('2020-06-30T23:50:00'), at('2020-07-01T00:10:00')));
});

void t.test('signs of paths become harmless', async (t) => {
  t.equal(safeName('../..\\C:*?"<>|/学院'), '_.._C________学院');
  t.equal(safeName(' .. 学院 . '), '学院');
  t.equal(safeName('学\u202e院\u0000\n'), '学院');
  t.equal(endingOf('imported/00001.MTS'), 'mts');
  t.equal(endingOf('imported/no-ending'), 'bin');
  t.equal(endingOf('a.b/../../x.%2f'), 'bin');
});

void t.test('two long names that begin alike stay two', async (t) => {
  const long = '很长的学院名称'.repeat(30);
  const [one, two] = ['一', '二'].map((end) => exportStem(session({ siteName: long + end })));
  t.not(one, two);
});

void t.test('whatever the names are, the file name is one that FAT32, NTFS and ext4 take', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, text, fc.boolean(), (siteName, roomName, isOneOfSeveral) => {
      const name = cameraFileName(
        exportStem(session({ siteName, roomName, isOneOfSeveral })),
        100,
        99,
        'partial',
      );
      return (
        Buffer.byteLength(`${name}.partial`) <= 255 &&
        // eslint-disable-next-line no-control-regex
        !/[<>:"/\\|?*\u0000-\u001f\u007f]/.test(name) &&
        !/[. ]$/.test(name) &&
        name.normalize('NFC') === name &&
        !/\p{Cs}/u.test(name)
      );
    }),
    { numRuns: 500 },
  );
});
