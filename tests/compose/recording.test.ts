// Recordings and the rules together: the plan becomes what the recorder is told, what it lists becomes events of the room, once, and
// a server that stops leaves the recorder running where an exam needs it.

import t, { type Test } from 'tap';
import { Recording } from '../../server/compose/recording.js';
import { readConfig } from '../../server/config.js';
import type { CameraStreams } from '../../server/devices/camera-streams.js';
import type { DeviceSetting } from '../../server/devices/settings.js';
import type { Published } from '../../server/room.js';
import { NINE_O_CLOCK } from '../support/driven-clocks.js';
import { log, MINUTE, open, running, ticks, type Setting } from '../support/driven-room.js';
import { ScriptedRecorder } from '../support/scripted-recorder.js';
import { byRoom, mustStaff, smallPackage } from '../support/small-room.js';
import { stretch } from '../support/video-lines.js';

const { recording: settings } = readConfig({ data: '/nowhere', file: null }, {});
const url = 'rtsp://10.0.0.21/main';
const FRONT = { id: 'cam-1', name: '前', adapter: 'rtsp', url } as unknown as DeviceSetting;
const BACK = { id: 'cam-2', name: '后', adapter: 'onvif', host: '10.0.0.22' } as unknown as DeviceSetting;
const CAMCORDER = { id: 'cam-9', name: '摄录机', adapter: 'camcorder' } as unknown as DeviceSetting;
const SECOND = 1_000;

type Streams = (cameraId: string) => Promise<CameraStreams | null>;
const known: Streams = (cameraId) =>
  Promise.resolve(cameraId === 'cam-9' ? null : { url: `rtsp://u:p@${cameraId}/main`, subUrl: null });

async function recorded(
  t: Test,
  from: () => Promise<Setting>,
  streams: Streams = known,
  cameras = [FRONT, BACK, CAMCORDER],
) {
  const setting = await from();
  const { room, clocks } = setting;
  const recorder = new ScriptedRecorder();
  const published: Published[] = [];
  room.subscribe((more) => published.push(...more));
  const devices = cameras.map(({ id, name, adapter }) => ({
    ...{ deviceId: id, kind: 'camera' as const, name, adapter },
  }));
  room.handle({ type: 'configure-devices', devices, by: byRoom });
  const parts = { room, settings, cameras, folder: '/nowhere', ffmpeg: 'ffmpeg', streams, log, recorder };
  const recording = await Recording.open(parts);
  if (recording === null) throw new Error('There are cameras');
  recording.begin();
  t.teardown(() => recording.stop());
  const pass = async (seconds: number) => {
    for (let n = 0; n < seconds; n += 1) {
      clocks.pass(SECOND);
      await recording.lookNow();
    }
    await ticks();
  };
  await recording.lookNow();
  await recording.lookNow();
  const reports = () => published.flatMap(({ event }) => (event.type === 'video-recorded' ? [event] : []));
  const last = () => recorder.said.at(-1);
  return { ...setting, recorder, recording, pass, reports, last, parts };
}

const atTwentyToNine = async () => {
  const setting = await open();
  setting.room.handle({ type: 'install-package', package: smallPackage(), by: byRoom });
  return setting;
};

void t.test('a room without cameras has no recorder', async (t) => {
  const { room } = await open();
  const parts = { room, settings, cameras: [], folder: '/nowhere', ffmpeg: null, streams: known, log };
  t.equal(await Recording.open(parts), null);
});

void t.test(
  '[VI4][VI6] the recorder is told what the plan asks for, and until when it goes on alone',
  async (t) => {
    const { last, room } = await recorded(t, running);
    t.match(last(), {
      ...{ segmentSeconds: 10, ffmpeg: 'ffmpeg', lowBytes: 20e9, stopBytes: 5e9, volumeId: null },
      cameras: [
        { cameraId: 'cam-1', url: 'rtsp://u:p@cam-1/main', subUrl: null, record: true, audio: false },
        { cameraId: 'cam-2', record: true },
      ],
    });
    t.equal(last()?.cameras.length, 2, 'nothing is recorded from a camcorder');
    // An hour, the hand-over window, and ten minutes.
    t.equal(last()?.until, NINE_O_CLOCK + 85 * MINUTE);
    t.same(room.state.video.rule, { beforeMs: 10 * MINUTE, afterMs: 10 * MINUTE });
  },
);

void t.test('[VI6] where the settings say so it goes on alone for minutes only', async (t) => {
  const { parts, clocks } = await recorded(t, running);
  const recorder = new ScriptedRecorder();
  const brief = await Recording.open({ ...parts, recorder, settings: { ...settings, aloneMinutes: 2 } });
  t.teardown(() => brief?.stop());
  brief?.begin();
  await brief?.lookNow();
  await brief?.lookNow();
  t.equal(recorder.said.at(-1)?.until, clocks.wall + 2 * MINUTE);
});

void t.test('[VI4] it is told again when the plan says something else, and every minute', async (t) => {
  const { last, recorder, clocks, pass, room } = await recorded(t, atTwentyToNine);
  t.match(last(), { cameras: [{ record: true }, { record: true }] }, 'entry opens at half past eight');
  const before = recorder.said.length;
  await pass(59);
  t.equal(recorder.said.length, before);
  await pass(2);
  t.equal(recorder.said.length, before + 1);
  clocks.pass(110 * MINUTE);
  await pass(1);
  t.match(last(), { cameras: [{ record: false }, { record: false }] }, 'nobody came');
  t.equal(last()?.until, clocks.wall + 15 * MINUTE);
  mustStaff(room, 'xi', { type: 'command-device', deviceId: 'cam-2', act: 'on', reason: '试机' });
  await pass(1);
  t.match(last(), { cameras: [{ record: false }, { record: true }] });
});

void t.test(
  'a camera that does not say where its streams are is asked again, and holds up no other',
  async (t) => {
    let asked = 0;
    const streams: Streams = (cameraId) => {
      if (cameraId === 'cam-1') return known(cameraId);
      asked += 1;
      return asked < 3 ? Promise.reject(new Error('unreachable')) : known(cameraId);
    };
    const { last, pass } = await recorded(t, running, streams, [FRONT, BACK]);
    await pass(1);
    t.match(last()?.cameras, [{ cameraId: 'cam-1' }]);
    t.equal(asked, 1);
    await pass(10);
    t.equal(asked, 2, 'ten seconds later');
    await pass(11);
    t.same(
      last()?.cameras.map(({ cameraId }) => cameraId),
      ['cam-1', 'cam-2'],
    );
    await pass(30);
    t.equal(asked, 3, 'what it said is kept');
  },
);

void t.test(
  'a camera that refuses its password is given the next one as soon as the settings know it',
  async (t) => {
    let password = 'old';
    let asked = 0;
    const streams: Streams = (cameraId) => {
      if (cameraId !== 'cam-1') return known(cameraId);
      asked += 1;
      return Promise.resolve({ url: `rtsp://u:${password}@cam-1/main`, subUrl: null });
    };
    const { last, pass, recorder } = await recorded(t, running, streams, [FRONT, BACK]);
    await pass(30);
    t.equal(asked, 1, 'what it said is kept while all is well');
    recorder.cameras.set('cam-1', { state: 'refused' });
    await pass(30);
    t.ok(asked > 2);
    t.match(last()?.cameras, [{ cameraId: 'cam-1', url: 'rtsp://u:old@cam-1/main' }, { cameraId: 'cam-2' }]);
    const said = recorder.said.length;
    password = 'new';
    await pass(12);
    t.match(last()?.cameras[0], { url: 'rtsp://u:new@cam-1/main' });
    t.equal(recorder.said.length, said + 1);
  },
);

void t.test('[VI5] what staff stop after the collection the recorder hears as stopped', async (t) => {
  const { last, pass, room, clocks } = await recorded(t, running);
  const now = room.now();
  const session = room.state.sessions[room.state.currentSession as string] as { collectedAt: number | null };
  session.collectedAt = now;
  await pass(1);
  t.match(last(), { cameras: [{ record: true }, { record: true }] });
  mustStaff(room, 'xi', { type: 'command-device', deviceId: 'cam-1', act: 'off', reason: '收卷完成' });
  await pass(1);
  t.same(
    last()?.cameras.map(({ record, stopped }) => [record, stopped]),
    [
      [false, true],
      [true, undefined],
    ],
  );
  clocks.pass(11 * MINUTE);
  await pass(1);
  t.same(
    last()?.cameras.map(({ record, stopped }) => [record, stopped]),
    [
      [false, undefined],
      [false, undefined],
    ],
    'not beyond what the plan asks for',
  );
});

void t.test(
  '[VI2] what is listed becomes one event in ten seconds, a gap at once, in room time',
  async (t) => {
    const { clocks, recorder, pass, reports, room } = await recorded(t, running);
    await pass(70);
    const at = room.now();
    const from = clocks.wall;
    recorder.list('cam-1', ...stretch(from, from + 2_000, 1_000));
    await pass(1);
    t.match(reports(), [{ cameraId: 'cam-1', lines: [{ line: 0 }, { line: 1 }] }]);
    recorder.list('cam-1', ...stretch(from + 2_000, from + 5_000, 1_000));
    await pass(8);
    t.equal(reports().length, 1);
    await pass(3);
    t.equal(reports().length, 2, 'gathered');
    recorder.list('cam-1', { from: from + 5_000, to: from + 9_000, cause: 'camera-stalled' });
    recorder.list('cam-2', ...stretch(from, from + 1_000, 1_000));
    await pass(1);
    t.same(
      reports()
        .slice(2)
        .map(({ cameraId, lines }) => [cameraId, lines.length]),
      [
        ['cam-1', 1],
        ['cam-2', 1],
      ],
    );
    t.match(room.state.video.cameras['cam-1'], {
      lines: 6,
      stretches: [{ from: at, to: at + 5_000 }],
      gaps: [{ from: at + 5_000, to: at + 9_000, cause: 'camera-stalled' }],
    });
  },
);

void t.test('[VI2] what the recorder has not flushed is not the journal’s', async (t) => {
  const { clocks, recorder, pass, reports } = await recorded(t, running);
  recorder.list('cam-1', ...stretch(clocks.wall, clocks.wall + 3_000, 1_000));
  recorder.cameras.set('cam-1', { lines: 2 });
  await pass(1);
  t.same(
    reports().map(({ lines }) => lines.length),
    [2],
  );
});

void t.test('[VI3] what was recorded before the wall clock was set keeps its place', async (t) => {
  const { clocks, recorder, pass, room } = await recorded(t, running);
  const from = clocks.wall;
  const begun = room.now();
  await pass(10);
  clocks.stepWall(-3_600_000);
  await pass(1);
  const after = clocks.wall;
  recorder.list('cam-1', { from, to: from + 10_000 });
  await pass(10);
  recorder.list('cam-1', { from: after, to: after + 10_000 });
  await pass(11);
  t.match(room.state.video.cameras['cam-1']?.stretches, [
    { from: begun, to: begun + 10_000 },
    { from: begun + 11_000, to: begun + 21_000 },
  ]);
});

for (const byMs of [40_000, -3_600_000])
  void t.test(`[VI3] the clock is set by ${byMs / 1_000} s while no server is there`, async (t) => {
    const first = await recorded(t, running);
    const { clocks, recorder, pass, room, parts } = first;
    const [from, begun] = [clocks.wall, room.now()];
    await pass(20);
    recorder.list('cam-1', { from, to: from + 10_000 });
    await pass(1);
    await first.recording.stop();
    clocks.stepWall(byMs);
    clocks.pass(9_000);
    const again = await Recording.open(parts);
    t.teardown(() => again?.stop());
    again?.begin();
    // What was left behind has the clock of before, what comes then that of now.
    const [left, after] = [from + 18_000, from + 30_000 + byMs];
    recorder.list('cam-1', { from: from + 10_000, to: left });
    recorder.list('cam-1', { from: left + byMs, to: after, cause: 'server-restarted' });
    recorder.list('cam-1', { from: after, to: after + 10_000 });
    for (let n = 0; n < 12; n++) {
      clocks.pass(SECOND);
      await again?.lookNow();
    }
    t.match(room.state.video.cameras['cam-1'], {
      stretches: [
        { from: begun, to: begun + 18_000 },
        { from: begun + 30_000, to: begun + 40_000 },
      ],
      gaps: [{ from: begun + 18_000, to: begun + 30_000, cause: 'server-restarted' }],
    });
  });

void t.test(
  '[VI2] a line that was changed is an alarm; what stands before it is taken, and the rest rests',
  async (t) => {
    const { clocks, recorder, pass, reports, room } = await recorded(t, running);
    recorder.list('cam-1', ...stretch(clocks.wall, clocks.wall + 3_000, 1_000));
    const list = recorder.lists.get('cam-1') ?? [];
    const changed = list.map((line, n) => (n === 1 ? { ...line, endAt: 9 } : line)) as typeof list;
    recorder.lists.set('cam-1', changed);
    await pass(1);
    const lengths = () => reports().map(({ lines }) => lines.length);
    t.same(lengths(), [1]);
    t.match(Object.values(room.state.alarms), [{ code: 'video-chain', deviceId: 'cam-1', clearedAt: null }]);
    const { reads } = recorder;
    await pass(30);
    t.ok(recorder.reads - reads < 10, 'other lists only');
    recorder.lists.set('cam-1', list);
    await pass(40);
    t.same(lengths(), [1, 2], 'put right, it goes on');
  },
);

void t.test(
  '[VI2] another disk: its list is taken from the first line; a disk that is not there is none',
  async (t) => {
    const { clocks, recorder, pass, reports, room } = await recorded(t, running);
    recorder.list('cam-1', ...stretch(clocks.wall, clocks.wall + 5_000, 1_000));
    await pass(1);
    recorder.lists.delete('cam-1');
    await pass(15);
    recorder.list('cam-1', ...stretch(clocks.wall, clocks.wall + 1_000, 1_000));
    recorder.speaks = { volume: 'missing' };
    await pass(15);
    t.equal(reports().length, 1);
    recorder.speaks = {};
    await pass(1);
    t.match(reports().slice(1), [{ anew: true, lines: [{ line: 0 }] }]);
    t.match(room.state.video.cameras['cam-1'], { lines: 1, segments: 6, breaks: 1 });
  },
);

void t.test('[VI2] after a restart it goes on where the journal ends, a long list in pieces', async (t) => {
  const first = await recorded(t, running);
  const { clocks, recorder, reports } = first;
  recorder.list('cam-1', ...stretch(clocks.wall - 1_000_000, clocks.wall, 4_000));
  await first.pass(12);
  t.same(
    reports().map(({ lines }) => lines.length),
    [200, 50],
  );
  await first.recording.stop();
  recorder.list('cam-1', ...stretch(clocks.wall, clocks.wall + 4_000, 4_000));
  const again = await Recording.open(first.parts);
  again?.begin();
  t.teardown(() => again?.stop());
  await again?.lookNow();
  await ticks();
  t.match(reports().slice(2), [{ lines: [{ line: 250 }] }]);
});

void t.test('files of a camcorder are found without a recorder', async (t) => {
  const { clocks, recorder, pass, reports } = await recorded(t, running);
  recorder.speaks = null;
  recorder.list('cam-9', { from: clocks.wall, to: clocks.wall + 1_000, flags: ['imported'] });
  await pass(11);
  t.match(reports(), [{ cameraId: 'cam-9', lines: [{ flags: ['imported'] }] }]);
});

void t.test(
  'a stop leaves the recorder running while a session is under way, and ends it otherwise',
  async (t) => {
    const busy = await recorded(t, running);
    const said = busy.recorder.said.length;
    await busy.recording.stop();
    t.same(busy.recorder.stopped, [true]);
    t.equal(busy.recorder.said.length, said + 1, 'it hears the end of the plan once more');
    t.equal(busy.last()?.until, NINE_O_CLOCK + 85 * MINUTE);
    const idle = await recorded(t, () => open());
    await idle.recording.stop();
    t.same(idle.recorder.stopped, [false]);
    const after = idle.recorder.said.length;
    await idle.recording.lookNow();
    t.equal(idle.recorder.said.length, after, 'nothing is said after the stop');
  },
);

void t.test(
  'a bundle waits until what was recorded before it is listed, and for no camera that fails',
  async (t) => {
    const { recorder, recording, clocks, room, reports } = await recorded(t, running);
    const { signal } = new AbortController();
    const at = room.now();
    await recording.listedUntil(at, signal);
    t.equal(reports().length, 0, 'nothing is recorded: nothing to wait for');
    recorder.list('cam-1', { from: clocks.wall - 20_000, to: clocks.wall - 10_000 });
    recorder.cameras.set('cam-2', { state: 'failed' });
    await recording.lookNow();
    const listed = recording.listedUntil(at, signal);
    recorder.list('cam-1', { from: clocks.wall - 10_000, to: clocks.wall });
    await listed;
    await ticks();
    t.equal(room.state.video.cameras['cam-1']?.lastEndAt, at, 'at once, not gathered');
    clocks.pass(40_000);
    await recording.listedUntil(at + 1_000, signal);
    t.pass('after a while it waits no longer');
    const control = new AbortController();
    const stopped = recording.listedUntil(room.now(), control.signal);
    control.abort();
    await t.rejects(stopped, { name: 'AbortError' });
  },
);

void t.test('each camera says how it goes; of a recorder that does not speak, that it fails', async (t) => {
  const { recorder, recording, pass, clocks } = await recorded(t, running);
  const of = (cameraId: string) => recording.host.recorderStatus?.(cameraId);
  t.equal(of('cam-1')?.status.state, 'off', 'not heard of yet');
  await pass(120);
  recorder.list('cam-1', ...stretch(clocks.wall - 40_000, clocks.wall));
  await pass(1);
  t.match(of('cam-1'), {
    status: { state: 'recording' },
    recorder: { freeBytes: 105e9, space: 'enough', volume: 'intended' },
    ...{ wanted: true, gaps: 0, timeLeftS: 200_000 },
  });
  t.type(of('cam-1')?.coveredPercent, 'number');
  t.match(of('cam-9'), { wanted: false, status: { state: 'off' } });
  recorder.speaks = { cameras: [] };
  t.match(of('cam-1'), { status: { state: 'off' }, timeLeftS: null });
  recorder.speaks = {};
  await pass(1);
  recorder.speaks = null;
  await pass(1);
  t.match(of('cam-1'), { status: { state: 'failed', reason: 'the recorder does not answer' }, wanted: true });
});
