// The command line of a recording, and that nothing of a camera's password gets out.

import fc from 'fast-check';
import t from 'tap';
import {
  readFlavour,
  recordingArguments,
  withoutCredentials,
} from '../../server/recording/ffmpeg-arguments.js';

const options = {
  ...{ url: 'rtsp://a:b@10.0.0.9/main', folder: '/v/run', segmentSeconds: 10, audio: false, isH265: false },
  ...{ patient: false, endsAt: 1_795_000_000_000, silenceMs: 4_000 },
};
const after = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

void t.test('pictures are copied as they come, stamped by the wall clock, in short fragments', async (t) => {
  const args = recordingArguments(options, { libavformat: 59, version: 501 });
  t.equal(after(args, '-c:v'), 'copy');
  t.equal(after(args, '-use_wallclock_as_timestamps'), '1');
  t.equal(after(args, '-timeout'), '4000000', 'microseconds');
  t.equal(after(args, '-t'), '1795000000', 'an instant');
  t.equal(after(args, '-segment_time'), '10');
  t.match(after(args, '-segment_format_options'), /empty_moov.*frag_duration=300000.*write_prft=wallclock/);
  t.ok(args.includes('-an'), 'no sound where none is asked for (REQ-A06 names pictures)');
  t.notOk(args.includes('-tag:v'));
  t.equal(args.at(-1), '/v/run/%06d.mp4');
});

void t.test('older programs get the words that they know', async (t) => {
  const four = recordingArguments(options, { libavformat: 58, version: 404 });
  t.ok(four.includes('-stimeout') && !four.includes('-timeout'), 'a wrong name is ignored without a word');
  t.notOk(four.includes('-bsf:v'));
  t.match(after(four, '-fflags'), /nobuffer/);
  t.ok(
    recordingArguments(options, { libavformat: 61, version: 0 }).includes('-bsf:v'),
    'an unknown one is new',
  );
});

void t.test('H.265 is marked, sound is made AAC, a shy stream is looked at longer', async (t) => {
  const all = { ...options, audio: true, isH265: true, patient: true };
  const args = recordingArguments(all, { libavformat: 59, version: 501 });
  t.equal(after(args, '-tag:v'), 'hvc1');
  t.equal(after(args, '-c:a'), 'aac', 'G.711 does not go into MP4');
  t.equal(after(args, '-analyzeduration'), '5000000');
  t.notOk(args.includes('-an'));
});

void t.test('the version is read from what ffmpeg says', async (t) => {
  const debian = 'ffmpeg version 5.1.9-0+deb12u1 Copyright\n  libavformat    59. 27.100 / 59. 27.100\n';
  t.same(readFlavour(debian), { libavformat: 59, version: 501 });
  t.same(readFlavour('ffmpeg version n7.0.2\nlibavformat 61.  1.100'), { libavformat: 61, version: 700 });
  t.same(readFlavour('ffmpeg version N-117-gabc\nlibavformat 62. 1.1'), { libavformat: 62, version: 0 });
  t.equal(readFlavour('bash: ffmpeg: not found'), null);
});

void t.test('no password stays in a text', async (t) => {
  t.equal(withoutCredentials('rtsp://u:p@1.2.3.4/x: 401'), 'rtsp://1.2.3.4/x: 401');
  t.equal(withoutCredentials("a 'rtsp://u:p:@q@h/1' b rtsp://u@k/"), "a 'rtsp://h/1' b rtsp://k/");
  const secret = fc
    .string({ minLength: 6, maxLength: 20 })
    .map(encodeURIComponent)
    .filter((s) => s.length >= 6);
  fc.assert(
    fc.property(secret, secret, (user, password) => {
      const text = withoutCredentials(`[rtsp] rtsp://u${user}:${password}@cam.room/main?a=b failed`);
      return !text.includes(`:${password}@`) && text === '[rtsp] rtsp://cam.room/main?a=b failed';
    }),
  );
});
