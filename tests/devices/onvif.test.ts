// ONVIF cameras as they are: each way of signing in, clocks that are off, services old and new, addresses that are wrong. Where
// another maker's client understands the same test camera, the test camera is one.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { OnvifCamera } from '../../server/devices/onvif-camera.js';
import { discoverCameras, readMatches } from '../../server/devices/onvif-discovery.js';
import {
  afterMessages,
  CameraEvents,
  readMessages,
  standingReadings,
} from '../../server/devices/onvif-events.js';
import { digestHeader, readChallenge } from '../../server/devices/onvif-login.js';
import { chooseProfiles, readProfiles, type MediaProfile } from '../../server/devices/onvif-media.js';
import { escapeXml, readXml } from '../../server/devices/onvif-xml.js';
import { startTestOnvif, type TestOnvifOptions, type Vice } from '../support/test-onvif.js';

const LOGIN = { user: 'ad<&min', password: 'p@:/ "ß密' };
const never = new AbortController().signal;

async function connected(t: { teardown(end: () => unknown): void }, options: TestOnvifOptions = {}) {
  const camera = await startTestOnvif({ login: LOGIN, ...options });
  t.teardown(() => camera.close());
  const { host, port } = camera;
  return { camera, onvif: new OnvifCamera({ host, port, login: LOGIN }) };
}

const rest = 'cam/1?channel=1&subtype=0';
for (const signIn of ['none', 'wsse', 'digest', 'digest-sha256'] as const)
  for (const clockMs of [0, -3 * 86_400_000, 40_000])
    void t.test(`a camera is signed in to by ${signIn} though its clock is ${clockMs} ms off`, async (t) => {
      const { camera, onvif } = await connected(t, { signIn, clockMs });
      t.same(await onvif.identity(never), { model: '甲 IPC-2', serial: 'SN7', firmware: 'V5.1' });
      const { main, sub } = chooseProfiles(await onvif.profiles(never));
      t.match(main, { token: 'main', width: 1_920, height: 1_080, codec: 'H264', source: 'vs0' });
      t.equal(sub?.token, 'sub');
      t.equal(await onvif.streamUri('sub', never), 'rtsp://127.0.0.1/sub?channel=1&subtype=1');
      t.equal(camera.asked[0], 'GetSystemDateAndTime', 'the time is asked first');
      for (const text of camera.heard) t.notOk(text.includes(LOGIN.password), 'no password on the wire');
      t.ok(camera.asked.filter((one) => one.endsWith('!')).length <= 1, camera.asked.join(' '));
    });

void t.test(
  'a clock that is off is measured, and one that says nothing that can be compared has no offset',
  async (t) => {
    for (const saysTime of ['utc', 'local', 'nothing', 'nonsense'] as const) {
      const { camera, onvif } = await connected(t, { saysTime, clockMs: -95_000, signIn: 'none' });
      const sample = await onvif.clock(never);
      if (saysTime !== 'utc') t.equal(sample, null, saysTime);
      else {
        t.ok(
          sample !== null && sample.saidMs + 1_000 - sample.askedAt >= -95_000,
          'not behind what is possible',
        );
        t.ok(sample !== null && sample.saidMs - sample.answeredAt <= -95_000, 'nor ahead');
      }
      t.same(
        await onvif.identity(never).then(({ model }) => model),
        '甲 IPC-2',
        'the camera is of use all the same',
      );
      t.ok(camera.heard[0]?.includes('Security') === false, 'the first question says nothing of who asks');
    }
  },
);

void t.test('makers who ask for a login even for the time get one', async (t) => {
  for (const signIn of ['digest', 'wsse'] as const) {
    const { onvif } = await connected(t, { signIn, timeNeedsLogin: true });
    t.ok(await onvif.clock(never), signIn);
  }
});

void t.test('a wrong password is refused and not tried for ever', async (t) => {
  for (const signIn of ['digest', 'wsse', 'digest-sha256'] as const) {
    const camera = await startTestOnvif({ login: { ...LOGIN, password: 'another' }, signIn });
    t.teardown(() => camera.close());
    const onvif = new OnvifCamera({ host: camera.host, port: camera.port, login: LOGIN });
    await t.rejects(onvif.identity(never), { code: 'refused' }, signIn);
    t.ok(camera.asked.length <= 4, camera.asked.join(' '));
  }
});

void t.test('old cameras know GetCapabilities only, new ones the second media service only', async (t) => {
  for (const more of [
    { services: 'capabilities' },
    { media: 2 },
    { services: 'services', media: 1 },
  ] as const) {
    const { onvif } = await connected(t, { ...more, signIn: 'wsse' });
    const { main, sub } = chooseProfiles(await onvif.profiles(never));
    t.match(
      [main, sub],
      [
        { token: 'main', width: 1_920 },
        { token: 'sub', height: 360 },
      ],
    );
    t.match(await onvif.streamUri(main.token, never), 'rtsp://127.0.0.1/main');
  }
});

void t.test('addresses of other networks and logins in them are not followed', async (t) => {
  const profiles = [
    { token: 'p', width: 1_280, height: 720, uri: `rtsp://admin:12345@192.168.68.111:8554/${rest}` },
    { token: 'q', width: 320, height: 240, uri: 'http://192.168.68.111/video' },
  ];
  const { camera, onvif } = await connected(t, { profiles, believes: '192.168.68.111', signIn: 'digest' });
  t.equal(await onvif.streamUri('p', never), `rtsp://127.0.0.1:8554/${rest}`);
  await t.rejects(onvif.streamUri('q', never), { code: 'bad-answer' });
  t.equal(await onvif.snapshotUri('p', never), `http://127.0.0.1:${camera.port}/snap.jpg`);
});

void t.test('its clock is set only when somebody says so, once or by a time server', async (t) => {
  const { camera, onvif } = await connected(t, { clockMs: -40_000, signIn: 'wsse' });
  await onvif.profiles(never);
  t.equal(camera.clockSet, null);
  await onvif.setClock(null, never);
  t.match(camera.clockSet, { kind: 'Manual', timeServer: null });
  t.ok(Math.abs(camera.clockMs) <= 250, `${camera.clockMs} ms off afterwards`);
  t.match(await onvif.identity(never), { serial: 'SN7' }, 'and it is signed in to by the new time');
  await onvif.setClock('10.0.0.2', never);
  t.match(camera.clockSet, { kind: 'NTP', timeServer: '10.0.0.2', ms: null });
});

void t.test('what a camera tells by itself stands until it says otherwise', async (t) => {
  const { camera, onvif } = await connected(t, { signIn: 'digest', believes: '10.1.1.1' });
  const events = new CameraEvents(onvif);
  t.same(await events.pull(never), {}, 'nothing said, nothing known');
  camera.events.push(
    { topic: 'tns1:RuleEngine/CellMotionDetector/Motion', items: { IsMotion: 'true' } },
    { topic: 'tns1:RuleEngine/TamperDetector/Tamper', items: { IsTamper: 'true' } },
    { topic: 'tns1:VideoSource/SignalLoss', items: { State: 'false' } },
  );
  t.same(await events.pull(never), { 'camera.tampered': true, 'camera.no-signal': false });
  camera.events.push({ topic: 'tns1:VideoSource/ImageTooDark/ImagingService', items: { State: 'false' } });
  t.match(await events.pull(never), { 'camera.tampered': true }, 'another topic ends nothing');
  camera.events.push({ topic: 'tns1:RuleEngine/TamperDetector/Tamper', items: { IsTamper: 'false' } });
  t.match(await events.pull(never), { 'camera.tampered': false });
  t.equal(camera.asked.filter((one) => one.startsWith('CreatePull')).length <= 2, true, 'one subscription');
});

void t.test('whatever messages say, what stands is true or false and bounded', (t) => {
  const message = fc.record({
    topic: fc.oneof(fc.string(), fc.constantFrom('Tamper', 'VideoSource/SignalLoss')),
    items: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constantFrom('true', '0'))),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 80 }), (messages) => {
      const standing = afterMessages(new Map(), messages);
      return (
        standing.size <= 50 &&
        Object.values(standingReadings(standing)).every((one) => typeof one === 'boolean')
      );
    }),
  );
  t.end();
});

const VICES: Vice[] = ['garbage', 'html', 'huge', 'never', 'drip', 'closes', 'fault', 'empty', 'redirect'];
for (const vice of VICES)
  void t.test(`a camera that answers with ${vice} is a fault in time`, async (t) => {
    const { onvif } = await connected(t, { vice });
    for (const ask of [
      (signal: AbortSignal) => onvif.clock(signal),
      (signal: AbortSignal) => onvif.profiles(signal),
      (signal: AbortSignal) => new CameraEvents(onvif).pull(signal),
    ]) {
      const began = performance.now();
      await t.rejects(Promise.resolve<unknown>(ask(AbortSignal.timeout(300))), { name: 'DeviceFault' });
      t.ok(performance.now() - began < 2_000);
    }
  });

void t.test('cameras are found on the network, and foreign or broken answers are not', async (t) => {
  const { camera } = await connected(t);
  const to = { address: camera.host, port: camera.discoveryPort };
  const found = await discoverCameras({ withinMs: 500, to });
  t.same(found, [
    {
      endpoint: 'urn:uuid:0d0d',
      host: '127.0.0.1',
      port: camera.port,
      name: '教室前',
      hardware: 'IPC-1080%',
    },
  ]);
  const control = new AbortController();
  control.abort();
  t.same(await discoverCameras({ to, signal: control.signal }), []);
});

void t.test('any datagram is an answer or none', (t) => {
  const id = `urn:uuid:${randomUUID()}`;
  const whole = `<E><Header><RelatesTo>${id}</RelatesTo></Header><Body><ProbeMatches><ProbeMatch><EndpointReference><Address>a</Address></EndpointReference><XAddrs>http://1.2.3.4:99/x</XAddrs></ProbeMatch></ProbeMatches></Body></E>`;
  t.match(readMatches(whole, id, '9.9.9.9'), [{ host: '9.9.9.9', port: 99 }]);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), fc.nat(whole.length), (text, cut) => {
      readMatches(text, id, 'x');
      readMatches(whole.slice(0, cut) + text + whole.slice(cut), id, 'x');
    }),
    { numRuns: 200 },
  );
  t.end();
});

void t.test(
  'of several profiles the largest is recorded, or the one that is named, and a small H.264 of the same picture is the other',
  (t) => {
    const profile = (token: string, width: number, more: Partial<MediaProfile> = {}): MediaProfile => ({
      ...{
        token,
        name: `n-${token}`,
        source: 'a',
        codec: 'H264',
        width,
        height: Math.round((width * 9) / 16),
      },
      ...more,
    });
    const list = [
      ...[profile('s', 640), profile('s265', 320, { codec: 'H265' }), profile('m', 1_920)],
      ...[profile('other', 3_840, { source: 'b' }), profile('jpeg', 100, { codec: 'JPEG' })],
    ];
    const tokens = (wanted?: string) => {
      const { main, sub } = chooseProfiles(list, wanted);
      return [main.token, sub?.token ?? null];
    };
    t.same(tokens(), ['other', null]);
    t.same(tokens('m'), ['m', 's']);
    t.same(tokens('n-s'), ['s', 'jpeg']);
    t.throws(() => chooseProfiles(list, 'none'), { code: 'not-installed' });
    t.throws(() => chooseProfiles([]), { code: 'bad-answer' });
    t.end();
  },
);

void t.test('the digest is that of RFC 7616, and the strongest challenge is answered', (t) => {
  const header =
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ' +
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  const request = {
    method: 'GET',
    path: '/dir/index.html',
    count: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  };
  const login = { user: 'Mufasa', password: 'Circle of Life' };
  const challenge = readChallenge(header);
  t.equal(challenge?.algorithm, 'SHA-256');
  if (challenge === null) throw new Error('no challenge');
  t.match(
    digestHeader(login, challenge, request),
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
  );
  t.match(
    digestHeader(login, { ...challenge, algorithm: 'MD5' }, request),
    'response="8ca523f5e9506fed4657c9700eebdbec"',
  );
  t.equal(readChallenge('Basic realm="x"'), null);
  t.equal(readChallenge('Digest realm="x", nonce="n", algorithm=FOO'), null);
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string(), (text, user) => {
      const any = readChallenge(`Digest nonce="${text}", realm=${text}`);
      if (any !== null) digestHeader({ user, password: text }, any, { ...request, path: text });
      readChallenge(text);
      return any === null || !/[\r\n]/.test(digestHeader({ user, password: text }, any, request));
    }),
  );
  t.end();
});

void t.test('any XML is read or is a bad answer, in little time', (t) => {
  const name = fc.constantFrom(
    'GetProfilesResponse',
    'Profiles',
    'tt:Name',
    'PullMessagesResponse',
    'NotificationMessage',
    'a:b:c',
    '__proto__',
  );
  const node = fc.letrec((tie) => ({
    xml: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string().map(escapeXml),
      fc.string({ unit: 'binary' }),
      fc
        .tuple(name, fc.string(), fc.array(tie('xml'), { maxLength: 4 }))
        .map(
          ([tag, text, inside]) =>
            `<${tag} token="${escapeXml(text)}" __proto__="x">${inside.join('')}</${tag}>`,
        ),
    ),
  })).xml as fc.Arbitrary<string>;
  fc.assert(
    fc.property(node, (text) => {
      try {
        const root = readXml(`<Body>${text}</Body>`);
        readProfiles(root);
        readMessages(root);
      } catch (error) {
        return (error as { code?: string }).code === 'bad-answer';
      }
      return true;
    }),
    { numRuns: 400 },
  );
  const began = performance.now();
  for (const bomb of [
    '<a>'.repeat(100_000),
    `<a>${'<b/>'.repeat(100_000)}</a>`,
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<a>&lol;</a>',
    '',
  ])
    t.throws(() => readXml(bomb), { code: 'bad-answer' });
  t.ok(performance.now() - began < 2_000);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => readXml(`<a>${escapeXml(text)}</a>`).name === 'a'),
  );
  t.end();
});
