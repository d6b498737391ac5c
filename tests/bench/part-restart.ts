// The server dies in the middle of a long exam and is started again: how soon it is ready, and how soon every PC, each at an
// address of its own, has its paper back.

import Database from 'better-sqlite3';
import { dataPaths } from '../../server/data-folder.js';
import { LeanPcs } from './lean-pcs.js';
import { offer } from './loads.js';
import { people, type Out, type Part, type Size } from './part.js';
import { preparedRoom, type PreparedRoom, START_WITHIN_MS } from './prepared-room.js';

const isLinux = process.platform === 'linux';

export const restart: Part = async (size, out) => {
  out.say(`a journal of ${people(size.events)} events is written`);
  const room = await preparedRoom({ candidates: size.candidates, stage: 'running', events: size.events });
  try {
    await killAndStart(room, size, out);
  } finally {
    await room.remove();
  }
};

async function killAndStart(room: PreparedRoom, size: Size, out: Out): Promise<void> {
  const { address } = room;
  const count = size.candidates;
  const server = room.server();
  const pcs = new LeanPcs({ address, count, comeBack: true, ownAddresses: isLinux });
  try {
    await server.start(START_WITHIN_MS);
    out.say('everybody connects, each at an own address');
    await pcs.connectAll();
    await offer(pcs, count, 1);
    const back = new Set<number>();
    await server.kill();
    const allBack = new Promise<void>((resolve) => {
      pcs.onPaper = (index) => {
        back.add(index);
        if (back.size === count) resolve();
      };
    });
    const before = pcs.turnedAway;
    out.say('killed; started again');
    const startedMs = performance.now();
    await server.start(START_WITHIN_MS);
    const readyMs = performance.now();
    await allBack;
    const backMs = performance.now();
    await offer(pcs, count, 1);
    const { lastSeq, snapshotSeq } = lookInto(room.data);
    const events = people(size.events);
    out.found({
      ...{
        id: 'restart-ready',
        what: [`${events} 个事件后被杀，重启就绪`, `killed after ${events} events, ready again`],
      },
      ...{ unit: 's', figure: (readyMs - startedMs) / 1_000, budget: { atMost: 5 } },
      note: `kill -9, start of the process included; journal ${people(lastSeq)} rows, newest snapshot at ${people(snapshotSeq)}`,
    });
    const n = people(count);
    out.found({
      ...{ id: 'restart-back', what: [`就绪后 ${n} 台机全部恢复`, `${n} PCs back after ready`] },
      ...{ unit: 's', figure: (backMs - readyMs) / 1_000, budget: { atMost: 10 } },
      note: isLinux
        ? 'to the paper with its answers; an own address each'
        : 'to the paper with its answers; one address',
    });
    out.found({
      ...{ id: 'restart-refused', what: ['重启后被拒的连接', 'connections refused after the restart'] },
      ...{ unit: '', figure: pcs.turnedAway - before, budget: { atMost: 0 } },
    });
  } finally {
    pcs.stop();
    await server.kill();
  }
}

function lookInto(data: string): { lastSeq: number; snapshotSeq: number } {
  const db = new Database(dataPaths(data).journal, { readonly: true });
  try {
    const max = (table: string) =>
      (db.prepare(`SELECT coalesce(max(seq), 0) AS seq FROM ${table}`).get() as { seq: number }).seq;
    return { lastSeq: max('journal'), snapshotSeq: max('snapshots') };
  } finally {
    db.close();
  }
}
