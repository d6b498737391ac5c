// `kaochang backup`: the journal and the handed-in files onto another disk, while the room runs or not. What it writes is
// ciphertext; the keys stay in the room.

import { resolve } from 'node:path';
import { backUp } from '../../server/compose/backup.js';
import { readJournal } from '../../server/compose/read-journal.js';
import { dataPaths } from '../../server/data-folder.js';
import { readPrivateKeys } from '../../server/keys/key-files.js';
import { UsageError } from './usage-error.js';

interface Options {
  data: string;
  out: string;
  keep: number;
}

/** Makes one backup. @throws JournalDamagedError: a damaged journal is never copied over a good one */
export async function backup({ data, out, keep }: Options) {
  if (keep < 1) throw new UsageError('--keep 至少为 1', '--keep is 1 or more');
  const journal = await readJournal(data, await readPrivateKeys(dataPaths(data).roomKey), 'beside');
  try {
    const report = await backUp({ data: resolve(data), out: resolve(out), keep, now: Date.now() }, journal);
    const { journal: name, lastSeq, copied } = report;
    return {
      ok: true,
      ...report,
      text: `已备份 ${name}，至第 ${lastSeq} 条，另复制上交文件 ${copied} 个 / backed up to row ${lastSeq}, and ${copied} handed-in files`,
    };
  } finally {
    await journal.close();
  }
}
