// Brings a package to a room far away: asks how the room stands, uploads what is missing piece by piece, goes on after a
// cut or a restart of the room, has it installed, and asks again. It prints nothing.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Value } from '@sinclair/typebox/value';
import {
  INSTALL_PATH,
  InstalledAnswerSchema,
  MAX_PIECE_BYTES,
  PIECE_TYPE,
  ReadinessSchema,
  REMOVAL_PATH,
  TUS_VERSION,
  UPLOADS_PATH,
  type InstalledAnswer,
  type Readiness,
} from '../protocol/install.js';
import {
  codeOf,
  NoAnswerError,
  type SignedAnswer,
  type SignedClient,
  type SignedWish,
} from './signed-client.js';

export interface RemoteInstallOptions {
  /** Called with the bytes that the room holds, and all. */
  onProgress?: (done: number, all: number) => void;
  /** Called before each new attempt after a cut. */
  onRetry?: (error: Error, afterMs: number) => void;
  /** For how long attempts go on without one byte of progress, milliseconds. */
  patienceMs?: number;
  /** Takes back what the same key left unfinished. */
  replace?: boolean;
}

/** The room refused, with its code and its sentences. */
export class RoomRefusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RoomRefusal';
  }
}

const FIRST_PIECE_BYTES = 2 ** 18;
const LEAST_PIECE_BYTES = 2 ** 14;
/** A piece shall take about so long: short enough to lose little at a cut, long enough not to wait for answers. */
const PIECE_TAKES_MS = 2_000;
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** Passing states of the room: worth another try. */
const PASSING = new Set(['upload-busy', 'wrong-digest', 'wrong-offset', 'unknown-upload', 'server-fault']);

/** How the room stands. @throws RoomRefusal, NoAnswerError */
export async function askReadiness(client: SignedClient): Promise<Readiness> {
  return readReadiness(accepted(await client.ask({ method: 'GET', path: INSTALL_PATH })).body);
}

/** Takes a package away. @throws RoomRefusal, NoAnswerError */
export async function removeRemotely(
  client: SignedClient,
  packageId: string,
  reason: string,
): Promise<Readiness> {
  const body = Buffer.from(JSON.stringify({ packageId, reason }));
  return readReadiness(accepted(await client.ask({ method: 'POST', path: REMOVAL_PATH, body })).body);
}

/** Uploads and installs. @throws RoomRefusal, NoAnswerError once patience is over */
export async function installRemotely(
  client: SignedClient,
  file: string,
  options: RemoteInstallOptions = {},
): Promise<InstalledAnswer> {
  const { patienceMs = 10 * 60_000, onRetry } = options;
  const sha256 = await hashOf(file);
  const { size } = await stat(file);
  const progress: Progress = { held: -1, at: performance.now(), pieceBytes: FIRST_PIECE_BYTES, asked: null };
  for (let attempt = 0; ;) {
    const heldBefore = progress.held;
    try {
      return await attemptOnce(client, file, { sha256, size }, progress, options);
    } catch (error) {
      const isPassing =
        error instanceof NoAnswerError || (error instanceof RoomRefusal && PASSING.has(error.code));
      if (!isPassing || performance.now() - progress.at > patienceMs) throw error;
      attempt = progress.held > heldBefore ? 0 : attempt + 1;
      const afterMs = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0;
      onRetry?.(error as Error, afterMs);
      await pause(afterMs);
    }
  }
}

interface Progress {
  held: number;
  /** When the last byte was taken, monotonic. */
  at: number;
  pieceBytes: number;
  /** The installation was asked for, when this package was in the room. */
  asked: { before: string | null } | null;
}

async function attemptOnce(
  client: SignedClient,
  file: string,
  { sha256, size }: { sha256: string; size: number },
  progress: Progress,
  { onProgress, replace = false }: RemoteInstallOptions,
): Promise<InstalledAnswer> {
  const ask = (wish: SignedWish) =>
    client.ask({ ...wish, headers: { 'tus-resumable': TUS_VERSION, ...wish.headers } });
  const done = await wasInstalled(client, progress);
  if (done !== null) return done;
  const create: SignedWish = {
    method: 'POST',
    path: UPLOADS_PATH,
    headers: {
      'upload-length': String(size),
      'upload-metadata': `sha256 ${Buffer.from(sha256).toString('base64')}`,
    },
  };
  let created = await ask(create);
  const left = created.headers.location;
  if (replace && codeOf(created) === 'upload-in-progress' && left !== undefined) {
    accepted(await ask({ method: 'DELETE', path: left }));
    created = await ask(create);
  }
  const path = String(accepted(created).headers.location ?? '');
  let offset = offsetOf(created);
  const note = () => {
    if (offset > progress.held) Object.assign(progress, { held: offset, at: performance.now() });
    onProgress?.(offset, size);
  };
  note();
  const handle = await open(file, 'r');
  try {
    while (offset < size) {
      const bytes = Buffer.alloc(Math.min(progress.pieceBytes, size - offset));
      await handle.read(bytes, 0, bytes.length, offset);
      const sentAt = performance.now();
      const headers = { 'content-type': PIECE_TYPE, 'upload-offset': String(offset) };
      // A piece that is too slow shall be smaller the next time, also where it is cut off.
      const wanted = progress.pieceBytes;
      progress.pieceBytes = Math.max(LEAST_PIECE_BYTES, wanted / 2);
      const reached = offsetOf(accepted(await ask({ method: 'PATCH', path, headers, body: bytes })));
      // Whoever takes a piece and does not go on from its end would be sent it for ever.
      if (reached !== offset + bytes.length) throw notUnderstood();
      offset = reached;
      const factor = PIECE_TAKES_MS / Math.max(1, performance.now() - sentAt);
      const next = wanted * Math.min(2, Math.max(0.5, factor));
      progress.pieceBytes = Math.round(Math.min(MAX_PIECE_BYTES, Math.max(LEAST_PIECE_BYTES, next)));
      note();
    }
  } finally {
    await handle.close();
  }
  return finish(client, ask, path, progress);
}

/** Has it installed. That this was asked is noted: an answer that is lost is found again by `wasInstalled`. */
async function finish(
  client: SignedClient,
  ask: (wish: SignedWish) => Promise<SignedAnswer>,
  path: string,
  progress: Progress,
): Promise<InstalledAnswer> {
  progress.asked = { before: (await askReadiness(client)).package?.manifestHash ?? null };
  const { body } = accepted(await ask({ method: 'POST', path: `${path}/finish` }));
  const value = jsonOf(body);
  if (!Value.Check(InstalledAnswerSchema, value)) throw notUnderstood();
  return value;
}

/** The room has another package than before it was asked to install this one: the answer was lost, not the package. */
async function wasInstalled(client: SignedClient, { asked }: Progress): Promise<InstalledAnswer | null> {
  if (asked === null) return null;
  const readiness = await askReadiness(client);
  const { package: now } = readiness;
  if (now === null || now.manifestHash === asked.before) return null;
  const { packageId, sequence, manifestHash } = now;
  return { packageId, sequence, manifestHash, readiness };
}

function accepted(answer: SignedAnswer): SignedAnswer {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return answer;
  const code = codeOf(answer) ?? 'unreadable';
  const { zh, en } =
    code === 'unreadable' ? { zh: '', en: '' } : (JSON.parse(body.toString('utf8')) as Texts);
  const texts = [zh, en].filter((text) => typeof text === 'string' && text !== '');
  throw new RoomRefusal(code, status, [`${status} ${code}`, ...texts].join('\n'));
}

interface Texts {
  zh?: string;
  en?: string;
}

function offsetOf({ headers }: SignedAnswer): number {
  const text = String(headers['upload-offset'] ?? '');
  if (!/^\d{1,15}$/.test(text)) throw notUnderstood();
  return Number(text);
}

function readReadiness(body: Buffer): Readiness {
  const value = jsonOf(body);
  if (!Value.Check(ReadinessSchema, value)) throw notUnderstood();
  return value;
}

/** @throws RoomRefusal for what is no JSON: a proxy on the way, or another program */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw notUnderstood();
  }
}

function notUnderstood(): RoomRefusal {
  return new RoomRefusal(
    'unreadable',
    502,
    '考场服务器的应答无法识别，请核对双方版本 / The room’s answer is not understood: compare the versions of both sides',
  );
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
