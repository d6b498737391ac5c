// A room in which candidates have handed files in, for tests and figures of bundles: the files go straight to the store, the rest
// by commands.

import { createCipheriv, createHash } from 'node:crypto';
import type { HandedInFile } from '../../server/core/types.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import {
  beginSession,
  must,
  openEngine,
  pc,
  preparedData,
  type DataFolder,
  type OpenEngine,
} from '../support/direct-session.js';
import { SESSION } from '../support/small-exam.js';

export interface HandedInRoom {
  folder: DataFolder;
  engine: OpenEngine;
  /** Stops the room and removes everything. */
  end(): Promise<void>;
}

export interface HandedInOptions {
  candidates: number;
  /** The first so many hand one file in. */
  files: number;
  fileBytes: number;
}

const PIECE_BYTES = 2 ** 20;

/** Bytes that no one can make shorter, the same for the same name, a megabyte at a time. */
export function* piecesOf(name: string, bytes: number): Generator<Buffer> {
  const key = createHash('sha256').update(name).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  for (let at = 0; at < bytes; at += PIECE_BYTES)
    yield cipher.update(Buffer.alloc(Math.min(PIECE_BYTES, bytes - at)));
}

/** A session that runs, with the files in. */
export async function handedInRoom({ candidates, files, fileBytes }: HandedInOptions): Promise<HandedInRoom> {
  const marking = { reference: '<p>略</p>', rubric: [{ what: '完整', points: 10 }] };
  const allowed = { maxCount: 1, maxBytes: fileBytes, types: ['zip'] };
  const item: ItemSource = {
    ...{ itemId: 'f1', type: 'file-upload', points: 10, stem: '<p>作品</p>' },
    ...{ files: allowed, marking },
  };
  const folder = await preparedData({ candidates, minutes: 60, more: [item] });
  const engine = await openEngine(folder.data);
  await beginSession(engine, folder.exam);
  for (const { candidateId, seatId } of folder.exam.source.roster.slice(0, files))
    await handIn(engine, candidateId, seatId, fileBytes);
  await engine.room.settled();
  const end = async () => {
    await engine.stop();
    folder.remove();
  };
  return { folder, engine, end };
}

/** What a candidate has handed in. */
export function fileOf(candidateId: string, fileBytes: number): HandedInFile {
  const hash = createHash('sha256');
  for (const piece of piecesOf(candidateId, fileBytes)) hash.update(piece);
  return { fileHash: hash.digest('hex'), size: fileBytes, name: '作品.zip', type: '' };
}

async function handIn(engine: OpenEngine, candidateId: string, seatId: string, bytes: number): Promise<void> {
  const file = fileOf(candidateId, bytes);
  const { fileHash } = file;
  const made = { rev: 1, value: { files: [file] }, marked: false, madeAt: engine.room.now() };
  pc(engine, seatId, { type: 'save-answer', candidateId, lease: 1, itemId: 'f1', ...made });
  const place = { sessionId: SESSION, candidateId, fileHash };
  await engine.files.begin(place, bytes);
  await engine.files.append(place, 0, asyncOf(piecesOf(candidateId, bytes)));
  if (!(await engine.files.isWhole(place))) throw new Error('The file did not arrive');
  pc(engine, seatId, { type: 'receive-file', candidateId, lease: 1, fileHash, bytes });
}

async function* asyncOf(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

/** Ends and collects the session. */
export async function collectFiles({ engine, folder }: HandedInRoom): Promise<void> {
  const by = { kind: 'staff', staffId: 'chief', station: 'test' } as const;
  must(engine, { type: 'end-session', sessionId: SESSION, reason: '全部交卷', by });
  for (const { candidateId, seatId } of folder.exam.source.roster)
    pc(engine, seatId, { type: 'confirm-nothing-unsent', candidateId, lease: 1 });
  must(engine, { type: 'collect-session', sessionId: SESSION, withoutSeats: [], reason: null, by });
  await engine.room.settled();
}
