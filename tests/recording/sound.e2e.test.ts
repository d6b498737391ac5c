// A camera with a sound track: none of it is recorded unless the settings say so, and where they do it is in every file and in the film.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { SegmentLine } from '../../server/core/video-types.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { createLog } from '../../server/log.js';
import { exportVideo } from '../../server/recording/export-video.js';
import { RecorderClient } from '../../server/recording/recorder-client.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { decodeFile } from '../support/lost-frames.js';
import { mayBeLate } from '../support/named-gaps.js';
import { startTestCamera } from '../support/test-camera.js';

t.jobs = 2;
t.setTimeout(560_000);

interface Stream {
  codec_type: string;
  codec_name: string;
  duration: string;
}

const streamsOf = (file: string) =>
  (
    JSON.parse(
      execFileSync('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', file], { encoding: 'utf8' }),
    ) as { streams: Stream[] }
  ).streams;

for (const audio of [false, true])
  void t.test(`sound ${audio ? 'on' : 'off'}`, { buffered: true }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-sound-'));
    const video = join(folder, 'video');
    const camera = await startTestCamera({ sub: null, audio: true });
    const client = await RecorderClient.open({
      ...{ folder: video, entry: 'build/server/recording/recorder-main.js', log: createLog('silent') },
    });
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const from = Date.now();
    await client.want({
      ...{ until: from + 120_000, serverStartedAt: from, segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 0, stopBytes: 0, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url: camera.url, subUrl: null, record: true, audio }],
    });
    for (let left = 900; left > 0 && (client.status()?.cameras[0]?.lines ?? 0) < 4; left--) await pause(100);
    await client.stop({ keepRecording: false });
    await camera.close();
    const to = Date.now();
    const lines = await client.linesOf('cam-1', 0);
    const segments = lines.filter((line): line is SegmentLine => line.kind === 'segment');
    t.ok(segments.length >= 4, `${segments.length} segments`);
    const gaps = lines.filter((line) => line.kind === 'gap' && !mayBeLate(line));
    t.same(gaps, [], 'no gap');
    const expected = audio ? ['aac', 'h264'] : ['h264'];
    for (const { file } of segments) {
      const found = streamsOf(join(video, file)).map(({ codec_name: name }) => name);
      t.same(found.sort(), expected, file);
    }
    const room = await generateKeys('room', '102');
    const target = join(folder, 'usb');
    const { files } = await exportVideo({
      ...{ videoFolder: video, to: target, own: [], room, version: '0', now: to, fat32: 'no' },
      session: {
        ...{ sessionId: 's', packageId: 'p', startsAt: from, siteName: 'XX学院', roomName: '102' },
        isOneOfSeveral: false,
      },
      ...{ from, until: to, judgedUntil: to, cameras: [{ cameraId: 'cam-1', name: '前' }] },
    });
    t.equal(files.length, 1);
    t.same((await verifyExport(target, [room.public])).problems, []);
    const [film = ''] = files;
    const heard = streamsOf(film).filter(({ codec_type: type }) => type === 'audio');
    t.equal(heard.length, audio ? 1 : 0);
    const { counters, complaints } = await decodeFile(film);
    t.equal(complaints, '');
    t.equal(
      counters.length,
      segments.reduce((sum, { frames }) => sum + frames, 0),
      'every picture plays',
    );
    if (!audio) return;
    const played = spawnSync('ffmpeg', ['-v', 'error', '-i', film, '-map', '0:a', '-f', 's16le', 'pipe:1'], {
      maxBuffer: 64 * 2 ** 20,
    });
    t.equal(played.stderr.toString('utf8'), '', 'and every sound');
    const heardMs = (played.stdout.length / 2 / 16_000) * 1_000;
    const filmMs = (segments.at(-1)?.endAt ?? 0) - (segments[0]?.startAt ?? 0);
    t.ok(Math.abs(heardMs - filmMs) < 1_000, `${Math.round(heardMs)} ms heard of ${filmMs}`);
  });
