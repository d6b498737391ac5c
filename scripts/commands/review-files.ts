// The handed-in files of one candidate for a review: what each answer names, whether and when it came, and, where asked for, the
// files themselves under their names.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bagFilePath } from '../../server/bundle/verify-files.js';
import type { Bag } from '../../server/bundle/verify-zip.js';
import type { AnswerValue, Candidate } from '../../server/core/types.js';
import { chinaTime } from './china-time.js';
import type { LostFile } from './lost-files.js';

/** One line for each file that an answer names. @param lost of this candidate */
export function fileLines(
  candidate: Candidate,
  value: AnswerValue | undefined,
  lost: readonly LostFile[],
): string[] {
  if (value === undefined || !('files' in value)) return [];
  return value.files.map((file) => {
    const came = candidate.files?.[file.fileHash];
    const when =
      came === undefined
        ? '未收到 / never came'
        : `收到 / received ${chinaTime(came.receivedAt)}${came.late ? '（逾期 / late）' : ''}`;
    const gone = lost.some(({ fileHash }) => fileHash === file.fileHash)
      ? '　成绩包中缺失 / missing from the bundle'
      : '';
    return `    文件 / file: ${file.name}　${file.size} B　SHA-256 ${file.fileHash}　${when}${gone}`;
  });
}

/**
 * Writes a candidate's files into a folder, each under item, place and its own name, as `t2-1-销售分析.xlsx`.
 * @param bag of the bundle; a file is never in memory
 * @returns the names written
 */
export async function writeFiles(folder: string, candidate: Candidate, bag: Bag): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const [itemId, { value }] of Object.entries(candidate.answers))
    for (const [index, file] of ('files' in value ? value.files : []).entries()) {
      const path = `data/candidates/${candidate.entry.ticketNo}/${bagFilePath(file)}`;
      if (!bag.has(path)) continue;
      // The room takes no name with a path in it; what a bundle says is looked at all the same.
      const name = `${itemId}-${index + 1}-${file.name.replace(/[/\\]/g, '_')}`;
      await writeFile(join(folder, name), bag.stream(path));
      written.push(name);
    }
  return written;
}
