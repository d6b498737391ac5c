// A bundle with gigabytes of files is built beside a room in which others write: how long do their saves take, with and without,
// and how much memory does it take? Then it is verified in a process of its own. Not run by the tests.
// Usage: node build/tests/bench/bundle-files.bench.js [files] [MB each] [writing] [s without]

import { execFile } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { bundleBeside } from '../../server/compose/beside.js';
import { dataPaths } from '../../server/data-folder.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { handedInRoom, type HandedInRoom } from '../bundle/handed-in-room.js';
import { pc } from '../support/direct-session.js';
import { SESSION } from '../support/small-exam.js';
import { Figures, megabytes } from './big-room.js';

const [files = 40, megabytesEach = 50, writing = 40, baseSeconds = 20] = process.argv.slice(2).map(Number);
/** A fast hand: two choices a second. */
const SAVE_EVERY_MS = 500;
const VERIFIER = fileURLToPath(new URL('../bundle/memory-child.js', import.meta.url));

/** Everybody who writes, until it is stopped. */
function writers({ engine, folder }: HandedInRoom) {
  const took: number[] = [];
  let rev = 1;
  const hands = folder.exam.source.roster.slice(files).map(({ candidateId, seatId }, i) => {
    const write = async () => {
      const value = { options: [(rev += 1) % 2 === 0 ? 'a' : 'b'] };
      const made = { rev, value, marked: false, madeAt: engine.room.now() };
      const at = performance.now();
      pc(engine, seatId, { type: 'save-answer', candidateId, lease: 1, itemId: 'q1', ...made });
      await engine.room.whenDurable(engine.room.lastSeq);
      took.push(performance.now() - at);
    };
    let timer: NodeJS.Timeout;
    // Not all in the same moment.
    const first = setTimeout(
      () => (timer = setInterval(() => void write(), SAVE_EVERY_MS)),
      (i * SAVE_EVERY_MS) / writing,
    );
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  });
  return { took, stop: () => hands.forEach((stop) => stop()) };
}

const room = await handedInRoom({ candidates: files + writing, files, fileBytes: megabytesEach * 2 ** 20 });
const figures = new Figures();
try {
  const { data, exam } = room.folder;
  const { journal, dataKeys } = dataPaths(data);
  const place = { file: journal, keysFolder: dataKeys, room: exam.room };
  const { took, stop } = writers(room);
  await pause(3_000);
  took.length = 0;
  await pause(baseSeconds * 1_000);
  const without = took.splice(0);
  const idle = megabytes();
  let peak = idle;
  const watch = setInterval(() => (peak = Math.max(peak, megabytes())), 20);
  const begunAt = performance.now();
  let told = 0;
  const { statement, lost } = await bundleBeside(
    {
      ...{ kind: 'bundle', place, data, keepFreeBytes: 0, sessionId: SESSION },
      ...{ orgRecipients: [exam.org.public.recipient], now: room.engine.room.now() },
    },
    { onProgress: () => (told += 1) },
  );
  const seconds = (performance.now() - begunAt) / 1_000;
  const beside = took.splice(0);
  clearInterval(watch);
  await pause(baseSeconds * 1_000);
  without.push(...took.splice(0));
  stop();
  await room.engine.room.settled();
  if (lost.length > 0) throw new Error(`${lost.length} files were lost`);
  figures.note(`${files} files of ${megabytesEach} MB: sealed`, statement.bytes / 2 ** 20, 'MB');
  figures.note('build, in the thread beside the room', seconds, 's');
  figures.note('told of its progress', told, 'times');
  figures.note('memory of the room before', idle, 'MB');
  figures.note('memory more at most while it is built', peak - idle, 'MB');
  const [a, b] = [percentiles(without), percentiles(beside)];
  figures.note('saves measured without', a.count, '');
  figures.note('saves measured beside the build', b.count, '');
  for (const at of ['p50', 'p95', 'p99', 'max'] as const) {
    figures.note(`save ${at} without`, a[at], 'ms');
    figures.note(`save ${at} beside the build`, b[at], 'ms');
  }
  figures.note('p99 beside / without', Math.round((b.p99 / a.p99) * 100), '%');
  const sealed = new BundleFiles(data).sealed(SESSION);
  const [roomPub, orgKey] = [join(exam.folder, 'room.pub'), join(exam.folder, 'org.key')];
  writeFileSync(roomPub, JSON.stringify(exam.room.public));
  writeFileSync(orgKey, JSON.stringify(exam.org));
  const { stdout } = await promisify(execFile)(process.execPath, [
    VERIFIER,
    'verify',
    sealed,
    roomPub,
    orgKey,
  ]);
  const verified = JSON.parse(stdout) as {
    before: number;
    peak: number;
    seconds: number;
    result: { ok: boolean; files: number };
  };
  if (!verified.result.ok || verified.result.files !== files) throw new Error('The bundle does not hold');
  figures.note('verify', verified.seconds, 's');
  figures.note('memory more at most while it is verified', verified.peak - verified.before, 'MB');
  if (statSync(sealed).size !== statement.bytes) throw new Error('The bundle has another size');
  figures.end();
} finally {
  await room.end();
}
