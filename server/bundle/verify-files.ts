// Which files of candidates a bundle carries, and under which path: those that an answer names, accepted or contested, and whose
// bytes came. Follows from the journal alone; builder and verifier agree by it.

import { declaredFiles, endingOf, hasFile } from '../core/file-answers.js';
import type { Candidate, Session } from '../core/types.js';

/** One handed-in file in a bag. */
export interface BagFile {
  candidateId: string;
  /** SHA-256 of the bytes, hex. */
  fileHash: string;
  bytes: number;
  /** In the bag, with the ending by which programs know it. */
  path: string;
}

/** The files of everybody, each candidate's own: two who hand in the same have it twice. */
export function bagFiles(session: Session): BagFile[] {
  return Object.values(session.candidates).flatMap(filesOf);
}

/** Where a file lies below the folder of its candidate. */
export function bagFilePath({ fileHash, name }: { fileHash: string; name: string }): string {
  return `files/${fileHash}.${endingOf(name)}`;
}

function filesOf(candidate: Candidate): BagFile[] {
  const { candidateId, ticketNo } = candidate.entry;
  const found = new Map<string, BagFile>();
  for (const file of declaredFiles(candidate)) {
    if (!hasFile(candidate, file.fileHash)) continue;
    const path = `data/candidates/${ticketNo}/${bagFilePath(file)}`;
    found.set(path, { candidateId, fileHash: file.fileHash, bytes: file.size, path });
  }
  return [...found.values()];
}
