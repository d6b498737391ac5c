// Forty candidates bring 50 MB each while forty others write: how long do the others' saves take, with and without? The real
// server in a process of its own; the files come from another one. Not run by the tests.
// Usage: node build/tests/bench/uploads.bench.js [uploading] [MB each] [writing] [MB/s of the room] [s without]

import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TUS_PIECE_TYPE, writeUploadMetadata } from '../../server/protocol/tus.js';
import { uploadHeaders, uploadPath } from '../../server/protocol/uploads.js';
import { DayCrew } from '../../server/rehearsal/day-crew.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { tlsOptions, type RoomAddress } from '../../server/rehearsal/room-address.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { SESSION } from '../support/small-exam.js';
import { prepareServer } from '../support/start-server.js';
import { Figures } from './big-room.js';
import { comeFirst, comeLast } from './processor-share.js';

const [uploading = 40, megabytes = 50, writing = 40, roomMegabytes = 0, baseSeconds = 20] = process.argv
  .slice(2)
  .map(Number);
const SIZE = megabytes * 2 ** 20;
const PIECE = 2 ** 20;
/** A fast hand: two choices a second. */
const SAVE_EVERY_MS = 500;

interface Job {
  candidateId: string;
  pcSecret: string;
}
interface Order {
  address: RoomAddress;
  /** The common part of all files; each begins with its candidate's name. */
  seed: string;
  jobs: Job[];
}

if (process.env['BENCH_FILES'] === '1') process.once('message', (order: Order) => void bringAll(order));
else await play();

/** Bytes of everybody's file: the same but for their beginning. */
function common(seed: string): Buffer {
  const bytes = Buffer.alloc(SIZE);
  let block = createHash('sha256').update(seed).digest();
  for (let at = 0; at < SIZE; at += 32) {
    if (at % 4_096 === 0) block = createHash('sha256').update(block).digest();
    block.copy(bytes, at);
  }
  return bytes;
}

function hashOf(bytes: Buffer, candidateId: string): string {
  bytes.write(candidateId.padEnd(16), 0, 'latin1');
  return createHash('sha256').update(bytes).digest('hex');
}

async function bringAll({ address, seed, jobs }: Order): Promise<void> {
  // The machines of candidates are their own: they take nothing from the server's.
  comeLast();
  const bytes = common(seed);
  const agent = new Agent({ keepAlive: true, ...tlsOptions(address) });
  const ask = (method: string, path: string, headers: Record<string, string>, body?: Buffer) =>
    new Promise<number>((resolve, reject) => {
      const sent = httpsRequest(
        new URL(path, address.url),
        { method, agent, headers: { ...headers, 'Content-Length': String(body?.length ?? 0) } },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode ?? 0));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const bring = async ({ candidateId, pcSecret }: Job) => {
    const fileHash = hashOf(bytes, candidateId);
    const headers = uploadHeaders(pcSecret);
    const name = { candidateId, lease: 1, fileHash };
    const metadata = writeUploadMetadata([
      ['candidate', candidateId],
      ['lease', '1'],
      ['sha256', fileHash],
    ]);
    const made = await ask('POST', '/uploads', {
      ...headers,
      ...{ 'Upload-Length': String(SIZE), 'Upload-Metadata': metadata },
    });
    if (made !== 201) throw new Error(`POST answered ${made}`);
    for (let at = 0; at < SIZE; at += PIECE) {
      const piece = Buffer.from(bytes.subarray(at, at + PIECE));
      if (at === 0) piece.write(candidateId.padEnd(16), 0, 'latin1');
      const put = { ...headers, 'Upload-Offset': String(at), 'Content-Type': TUS_PIECE_TYPE };
      const status = await ask('PATCH', uploadPath(name), put, piece);
      if (status !== 204) throw new Error(`PATCH answered ${status}`);
    }
  };
  const begunAt = performance.now();
  const outcomes = await Promise.allSettled(jobs.map(bring));
  const failed = outcomes.filter((one) => one.status === 'rejected').map(({ reason }) => String(reason));
  process.send?.({ tookMs: performance.now() - begunAt, failed });
  agent.destroy();
}

async function play(): Promise<void> {
  const marking = { reference: '<p>略</p>', rubric: [{ what: '完整', points: 10 }] };
  const files = { maxCount: 1, maxBytes: SIZE, types: ['zip'] };
  const server = await prepareServer({
    ...{ candidates: uploading + writing, minutes: 60, startsAt: Date.now() - 1_000 },
    policy: { entryOpensBeforeMs: 600_000, sealNeedsOrgCode: false, sealNeedsReport: false },
    more: [{ itemId: 'f1', type: 'file-upload', points: 10, stem: '<p>作品</p>', files, marking }],
    config: {
      uploads: {
        keepFreeMegabytes: 100,
        ...(roomMegabytes > 0 ? { megabytesPerSecond: roomMegabytes } : {}),
      },
    },
  });
  const { exam, address } = server;
  const room = server.process();
  const pcs: SimulatedPc[] = [];
  const crew = new DayCrew({
    ...{ address, sessionId: SESSION, paperId: 'paper-main', startCode: exam.startCode, sealCode: '' },
    staff: exam.source.plan.staff,
  });
  try {
    await room.start();
    process.stdout.write(`processor of the room and its PCs: ${comeFirst(room.pid)}, ${comeFirst()}\n`);
    await crew.signIn();
    for (const { seatId } of exam.source.roster) pcs.push(await pairedPc(crew, address, seatId));
    for (const role of ['sysadmin', 'clerk'] as const)
      await crew.member(role).act({ type: 'sign-seal', sessionId: SESSION });
    await crew.take('open-entry');
    for (const [i, { candidateId, ticketNo }] of exam.source.roster.entries())
      await enter(crew, pcs[i] as SimulatedPc, candidateId, ticketNo);
    await crew.take('open-paper');
    const started = await crew.take('start');
    if (!started.ok) throw new Error(`start: ${started.code}`);
    await measure(pcs, exam.source.roster, address);
  } finally {
    for (const pc of pcs) pc.stop();
    crew.stop();
    await room.stop();
    server.remove();
  }
}

async function pairedPc(crew: DayCrew, address: RoomAddress, seatId: string): Promise<SimulatedPc> {
  const pc = new SimulatedPc({ address });
  pc.start();
  const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 15_000);
  const paired = await crew.pair(pairingCode ?? '', seatId);
  if (!paired.ok) throw new Error(`pair ${seatId}: ${paired.code}`);
  await pc.until((state) => state.stage !== 'unpaired', 15_000);
  return pc;
}

async function enter(crew: DayCrew, pc: SimulatedPc, candidateId: string, ticketNo: string): Promise<void> {
  await crew.admit(candidateId);
  await pc.request({ t: 'log-in', ticketNo, password: ticketNo.slice(-6) });
  for (const what of ['identity', 'rules'] as const)
    await pc.request({ t: 'confirm', candidateId, lease: 1, what });
}

async function measure(
  pcs: readonly SimulatedPc[],
  roster: readonly { candidateId: string }[],
  address: RoomAddress,
): Promise<void> {
  const seed = randomBytes(8).toString('hex');
  const bytes = common(seed);
  const jobs: Job[] = [];
  for (let i = 0; i < uploading; i++) {
    const { candidateId } = roster[i] as { candidateId: string };
    const pc = pcs[i] as SimulatedPc;
    const file = { fileHash: hashOf(bytes, candidateId), size: SIZE, name: '作品.zip', type: '' };
    const answer = await pc.request({
      ...{ t: 'save', candidateId, lease: 1, itemId: 'f1', rev: 1, value: { files: [file] }, marked: false },
      madeAt: pc.roomNow() ?? 0,
    });
    if (!answer.ok) throw new Error(`The file was not named: ${answer.code}`);
    jobs.push({ candidateId, pcSecret: pc.pcSecret });
  }
  const took: number[] = [];
  let rev = 1;
  const save = (pc: SimulatedPc, candidateId: string) => {
    const value = { options: [(rev = rev + 1) % 2 === 0 ? 'a' : 'b'] };
    const made = { rev, value, marked: false, madeAt: pc.roomNow() ?? 0 };
    void pc.request({ t: 'save', candidateId, lease: 1, itemId: 'q1', ...made }).then((answer) => {
      if (!answer.ok) throw new Error(`A save was refused: ${answer.code}`);
      took.push(answer.tookMs);
    });
  };
  // One after the other round the room: forty people do not press a key in the same instant.
  let turn = 0;
  const writer = setInterval(() => {
    const at = uploading + (turn++ % writing);
    save(pcs[at] as SimulatedPc, (roster[at] as { candidateId: string }).candidateId);
  }, SAVE_EVERY_MS / writing);
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
    env: { ...process.env, BENCH_FILES: '1' },
  });
  await pause(3_000);
  took.length = 0;
  await pause(baseSeconds * 1_000);
  const without = took.splice(0);
  child.send({ address, seed, jobs } satisfies Order);
  const [{ tookMs, failed }] = (await once(child, 'message')) as [{ tookMs: number; failed: string[] }];
  const beside = took.splice(0);
  await pause(baseSeconds * 1_000);
  without.push(...took.splice(0));
  clearInterval(writer);
  if (failed.length > 0) throw new Error(`${failed.length} files failed: ${failed[0]}`);
  const [a, b] = [percentiles(without), percentiles(beside)];
  const figures = new Figures();
  figures.note(`${uploading} files of ${megabytes} MB`, tookMs / 1_000, 's');
  figures.note('all files together', (uploading * megabytes) / (tookMs / 1_000), 'MB/s');
  figures.note('saves measured without files', a.count, '');
  figures.note('saves measured beside files', b.count, '');
  for (const at of ['p50', 'p95', 'p99', 'max'] as const) {
    figures.note(`save ${at} without files`, a[at], 'ms');
    figures.note(`save ${at} beside files`, b[at], 'ms');
  }
  figures.note('p99 beside / without', Math.round((b.p99 / a.p99) * 100), '%');
  figures.end();
}
