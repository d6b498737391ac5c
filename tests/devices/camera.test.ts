// A camera as a device: what its recorder says comes first, a camera that is not recorded is asked whether it is there, and its own
// troubles never hide how its recording goes.

import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isReading } from '../../server/core/readings.js';
import { prepareDevice, type DeviceSetting } from '../../server/devices/settings.js';
import type { LookedAtStream, RecordedCamera } from '../../server/devices/camera-host.js';
import { isCameraSetting, resolveStreams, wantedCameraOf } from '../../server/devices/camera-streams.js';
import { rtspAnswers, rtspHost } from '../../server/devices/rtsp-answers.js';
import type { RecordingState } from '../../server/recording/contract.js';
import { startTestOnvif } from '../support/test-onvif.js';

const LOOKED: LookedAtStream = {
  ...{ codec: 'h264', width: 1_280, height: 720, framesPerSecond: 25, kilobitsPerSecond: 2_000 },
  keyFrameIntervalS: 2,
};
const recorded = (state: RecordingState): RecordedCamera => ({
  status: {
    ...{ cameraId: 'c', state, reason: null, ffmpegPid: 7, since: 1, restarts: 0, framesPerSecond: 24.9 },
    ...{ kilobitsPerSecond: 3_990, width: 1_920, height: 1_080, codec: 'h264', lastEndAt: 5, lines: 3 },
    ...{ headHash: '', live: false, owedFrom: null, gap: null },
  },
  recorder: { freeBytes: 123_456_000_000, space: 'enough', volume: 'intended' },
  ...{ wanted: true, coveredPercent: 99.9, gaps: 1, timeLeftS: 4_000 },
});
const never = () => AbortSignal.timeout(2_000);

async function open(
  setting: object,
  status: RecordedCamera | null | undefined | (() => RecordedCamera | null),
  looked: LookedAtStream | null = null,
) {
  const prepared = await prepareDevice({ id: 'c', name: 'C', ...setting } as unknown as DeviceSetting, {
    ...{ folder: '.', nowMs: () => performance.now(), seatTrips: () => [], documentRead: () => undefined },
    ...(status === undefined ? {} : { recorderStatus: typeof status === 'function' ? status : () => status }),
    streamFacts: () => looked,
  });
  const device = prepared.open();
  return {
    device,
    poll: async () => {
      const readings = await device.poll(never());
      for (const [name, value] of Object.entries(readings))
        t.ok(isReading(name, value), `${name} is a reading`);
      return readings;
    },
  };
}

/** Answers whatever it is asked with one text. */
async function server(t: { teardown(end: () => unknown): void }, answer: string | null) {
  const asked: string[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      asked.push(bytes.toString());
      if (answer === '') socket.end();
      else if (answer !== null) socket.write(answer);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.teardown(() => listener.close());
  return { asked, url: `rtsp://127.0.0.1:${(listener.address() as AddressInfo).port}/main` };
}

void t.test('while it is recorded its recorder speaks for it, and nobody asks the camera', async (t) => {
  const { asked, url } = await server(t, 'RTSP/1.0 200 OK\r\n\r\n');
  for (const state of ['recording', 'starting', 'failed'] as const) {
    const { poll } = await open({ adapter: 'rtsp', url }, recorded(state), LOOKED);
    t.match(await poll(), {
      ...{ 'camera.state': state, 'camera.wanted': true, 'camera.width': 1_920, 'camera.bit-rate': 3_990 },
      ...{ 'camera.key-frame-interval': 2, 'video.covered': 99.9, 'video.gaps': 1, 'video.free': 123.5 },
      ...{ 'video.space': 'enough', 'video.volume': 'intended', 'video.time-left': 4_000 },
    });
  }
  t.same(asked, []);
});

void t.test('while it is not recorded it is asked whether it is there, without its login', async (t) => {
  const { asked, url } = await server(t, 'RTSP/1.0 401 Unauthorized\r\n\r\n');
  const { poll } = await open({ adapter: 'rtsp', url, user: 'a', password: 'secret' }, undefined, LOOKED);
  t.match(await poll(), { 'camera.codec': 'h264', 'camera.width': 1_280 });
  await poll();
  t.equal(asked.length, 1, 'and not at every poll');
  t.match(asked[0], /^OPTIONS rtsp:/);
  t.notMatch(asked[0], /secret/);
});

void t.test('a recorder that is on its way is no fault; one that has ended is, at once', async (t) => {
  let spoken: RecordedCamera | null = null;
  const { url } = await server(t, null);
  const { poll } = await open({ adapter: 'rtsp', url }, () => spoken);
  setTimeout(() => (spoken = recorded('recording')), 300);
  t.match(await poll(), { 'camera.state': 'recording' });
  spoken = null;
  const endedAt = performance.now();
  await t.rejects(poll(), { code: 'driver-gone' });
  t.ok(performance.now() - endedAt < 1_000, 'less than a first word is waited for');
});

void t.test('a camera that is gone is a fault, and so is a recorder that does not speak', async (t) => {
  const { url } = await server(t, null);
  const { poll } = await open({ adapter: 'rtsp', url: 'rtsp://127.0.0.1:9/x' }, undefined);
  await t.rejects(poll(), { code: 'unreachable' });
  await t.rejects((await open({ adapter: 'rtsp', url }, null)).poll(), { code: 'driver-gone' });
  await t.rejects(rtspAnswers(url, AbortSignal.timeout(100)), { code: 'timed-out' });
  const { url: http } = await server(t, 'HTTP/1.1 400 Bad Request\r\n\r\n');
  await t.rejects(rtspAnswers(http, never()), { code: 'bad-answer' });
  const { url: mute } = await server(t, '');
  await t.rejects(rtspAnswers(mute, never()), { name: 'DeviceFault' });
  const { url: flood } = await server(t, 'x'.repeat(100_000));
  await t.rejects(rtspAnswers(flood, never()), { code: 'bad-answer' });
  t.same(rtspHost('rtsp://[::1]/x'), { host: '::1', port: 554 });
});

void t.test(
  'an ONVIF camera says what it is, how far its clock is off and whether somebody covered it',
  async (t) => {
    const camera = await startTestOnvif({
      clockMs: -7_000,
      signIn: 'wsse',
      login: { user: 'u', password: 'p' },
    });
    t.teardown(() => camera.close());
    const { host, port } = camera;
    const { poll } = await open(
      { adapter: 'onvif', host, port, user: 'u', password: 'p' },
      recorded('recording'),
    );
    camera.events.push({ topic: 'tns1:RuleEngine/TamperDetector/Tamper', items: { IsTamper: 'true' } });
    let readings = await poll();
    t.match(readings, { 'camera.state': 'recording', 'camera.tampered': true });
    for (let n = 0; n < 3; n++) readings = await poll();
    const offset = readings['camera.clock-offset'] ?? NaN;
    t.ok(Math.abs(offset + 7_000) <= 300, `${offset} ms`);
    camera.vice = 'never';
    t.match(await poll(), { 'camera.state': 'recording' }, 'a camera that hangs does not hide its recording');
  },
);

void t.test(
  'a camera that refuses the password is not asked again and again: it would lock the recorder out too',
  async (t) => {
    for (const signIn of ['digest', 'wsse'] as const) {
      const camera = await startTestOnvif({ signIn, login: { user: 'u', password: 'right' } });
      t.teardown(() => camera.close());
      const { host, port } = camera;
      const { poll } = await open({ adapter: 'onvif', host, port, user: 'u', password: 'wrong' }, undefined);
      for (let n = 0; n < 5; n++) await t.rejects(poll(), { code: 'refused' });
      t.ok(camera.asked.filter((one) => one.endsWith('!')).length <= 2, camera.asked.join(' '));
    }
  },
);

void t.test(
  'a new password in the file is taken at once, also by a camera that refused the old one',
  async (t) => {
    for (const signIn of ['digest', 'wsse'] as const) {
      const login = { user: 'u', password: 'first' };
      const camera = await startTestOnvif({ signIn, login });
      t.teardown(() => camera.close());
      const { host, port } = camera;
      const passwordFile = join(t.testdir({}), `${signIn}.txt`);
      writeFileSync(passwordFile, 'first\n');
      const { poll } = await open(
        { adapter: 'onvif', host, port, user: 'u', passwordFile },
        recorded('recording'),
      );
      camera.events.push({ topic: 'tns1:RuleEngine/TamperDetector/Tamper', items: { IsTamper: 'true' } });
      t.match(await poll(), { 'camera.tampered': true });
      const off = await open({ adapter: 'onvif', host, port, user: 'u', passwordFile }, undefined);
      t.match(await off.poll(), { model: '甲 IPC-2' });
      // Somebody sets another one at the camera, and later in the file.
      login.password = 'second';
      const late = await open({ adapter: 'onvif', host, port, user: 'u', passwordFile }, undefined);
      await t.rejects(late.poll(), { code: 'refused' });
      await t.rejects(late.poll(), { code: 'refused' });
      const refusals = camera.asked.filter((one) => one.endsWith('!')).length;
      rmSync(passwordFile);
      await t.rejects(late.poll(), { code: 'refused' }, 'a file that is away for a moment makes nothing new');
      writeFileSync(passwordFile, 'second\n');
      camera.events.push({ topic: 'tns1:RuleEngine/TamperDetector/Tamper', items: { IsTamper: 'false' } });
      t.match(
        await late.poll(),
        { model: '甲 IPC-2', 'camera.tampered': false },
        'and its messages are heard',
      );
      const again = camera.asked.filter((one) => one.endsWith('!')).length - refusals;
      t.ok(again <= (signIn === 'digest' ? 1 : 0), `${again} challenges more`);
    }
  },
);

void t.test(
  'what the recorder needs: addresses with their login, sound only where it is wanted, nothing of a camcorder',
  async (t) => {
    const rtsp = {
      id: 'c',
      name: 'C',
      adapter: 'rtsp',
      url: 'rtsp://h/a',
      subUrl: 'rtsp://h/b',
      user: 'u',
      password: 'p/',
    } as unknown as DeviceSetting;
    const streams = await resolveStreams(rtsp, '.', never());
    const [on, off] = [
      { record: true, stopped: false },
      { record: false, stopped: true },
    ];
    t.same(wantedCameraOf(rtsp, streams, on), {
      ...{ cameraId: 'c', url: 'rtsp://u:p%2F@h/a', subUrl: 'rtsp://u:p%2F@h/b', record: true, audio: false },
    });
    t.match(wantedCameraOf({ ...rtsp, audio: true }, streams, off), {
      ...{ record: false, stopped: true, audio: true },
    });
    await t.rejects(resolveStreams({ ...rtsp, passwordFile: 'nowhere.txt' }, '/nowhere', never()), {
      code: 'not-installed',
    });
    const camcorder = { id: 'k', name: 'K', adapter: 'camcorder' } as const;
    t.equal(await resolveStreams(camcorder, '.', never()), null);
    t.equal(wantedCameraOf(camcorder, null, on), null);
    t.ok(isCameraSetting(camcorder) && !isCameraSetting({ adapter: 'nut' }));
    const { poll } = await open(camcorder, recorded('off'));
    t.same(await poll(), { 'video.covered': 99.9, 'video.gaps': 1 });
  },
);
