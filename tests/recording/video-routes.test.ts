// Recordings and live pictures over HTTP: who gets them, which bytes, and what is refused. The files are real ones of ffmpeg.

import { execFileSync } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import Koa from 'koa';
import type { SegmentLine } from '../../server/core/video-types.js';
import { takeErrors } from '../../server/http/problems.js';
import { createLog } from '../../server/log.js';
import { LiveStreams } from '../../server/recording/live.js';
import { appendLines } from '../../server/recording/manifest.js';
import { RecordedFiles } from '../../server/recording/recorded-files.js';
import { RecordedLines } from '../../server/recording/recorded-lines.js';
import { VideoRoutes } from '../../server/recording/video-routes.js';
import type { RecordedIndex } from '../../server/protocol/video.js';
import { makeRecordings, writeWanted } from '../support/recorded-clips.js';

const folder = t.testdir({});
const T0 = Date.parse('2026-11-21T01:00:00Z');
const AHEAD = 2_000;
const REVIEWER = 'reviewer-pass-000000000000';
const WATCHER = 'watcher-pass-0000000000000';

const lines = await makeRecordings({
  ...{ folder, cameraId: 'cam-1', startAt: T0 },
  recorded: [
    { colour: 0, seconds: 2 },
    { gap: 'camera-stalled', seconds: 3 },
    { colour: 1, seconds: 2 },
  ],
});
const [first, , second] = lines as [SegmentLine, unknown, SegmentLine];
writeWanted(folder, [{ cameraId: 'cam-1', url: 'rtsp://127.0.0.1:1/x', subUrl: null }]);
const live = new LiveStreams({ folder, idleMs: 600 });
const taken: number[] = [];
/** Whoever reads waits for it. */
let gate: Promise<void> = Promise.resolve();
const routes = new VideoRoutes({
  mayWatch: (pass, what) => pass === REVIEWER || (pass === WATCHER && what === 'live'),
  wallAhead: () => () => AHEAD,
  take: (bytes) => {
    taken.push(bytes);
    return gate;
  },
  lines: new RecordedLines(folder),
  files: new RecordedFiles(folder),
  live,
  log: createLog('silent'),
});
const app = new Koa();
app.use(takeErrors(createLog('silent')));
app.use(routes.middleware);
const server = createServer(app.callback());
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
t.teardown(() => {
  live.stop();
  server.close();
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

function load(
  path: string,
  pass: string | null = REVIEWER,
  headers: object = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ongoing = request(
      {
        ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false, method },
        path: path.startsWith('/') ? path : `/api/v1/video/${path}`,
        headers: { ...(pass === null ? {} : { Authorization: `Bearer ${pass}` }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            ...{ status: response.statusCode ?? 0, headers: response.headers },
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    ongoing.on('error', reject);
    ongoing.end();
  });
}

const codeOf = ({ body }: Answer) => (JSON.parse(body.toString('utf8')) as { code: string }).code;
const SPAN = `from=${T0 - AHEAD}&to=${T0 + 60_000}`;
const FILM = `recorded/cam-1/${first.sha256}/film.m4s`;

void t.test('only who is signed in and may: no pass, a wrong one, a role that only watches', async (t) => {
  for (const path of [`recorded/cam-1/index.json?${SPAN}`, FILM, `recorded/cam-1/picture.jpg?at=${T0}`]) {
    for (const pass of [null, 'x', `${REVIEWER}x`, WATCHER]) {
      const answer = await load(path, pass);
      t.equal(answer.status, 403, `${path} with ${pass}`);
      t.equal(codeOf(answer), 'not-allowed');
    }
    t.equal((await load(`${path}${path.includes('?') ? '&' : '?'}k=${REVIEWER}`, null)).status, 403);
  }
  t.equal((await load('live/cam-1/index.m3u8', null)).status, 403);
  t.equal((await load(FILM, REVIEWER, {}, 'POST')).status, 405);
});

void t.test('the index in room time: stretches, gaps, codec', async (t) => {
  const answer = await load(`recorded/cam-1/index.json?${SPAN}`);
  t.equal(answer.status, 200);
  t.match(answer.headers, { 'cache-control': /no-store/ });
  const index = JSON.parse(answer.body.toString('utf8')) as RecordedIndex;
  t.same(index.stretches, [
    { from: T0 - AHEAD, to: T0 + 2_000 - AHEAD },
    { from: T0 + 5_000 - AHEAD, to: T0 + 7_000 - AHEAD },
  ]);
  t.same(index.gaps, [{ from: T0 + 2_000 - AHEAD, to: T0 + 5_000 - AHEAD, cause: 'camera-stalled' }]);
  t.equal(index.codec, 'h264');
});

void t.test('a time that is none, or longer than a day, is refused', async (t) => {
  for (const span of [
    '',
    'from=1',
    'from=5&to=5',
    'from=9&to=1',
    `from=0&to=${25 * 3_600_000}`,
    'from=-1&to=5',
    'from=a&to=b',
    'from=1&from=2&to=3',
  ])
    t.equal((await load(`recorded/cam-1/index.json?${span}`)).status, 400, span);
});

void t.test('the playlist leads to films that ffmpeg decodes whole', async (t) => {
  const answer = await load(`recorded/cam-1/index.m3u8?${SPAN}`);
  t.match(answer.headers, { 'content-type': /mpegurl/ });
  const addresses = answer.body.toString('utf8').match(/[0-9a-f]{64}\/(opening\.mp4|film\.m4s)/g) ?? [];
  t.equal(addresses.length, 4);
  for (const { sha256, frames } of [first, second]) {
    const opening = await load(`recorded/cam-1/${sha256}/opening.mp4`);
    const film = await load(`recorded/cam-1/${sha256}/film.m4s`);
    const counted = execFileSync(
      'ffprobe',
      ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0', '-'],
      { input: Buffer.concat([opening.body, film.body]), encoding: 'utf8' },
    );
    t.equal(Number.parseInt(counted, 10), frames);
  }
});

void t.test('bytes by hash: kept, asked again without a body, in ranges, at the rate of all', async (t) => {
  const whole = await load(FILM);
  t.match(whole.headers, {
    'cache-control': /private.*immutable/,
    etag: `"${first.sha256}"`,
    'content-type': 'video/mp4',
    vary: /Authorization/,
  });
  t.equal(whole.body.toString('latin1', 4, 8), 'moof');
  const again = await load(FILM, REVIEWER, { 'If-None-Match': `"${first.sha256}"` });
  t.equal(again.status, 304);
  t.equal(again.body.length, 0);
  const part = await load(FILM, REVIEWER, { Range: 'bytes=100-299' });
  t.equal(part.status, 206);
  t.equal(part.headers['content-range'], `bytes 100-299/${whole.body.length}`);
  t.ok(part.body.equals(whole.body.subarray(100, 300)));
  const beyond = await load(FILM, REVIEWER, { Range: `bytes=${whole.body.length}-` });
  t.equal(beyond.status, 416);
  t.equal(beyond.headers['content-range'], `bytes */${whole.body.length}`);
  t.ok(taken.every((bytes) => bytes <= 65_536) && taken.length > 0, 'piece by piece');
});

void t.test('only what the manifest names: no path, no trick', async (t) => {
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const hash = 'a'.repeat(64);
  for (const path of [
    `recorded/cam-1/${hash}/film.m4s`,
    `recorded/cam-2/${first.sha256}/film.m4s`,
    `recorded/../cam-1/${first.sha256}/film.m4s`,
    `recorded/cam-1/..%2f..%2fsecret.txt/film.m4s`,
    `recorded/..%2fcam-1/index.json?${SPAN}`,
    `recorded/.recorder/index.json?${SPAN}`,
    `recorded/cam-1/${first.sha256}/../../secret.txt`,
    `recorded/cam-1/${first.sha256}/secret.txt`,
    `recorded/cam-1/${first.sha256}/film.m4s/x`,
    `recorded/cam-1/manifest.jsonl`,
    'recorded/cam-1',
    'recorded//index.json',
    `live/cam-1/1/0.m4s`,
    `live/cam-1/../../etc/passwd`,
    'other/cam-1/x',
  ])
    t.equal((await load(path)).status, 404, path);
  t.equal((await load('/api/v1/video')).status, 404, 'left to the rest');
});

void t.test('a file that is not as the manifest says is not handed out', async (t) => {
  const [grown, linked] = (await makeRecordings({
    ...{ folder, cameraId: 'cam-3', startAt: T0 },
    recorded: [
      { colour: 2, seconds: 1 },
      { colour: 3, seconds: 1 },
    ],
  })) as [SegmentLine, SegmentLine];
  appendFileSync(join(folder, grown.file), 'x');
  t.equal(codeOf(await load(`recorded/cam-3/${grown.sha256}/film.m4s`)), 'recording-changed');
  const outside = join(t.testdir({}), 'outside.mp4');
  writeFileSync(outside, readFileSync(join(folder, linked.file)));
  execFileSync('rm', [join(folder, linked.file)]);
  symlinkSync(outside, join(folder, linked.file));
  t.equal(
    codeOf(await load(`recorded/cam-3/${linked.sha256}/film.m4s`)),
    'recording-changed',
    'a link leads out',
  );
  await appendLines(folder, 'cam-3', [{ ...linked, file: 'cam-1/../secret.txt' }]);
  t.equal((await load(`recorded/cam-3/index.json?${SPAN}`)).status, 200, 'a line with a path is passed over');
});

void t.test('a segment that was cut short ends with its last whole fragment', async (t) => {
  const whole = readFileSync(join(folder, second.file));
  const torn = whole.subarray(0, whole.length - 40);
  mkdirSync(join(folder, 'cam-4'), { recursive: true });
  writeFileSync(join(folder, 'cam-4', 'torn.mp4'), torn);
  const sha256 = 'b'.repeat(64);
  await appendLines(folder, 'cam-4', [
    {
      ...{
        kind: 'segment',
        file: 'cam-4/torn.mp4',
        startAt: T0,
        endAt: T0 + 1_500,
        bytes: torn.length,
        sha256,
      },
      ...{ frames: 15, width: 320, height: 180, codec: 'h264', flags: ['cut-short'] },
    },
  ]);
  const opening = await load(`recorded/cam-4/${sha256}/opening.mp4`);
  const film = await load(`recorded/cam-4/${sha256}/film.m4s`);
  t.ok(film.body.length > 0 && opening.body.length + film.body.length < torn.length);
  t.doesNotThrow(() =>
    execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', '-', '-f', 'null', '-'], {
      input: Buffer.concat([opening.body, film.body]),
    }),
  );
});

void t.test('a picture of a recorded moment, for a browser that cannot play the film', async (t) => {
  const picture = await load(`recorded/cam-1/picture.jpg?at=${T0 + 5_500 - AHEAD}`);
  t.equal(picture.status, 200);
  const pixel = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', '-', '-vf', 'scale=1:1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
    { input: picture.body },
  );
  const [red = 0, green = 0, blue = 0] = pixel;
  t.ok(green > 120 && red < 60 && blue < 60, `the second segment is green: ${red} ${green} ${blue}`);
  t.equal((await load(`recorded/cam-1/picture.jpg?at=${T0 + 3_000 - AHEAD}`)).status, 404, 'in a gap');
});

void t.test(
  'whatever is asked in whatever words, it is answered or refused, and nothing fails',
  async (t) => {
    const word = fc.oneof(
      fc.constantFrom(
        'recorded',
        'live',
        'cam-1',
        first.sha256,
        'film.m4s',
        'opening.mp4',
        'index.json',
        '..',
        '%2e%2e',
      ),
      fc.constantFrom(
        'index.m3u8?from=1&to=9',
        'picture.jpg?at=5',
        'picture.jpg?at=',
        '1/0.m4s',
        '',
        '%00',
        '%',
      ),
      fc.stringMatching(/^[!-~]{1,12}$/).map(encodeURIComponent),
    );
    const header = fc.stringMatching(/^[ -~]{0,30}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), header, header, async (words, range, tag) => {
        // What starts a camera is tried elsewhere.
        if (words[0] === 'live' && /^(index|picture|still)/.test(words[2] ?? '')) return true;
        const { status } = await load(words.join('/'), REVIEWER, { Range: range, 'If-None-Match': tag });
        return status < 500;
      }),
      { numRuns: 150 },
    );
    t.pass('not one of them');
  },
);

void t.test('of many who ask in one moment twelve are read for; the others ask again', async (t) => {
  let open = () => undefined as void;
  gate = new Promise((resolve) => (open = resolve));
  const path = `recorded/cam-1/${first.sha256}/film.m4s`;
  const asked = Array.from({ length: 40 }, () => load(path));
  const refused: Answer[] = [];
  for (const one of asked) void one.then((answer) => answer.status === 503 && refused.push(answer));
  const deadline = Date.now() + 15_000;
  while (refused.length < 28 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  open();
  const answers = await Promise.all(asked);
  t.equal(answers.filter(({ status }) => status === 200).length, 12);
  t.equal(refused.length, 28);
  t.equal((await load(path)).status, 200, 'and when they have gone there is room again');
});
