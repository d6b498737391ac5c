// What the test of FAT32 drives does in the machine that has the driver: node on-fat.js TASK.json. It exports, verifies what it finds
// there, or makes files of given names, and writes what came of it beside the task.

import { open, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublicKeys } from '../../server/keys/key-files.js';
import { VideoExportError } from '../../server/recording/export-error.js';
import { volumeFault } from '../../server/recording/export-target.js';
import { exportVideo, type VideoExportRequest } from '../../server/recording/export-video.js';
import { verifyExport } from '../../server/recording/verify-export.js';

export type FatTask =
  | { kind: 'export'; request: VideoExportRequest }
  | { kind: 'verify'; folder: string; room: PublicKeys }
  | { kind: 'names'; folder: string; names: string[] };

export interface FatOutcome {
  /** Of an export. */
  code?: string;
  readFrom?: string;
  isDivided?: boolean;
  /** Of a verification. */
  problems?: unknown[];
  bytes?: number;
  /** Names as the drive gives them back. */
  names?: string[];
  /** What the drive says to a byte behind the last one that it can take. */
  behindEnd?: string | undefined;
}

const FAT_END = 2 ** 32 - 1;

async function carryOut(task: FatTask): Promise<FatOutcome> {
  if (task.kind === 'export')
    try {
      const { readFrom, isDivided } = await exportVideo(task.request);
      return { code: 'done', readFrom, isDivided };
    } catch (error) {
      return { code: error instanceof VideoExportError ? error.code : String(error) };
    }
  if (task.kind === 'verify') {
    const { problems, bytes } = await verifyExport(task.folder, [task.room]);
    return { problems, bytes, names: await readdir(task.folder) };
  }
  await mkdir(task.folder);
  for (const name of task.names) await writeFile(join(task.folder, name), name);
  const handle = await open(join(task.folder, 'end'), 'w');
  const fault = await handle.write(Buffer.alloc(1), 0, 1, FAT_END).then(
    () => null,
    (error: unknown) => volumeFault(task.folder, error),
  );
  await handle.close();
  return { names: await readdir(task.folder), behindEnd: fault?.code };
}

const [file = ''] = process.argv.slice(2);
const outcome = await carryOut(JSON.parse(await readFile(file, 'utf8')) as FatTask);
await writeFile(`${file}.done`, JSON.stringify(outcome));
