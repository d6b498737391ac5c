// A paper on disk as `package build` takes it: paper.json and media/. Reads with the same checks, writes nothing that is
// already there.

import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import { PaperSourceSchema, type PaperSource } from '../protocol/paper-source.js';
import { filesOfItem } from './item-files.js';

/** Creates the folder. @throws when it holds anything already */
export async function writePaperFolder(
  folder: string,
  paper: PaperSource,
  media: ReadonlyMap<string, Buffer>,
): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length > 0)
    throw new Error(
      `文件夹不为空，未写入：${folder}\nThe folder is not empty, nothing was written: ${folder}`,
    );
  await mkdir(media.size === 0 ? folder : join(folder, 'media'), { recursive: true });
  for (const [file, bytes] of media) {
    if (!/^[A-Za-z0-9._-]+$/.test(file) || /^\.+$/.test(file)) throw new Error(`Unsound name ${file}`);
    await writeFile(join(folder, 'media', file), bytes, { flag: 'wx' });
  }
  await writeFile(join(folder, 'paper.json'), `${JSON.stringify(paper, null, 2)}\n`, { flag: 'wx' });
}

/** @throws with every fault of the paper, and for a picture, recording or material that is not there */
export async function readPaperFolder(
  folder: string,
): Promise<{ paper: PaperSource; media: Map<string, Buffer> }> {
  const value: unknown = JSON.parse(await readFile(join(folder, 'paper.json'), 'utf8'));
  const faults = [...Value.Errors(PaperSourceSchema, value)].slice(0, 20);
  if (faults.length > 0)
    throw new Error(faults.map(({ path, message }) => `${folder}/paper.json${path}: ${message}`).join('\n'));
  const paper = value as PaperSource;
  const media = new Map<string, Buffer>();
  for (const file of paper.sections.flatMap(({ items }) => items.flatMap(filesOfItem)))
    if (!media.has(file)) media.set(file, await readFile(join(folder, 'media', file)));
  return { paper, media };
}
