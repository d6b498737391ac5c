// `kaochang journal verify`: the journal from its first byte to its last, and every snapshot against the replay.

import { readWholeJournal } from '../../server/compose/whole-journal.js';

/** What the command says of it. */
export async function verifyJournalCommand({ data, copy }: { data: string; copy?: string }) {
  const { report } = await readWholeJournal(data, copy);
  const { ok, rows, heads, snapshots, wiped, head, problems } = report;
  const figures = `${rows} 条记录 / rows，${heads} 次签名 / signed heads，${snapshots} 个快照 / snapshots${
    wiped === 0 ? '' : `，${wiped} 条正文已按回执清除 / bodies destroyed after the receipt`
  }\n末条 / head ${head}`;
  const text = ok
    ? `考务日志完好 / the journal holds\n${figures}`
    : problems.map(({ message }) => message).join('\n');
  return { ...report, text };
}
