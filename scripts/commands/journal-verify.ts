// `kaochang journal verify`: the journal from its first byte to its last, and every snapshot against the replay.

import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import { dataPaths } from '../../server/data-folder.js';
import { verifyJournal } from '../../server/journal/verify.js';
import { readPrivateKeys } from '../../server/keys/key-files.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { readSnapshot } from '../../server/room-snapshot.js';

/** The whole journal, checked, and what it says is true. Reads only; the server may run meanwhile. */
export async function readWholeJournal(data: string) {
  const { journal: file, dataKeys: keysFolder, roomKey } = dataPaths(data);
  let state = initialState();
  const report = await verifyJournal({
    file,
    keysFolder,
    room: await readPrivateKeys(roomKey),
    replay: {
      apply: (written) => (state = evolve(state, eventOf(written))),
      state: () => state,
      // What an older version did not know yet is as in a room that knows nothing.
      stored: (snapshot) => ({ ...initialState(), ...readSnapshot(snapshot).state }),
      isWiped: (session) => (state.sessions[session]?.wiped ?? null) !== null,
    },
  });
  return { report, state };
}

/** What the command says of it. */
export async function verifyJournalCommand({ data }: { data: string }) {
  const { report } = await readWholeJournal(data);
  const { ok, rows, heads, snapshots, wiped, head, problems } = report;
  const figures = `${rows} 条记录 / rows，${heads} 次签名 / signed heads，${snapshots} 个快照 / snapshots${
    wiped === 0 ? '' : `，${wiped} 条正文已按回执清除 / bodies destroyed after the receipt`
  }\n末条 / head ${head}`;
  const text = ok
    ? `考务日志完好 / the journal holds\n${figures}`
    : problems.map(({ message }) => message).join('\n');
  return { ...report, text };
}
