// The recordings in a bundle: the lines of the session's time and how much each camera has, made again from the rows by whoever
// reads it; lines that were listed after the collection are in it, those of other times are not.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildBundle } from '../../server/bundle/build.js';
import { VIDEO_COVERAGE, VIDEO_EXPORTS, VIDEO_MANIFEST } from '../../server/bundle/verify-video.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import type { VideoLine } from '../../server/core/video-types.js';
import type { SessionCoverage } from '../../server/core/views.js';
import { openWith } from '../../server/keys/age-box.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { beginSession, collectSession, must, openEngine, preparedData } from '../support/direct-session.js';
import { readBag, zipOf } from '../support/read-bag.js';
import { SESSION } from '../support/small-exam.js';
import { chained, stretch } from '../support/video-lines.js';

t.setTimeout(560_000);

const MINUTE = 60_000;
const AHEAD = 5_000;
const by = { kind: 'room' } as const;
const { data, exam, remove } = await preparedData();
const engine = await openEngine(data);
t.teardown(async () => {
  await engine.stop();
  remove();
});
const { room } = engine;
const report = (lines: VideoLine[], more: { anew?: true } = {}) =>
  must(engine, { type: 'report-video', cameraId: 'cam-1', lines, wallAheadMs: AHEAD, ...more, by });
const devices = ['cam-1', 'cam-2'].map((deviceId) => ({
  ...{ deviceId, kind: 'camera' as const, name: `摄像机 ${deviceId}`, adapter: 'rtsp' },
}));
must(engine, { type: 'configure-devices', devices, by });
must(engine, { type: 'configure-video', beforeMs: 2 * MINUTE, afterMs: 5 * MINUTE, by });
// Of a test, long before.
const early = chained('cam-1', stretch(room.now() - 90 * MINUTE + AHEAD, room.now() - 89 * MINUTE + AHEAD));
report(early);
await beginSession(engine, exam);
const start = room.now() + AHEAD;
const during = chained(
  'cam-1',
  [
    ...stretch(start - 20 * MINUTE, start - 5 * MINUTE),
    { from: start - 5 * MINUTE, to: start - 4 * MINUTE, cause: 'camera-unreachable' as const },
    ...stretch(start - 4 * MINUTE, start - 2 * MINUTE),
  ],
  early.at(-1),
);
report(during);
await collectSession(engine, exam);
const late = chained('cam-1', stretch(start - 2 * MINUTE, start + 10 * MINUTE), during.at(-1));
report(late);

async function built() {
  const file = join(exam.folder, 'bundle.age');
  const handedIn = { has: () => Promise.resolve(false), read: () => [] as never };
  const orgRecipients = [exam.org.public.recipient];
  const { journal, keys } = engine;
  const sources = { journal, room: keys, sessionId: SESSION, orgRecipients, now: room.now(), handedIn };
  await buildBundle(sources, { file, keepFreeBytes: 0 });
  const sealed = readFileSync(file);
  const { report: found } = await verifyBundle({
    ...{ file: sealed, envelope: readFileSync(file + STATEMENT_SUFFIX), trust: [exam.room.public] },
    identity: exam.org.identity,
  });
  return { report: found, files: await readBag(await openWith(exam.org.identity, sealed)) };
}

void t.test('a bundle lists the session’s recordings and says what is missing, and it holds', async (t) => {
  const { report: found, files } = await built();
  t.same(found.problems, []);
  const lines = (files.get(VIDEO_MANIFEST)?.toString('utf8') ?? '').split('\n').filter((line) => line !== '');
  const listed = lines.map((line) => JSON.parse(line) as VideoLine);
  t.ok(listed.some(({ kind }) => kind === 'gap'));
  t.ok(
    listed.some(({ line }) => line === late[0]?.line),
    'listed after the collection',
  );
  t.notOk(
    listed.some(({ line }) => line < early.length),
    'the test of before is not of this session',
  );
  t.notOk(
    listed.some(({ line }) => line === late.at(-1)?.line),
    'nor what came long after',
  );
  const { cameras } = JSON.parse(files.get(VIDEO_COVERAGE)?.toString('utf8') ?? '{}') as {
    cameras: SessionCoverage[];
  };
  const [front, back] = cameras;
  t.match(front?.missing, [{ from: start - AHEAD - 5 * MINUTE, to: start - AHEAD - 4 * MINUTE }]);
  t.equal(front?.missing.length, 1);
  t.match(front, { cameraId: 'cam-1', name: '摄像机 cam-1', gaps: [{ cause: 'camera-unreachable' }] });
  t.equal(front?.coveredMs, (front?.plannedMs ?? 0) - MINUTE);
  t.match(back, { cameraId: 'cam-2', coveredMs: 0 });
});

void t.test('a line that was changed, left out or put in is named', async (t) => {
  const { files } = await built();
  const verified = async (path: string, change: (text: string) => string) => {
    const changed = new Map(files);
    changed.set(path, Buffer.from(change(files.get(path)?.toString('utf8') ?? '')));
    const { report: found } = await verifyBundle({
      ...{ file: await zipOf(changed), envelope: null, trust: [exam.room.public] },
    });
    return found.problems;
  };
  const names = (problems: Awaited<ReturnType<typeof verified>>, path: string) =>
    ['file-hash', 'derived'].every((fault) =>
      problems.some((one) => one.fault === fault && one.where === path),
    );
  for (const change of [
    (text: string) => text.replace('"bytes":1000', '"bytes":1001'),
    (text: string) => text.split('\n').slice(1).join('\n'),
    (text: string) => `${text}${JSON.stringify(early[0])}\n`,
  ])
    t.ok(names(await verified(VIDEO_MANIFEST, change), VIDEO_MANIFEST));
  const lied = (text: string) => text.replace(/"coveredMs": \d+/, '"coveredMs": 1');
  t.ok(names(await verified(VIDEO_COVERAGE, lied), VIDEO_COVERAGE));
  files.delete(VIDEO_COVERAGE);
  t.ok((await verified(VIDEO_MANIFEST, String)).some(({ fault }) => fault === 'file-missing'));
});

void t.test('a bundle built after an export names it, and no other session’s', async (t) => {
  t.notOk((await built()).files.has(VIDEO_EXPORTS), 'nothing was handed over yet');
  const what = {
    ...{ manifestHash: 'cd'.repeat(32), files: 2, bytes: 5_000, readFrom: 'medium' as const, lacking: 0 },
  } as const;
  for (const [exportId, exported] of [
    ['x1', SESSION],
    ['x2', 'of-another'],
  ] as const) {
    const note = { exportId, exported, target: `/media/${exportId}`, happenedAt: room.now() };
    must(engine, { type: 'note-video-export', ...note, by });
    must(engine, { type: 'end-video-export', exportId, outcome: 'done', reason: null, what, by });
  }
  await room.settled();
  const { report: found, files } = await built();
  t.same(found.problems, []);
  const said = JSON.parse(files.get(VIDEO_EXPORTS)?.toString('utf8') ?? '{}') as { exports: unknown[] };
  t.match(said, { sessionId: SESSION, exports: [{ exportId: 'x1', outcome: 'done', what }] });
  t.equal(said.exports.length, 1);
  t.notMatch(JSON.stringify([...files.values()].map(String)), 'of-another');
  const changed = new Map(files);
  changed.set(VIDEO_EXPORTS, Buffer.from(String(files.get(VIDEO_EXPORTS)).replace('cdcd', 'ddcd')));
  const { report: after } = await verifyBundle({
    ...{ file: await zipOf(changed), envelope: null, trust: [exam.room.public] },
  });
  t.ok(after.problems.some(({ fault, where }) => fault === 'derived' && where === VIDEO_EXPORTS));
});

void t.test('a room that journaled a line which is not what its hash says gives itself away', async (t) => {
  const [sound, other] = chained('cam-1', stretch(start + 10 * MINUTE, start + 11 * MINUTE), late.at(-1)) as [
    VideoLine,
    VideoLine,
  ];
  report([
    sound,
    { ...other, cameraId: 'cam-1', kind: 'gap', from: 1, to: 2, cause: 'unknown' } as VideoLine,
  ]);
  const { report: found } = await built();
  t.same(found.problems, [{ fault: 'video-chain', where: `cam-1 line ${other.line}` }]);
  report(chained('cam-1', stretch(start + 11 * MINUTE, start + 12 * MINUTE)), { anew: true });
  t.equal((await built()).report.problems.length, 1, 'a list that begins again is one');
});
