// Puts the files that candidates hand in to the room: who asks, what the rules say, what is recorded. It moves no byte.

import type { HandedInFiles } from '../bundle/build.js';
import { dataPaths } from '../data-folder.js';
import { declaredFiles, fileAskedFor, hasFile } from '../core/file-answers.js';
import type { SessionId } from '../core/types.js';
import { candidateAt } from '../core/state-access.js';
import type { Journal } from '../journal/journal.js';
import type { Room } from '../room.js';
import { pcOfSecret, seatOfPc } from '../seats/pc-of-secret.js';
import { FileStore, type SessionKeys } from '../uploads/file-store.js';
import type { UploadHost } from '../uploads/host.js';

/** The data keys of a session alone, newest last: files are sealed like its answers, and gone with them (rule 3). */
export function sessionKeys(journal: Pick<Journal, 'dataKeys'>): SessionKeys {
  return async (sessionId: SessionId) => {
    const keys = Object.entries(await journal.dataKeys(sessionId));
    const ofSession = (keyId: string) => keyId.slice(0, keyId.lastIndexOf('.')) === sessionId;
    return keys.filter(([keyId]) => ofSession(keyId)).map(([keyId, key]) => ({ keyId, key }));
  };
}

/** The files of a session for its bundle, as they lie on the disk. */
export function handedInFiles(
  data: string,
  journal: Pick<Journal, 'dataKeys'>,
  sessionId: SessionId,
): HandedInFiles {
  const store = new FileStore({
    ...{ folder: dataPaths(data).handedIn, keys: sessionKeys(journal), keepFreeBytes: 0 },
  });
  return {
    has: async ({ candidateId, fileHash, bytes }) =>
      (await store.length({ sessionId, candidateId, fileHash }, bytes).catch(() => null)) === bytes,
    read: ({ candidateId, fileHash }) => store.read({ sessionId, candidateId, fileHash }),
  };
}

/** What the uploads may know and do in this room. */
export function uploadHost(room: Room): UploadHost {
  const candidateOf = (sessionId: string, candidateId: string) =>
    candidateAt(room.state, sessionId, candidateId);
  return {
    seatOf: (pcSecret) => {
      const pcId = pcOfSecret(pcSecret);
      const seatId = seatOfPc(room.state, pcId);
      return seatId === null ? null : { kind: 'seat', seatId, pcId };
    },
    asked: (by, name) => fileAskedFor(room.state, { type: 'receive-file', ...name, bytes: 0, by }),
    receive: async (by, name, bytes) => {
      const { refusal, seq } = room.handle({ type: 'receive-file', ...name, bytes, by });
      await room.whenDurable(seq);
      return refusal;
    },
    declared: (sessionId, candidateId) => {
      const candidate = candidateOf(sessionId, candidateId);
      return new Set(candidate === undefined ? [] : declaredFiles(candidate).map(({ fileHash }) => fileHash));
    },
    drop: async (sessionId, candidateId, fileHash) => {
      const { refusal, seq } = room.handle({
        ...{ type: 'drop-file', sessionId, candidateId, fileHash },
        by: { kind: 'room' },
      });
      await room.whenDurable(seq);
      const candidate = candidateOf(sessionId, candidateId);
      return refusal === null && candidate !== undefined && !hasFile(candidate, fileHash);
    },
  };
}
