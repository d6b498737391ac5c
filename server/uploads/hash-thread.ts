// The thread that reads handed-in files back and compares their hash. It only reads; what follows from the answer is for those
// who asked.

import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { plainBytes, type SessionKey } from './plain-bytes.js';
import type { FilePlace } from './sealed-file.js';

export interface HashQuestion {
  id: number;
  path: string;
  place: FilePlace;
  keys: readonly SessionKey[];
}

export interface HashAnswer {
  id: number;
  /** The bytes on the disk have the hash that the file is named by. */
  isWhole: boolean;
}

async function isWhole({ path, place, keys }: HashQuestion): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const plain of plainBytes(path, place, keys)) hash.update(plain);
  } catch {
    return false;
  }
  return hash.digest('hex') === place.fileHash;
}

parentPort?.on('message', (question: HashQuestion) => {
  void isWhole(question).then((whole) =>
    parentPort?.postMessage({ id: question.id, isWhole: whole } satisfies HashAnswer),
  );
});
