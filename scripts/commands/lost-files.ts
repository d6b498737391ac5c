// Files that a room had taken and then lost: whose they are and to which answer they belong, for whoever scores what is left.

import { hasFile } from '../../server/core/file-answers.js';
import { bagFilePath } from '../../server/bundle/verify-files.js';
import type { AnswerValue, Candidate } from '../../server/core/types.js';

/** One file of one answer that is not in the bundle. */
export interface LostFile {
  itemId: string;
  name: string;
  /** Bytes. */
  size: number;
  fileHash: string;
  /** False for an answer that is contested: no points wait for it. */
  counts: boolean;
}

/** @param lost paths that a bundle lacks */
export function lostFilesOf(candidate: Candidate, lost: ReadonlySet<string>): LostFile[] {
  if (lost.size === 0) return [];
  const { ticketNo } = candidate.entry;
  const found: LostFile[] = [];
  const look = (itemId: string, value: AnswerValue, counts: boolean) => {
    for (const file of 'files' in value ? value.files : []) {
      const { name, size, fileHash } = file;
      if (hasFile(candidate, fileHash) && lost.has(`data/candidates/${ticketNo}/${bagFilePath(file)}`))
        found.push({ itemId, name, size, fileHash, counts });
    }
  };
  for (const [itemId, { value }] of Object.entries(candidate.answers)) look(itemId, value, true);
  for (const { itemId, record } of candidate.contested) look(itemId, record.value, false);
  return found;
}

/** One line for a person: whose file, of which item, and that it waits. */
export function lostLine(
  { ticketNo, name: person }: { ticketNo: string; name: string },
  { itemId, name, size, counts }: LostFile,
): string {
  const waits = counts ? '该题待定 / the item stays pending' : '存疑作答 / of a contested answer';
  return `文件缺失 / file missing: ${ticketNo} ${person} [${itemId}] ${name}（${size} B）：${waits}`;
}
