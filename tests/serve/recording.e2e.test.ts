// The appliance with two cameras: an exam is recorded by a process of its own, through a kill of the server, its restart and an
// orderly stop, without a hole; what was listed is in the journal, in its chain.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { readJournal } from '../../server/compose/read-journal.js';
import { RULES } from '../../server/compose/rules.js';
import { readPrivateKeys } from '../../server/keys/key-files.js';
import { fetchBytes } from '../../server/rehearsal/room-address.js';
import { videoPaths, type RecorderStatus } from '../../server/recording/contract.js';
import { readManifest } from '../../server/recording/manifest.js';
import { replayJournal } from '../../server/room.js';
import { prepareServer } from '../support/start-server.js';
import { mayBeLate } from '../support/named-gaps.js';
import { startTestCamera } from '../support/test-camera.js';

t.setTimeout(560_000);

const IDS = ['cam-1', 'cam-2'];

async function until<T>(what: string, within: number, look: () => Promise<T | null>): Promise<T> {
  for (const end = Date.now() + within; Date.now() < end; await pause(200)) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
  }
  throw new Error(`Not within ${within} ms: ${what}`);
}

void t.test('two cameras record an exam while the server is killed, started again and stopped', async (t) => {
  const cameras = await Promise.all(IDS.map(() => startTestCamera({ sub: null })));
  const devices = IDS.map((id, n) => ({
    id,
    name: `摄像机 ${n + 1}`,
    adapter: 'rtsp',
    url: cameras[n]?.url,
  }));
  const recording = { segmentSeconds: 2, lowGb: 0, stopGb: 0 };
  const server = await prepareServer({ startsAt: Date.now() + 20 * 60_000, config: { devices, recording } });
  const folder = join(server.data, 'video');
  const status = () => JSON.parse(readFileSync(videoPaths(folder).status, 'utf8')) as RecorderStatus;
  const service = server.process();
  t.teardown(async () => {
    await service.kill();
    const { pid } = status();
    process.kill(pid, 'SIGTERM');
    await until('the recorder ends', 60_000, async () => {
      try {
        process.kill(pid, 0);
        return null;
      } catch {
        return true;
      }
    });
    await Promise.all(cameras.map((camera) => camera.close()));
    server.remove();
  });
  const metric = async (name: string) => {
    const text = (await fetchBytes(server.address, '/metrics')).toString('utf8');
    return IDS.map((id) => Number(new RegExp(`^${name}\\{camera="${id}"\\} (.*)$`, 'm').exec(text)?.[1]));
  };
  const bytesAbove = (least: number) =>
    until('both are in the journal', 90_000, async () => {
      const bytes = await metric('kaochang_video_bytes');
      return bytes.every((one) => one > least) ? Math.max(...bytes) : null;
    });

  await service.start();
  const first = await bytesAbove(0);
  t.same(await metric('kaochang_video_wanted'), [1, 1]);
  const { pid } = status();
  await service.kill();
  await pause(3_000);
  await service.start();
  await bytesAbove(first);
  t.equal(status().pid, pid, 'the recorder is the one that was found');
  await service.stop();
  const before = status();
  await until('it goes on', 60_000, async () => (status().at > before.at + 2_000 ? true : null));
  t.ok(status().cameras.every(({ state }) => state === 'recording'));

  const keys = await readPrivateKeys(join(server.data, 'keys', 'room.key'));
  const journal = await readJournal(server.data, keys, 'alone');
  const { state } = await replayJournal(journal, RULES);
  await journal.close();
  for (const id of IDS) {
    const record = state.video.cameras[id];
    t.match(record, { damaged: 0, breaks: 0 });
    let line = 0;
    for await (const { line: listed } of readManifest(videoPaths(folder).manifest(id))) {
      if (listed?.line !== line) t.fail('a hole in the list');
      if (listed?.kind === 'gap' && !mayBeLate(listed)) t.fail(`a hole: ${JSON.stringify(listed)}`);
      line += 1;
      if (line === record?.lines)
        t.equal(listed?.hash, record.headHash, 'the journal has the list’s own chain');
    }
    t.ok(line >= (record?.lines ?? Infinity));
  }
});
