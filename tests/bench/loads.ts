// The two ways to load a room: saves at a rate whatever the answers take, and as many as the answers allow.

import { setTimeout as pause } from 'node:timers/promises';
import type { LeanPcs } from './lean-pcs.js';

export interface Load {
  /** Milliseconds from the moment at which a save was due until its acknowledgement, one each. */
  tookMs: number[];
  seconds: number;
  /** Acknowledgements in a second. */
  perSecond: number;
}

/**
 * Offers saves at a steady rate, candidates by turns. The time counts from the moment at which a save was due: when the load
 * itself is late, that counts as well.
 * @throws Error when a save is refused, or not answered for 30 s after the last
 */
export async function offer(pcs: LeanPcs, perSecond: number, seconds: number): Promise<Load> {
  const tookMs: number[] = [];
  const total = Math.round(perSecond * seconds);
  const begunMs = performance.now();
  const refused: string[] = [];
  let sent = 0;
  let open = 0;
  while (sent < total) {
    const elapsedS = (performance.now() - begunMs) / 1_000;
    // The first one is due at once.
    const due = Math.min(total, Math.floor(elapsedS * perSecond) + 1);
    for (; sent < due; sent += 1) {
      const dueMs = begunMs + (sent / perSecond) * 1_000;
      open += 1;
      void pcs.save(sent % pcs.count).then((code) => {
        open -= 1;
        if (code === null) tookMs.push(performance.now() - dueMs);
        else refused.push(code);
      });
    }
    await pause(1);
  }
  await settled(() => open, refused);
  return loadOf(tookMs, begunMs);
}

/** Keeps so many saves on their way until the time is over. @throws as `offer` */
export async function saturate(pcs: LeanPcs, onTheirWay: number, seconds: number): Promise<Load> {
  const tookMs: number[] = [];
  const refused: string[] = [];
  const begunMs = performance.now();
  const endsMs = begunMs + seconds * 1_000;
  let next = 0;
  let open = 0;
  const line = async () => {
    while (performance.now() < endsMs && refused.length === 0) {
      const sentMs = performance.now();
      open += 1;
      const code = await pcs.save(next++ % pcs.count);
      open -= 1;
      if (code === null) tookMs.push(performance.now() - sentMs);
      else refused.push(code);
    }
  };
  const lines = Array.from({ length: onTheirWay }, line);
  await pause(seconds * 1_000);
  await settled(() => open, refused);
  await Promise.all(lines);
  return loadOf(tookMs, begunMs);
}

async function settled(open: () => number, refused: readonly string[]): Promise<void> {
  const untilMs = performance.now() + 30_000;
  while (open() > 0 && refused.length === 0) {
    if (performance.now() > untilMs) throw new Error(`${open()} saves were not answered for 30 s`);
    await pause(5);
  }
  if (refused.length > 0) throw new Error(`${refused.length} saves were refused: ${refused[0]}`);
}

function loadOf(tookMs: number[], begunMs: number): Load {
  const seconds = (performance.now() - begunMs) / 1_000;
  return { tookMs, seconds, perSecond: tookMs.length / seconds };
}

/** Everybody asks at once. @returns milliseconds from the first request to the last acknowledgement */
export async function allAtOnce(
  pcs: LeanPcs,
  ask: (index: number) => Promise<string | null>,
): Promise<number> {
  const begunMs = performance.now();
  const answers = await Promise.all(pcs.pcs.map((_, index) => ask(index)));
  const tookMs = performance.now() - begunMs;
  const refused = answers.filter((code) => code !== null);
  if (refused.length > 0) throw new Error(`${refused.length} were refused: ${refused[0]}`);
  return tookMs;
}

/** Everybody asks once, spread evenly over a time. @returns as `allAtOnce` */
export async function spreadOver(
  pcs: LeanPcs,
  spreadMs: number,
  ask: (index: number) => Promise<string | null>,
): Promise<number> {
  const begunMs = performance.now();
  const answers: Promise<string | null>[] = [];
  while (answers.length < pcs.count) {
    const share = Math.min(1, (performance.now() - begunMs) / spreadMs);
    while (answers.length < share * pcs.count) answers.push(ask(answers.length));
    await pause(1);
  }
  const refused = (await Promise.all(answers)).filter((code) => code !== null);
  if (refused.length > 0) throw new Error(`${refused.length} were refused: ${refused[0]}`);
  return performance.now() - begunMs;
}
