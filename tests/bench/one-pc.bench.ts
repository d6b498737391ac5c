// What one candidate PC bears: fifty candidates of a rehearsal in one page of a real browser, against a real room. Prints, for each
// browser, what came of them, what was acknowledged and how fast, and what the browser took of the machine.
// Usage: node build/tests/bench/one-pc.bench.js [minutes]   Exit status 1 where somebody did not hand in or an answer was lost.

import { readdirSync, readFileSync } from 'node:fs';
import { readJournal } from '../../server/compose/read-journal.js';
import { MOST_SEATS_A_PC } from '../../server/protocol/rehearsal.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { costOf } from '../../server/rehearsal/process-cost.js';
import { PAIRING_CODE } from '../browser/support/candidate.js';
import { Chromium } from '../browser/support/chromium.js';
import { Chromium74 } from '../browser/support/chromium-74.js';
import { StaffAtConsole } from '../browser/support/console.js';
import { Firefox } from '../browser/support/firefox.js';
import { BrowserRoom } from '../browser/support/room.js';
import type { RoomBrowser, RoomBrowserOptions } from '../browser/support/room-browser.js';

const [minutes = '1'] = process.argv.slice(2);
const SAMPLE_EVERY_MS = 1_000;
const CARD = `document.querySelector('.card.rehearsal')`;
const STAGE = `${CARD}.dataset.stage`;

const room = await BrowserRoom.start({
  ...{ startsInMs: 3_600_000, seats: 5, practice: false },
  settings: { preflight: { rehearsal: false }, probes: { addresses: [] } },
});
const options: RoomBrowserOptions = { origin: room.origin, ca: room.ca };
const desk = await Chromium.start(options);
let failed = false;
try {
  const sysadmin = await StaffAtConsole.open(desk, room, 'sysadmin');
  await sysadmin.tab('考前检查');
  for (const start of [Chromium.start, Chromium74.start, Firefox.start]) {
    const others = new Set(descendants());
    const browser: RoomBrowser = await start(options);
    try {
      const row = await play(browser, sysadmin, () => descendants().filter((pid) => !others.has(pid)));
      failed ||= row.handedIn < MOST_SEATS_A_PC || row.lost > 0;
      process.stdout.write(`${JSON.stringify(row)}\n`);
    } finally {
      await browser.close();
    }
  }
} finally {
  await desk.close();
  await room.close();
}
process.exit(failed ? 1 : 0);

async function play(browser: RoomBrowser, sysadmin: StaffAtConsole, pids: () => number[]) {
  const page = await browser.open('/');
  await page.waitFor(`/^[0-9]{6}$/.test((${PAIRING_CODE}) || '')`);
  await sysadmin.page.waitFor(`${CARD}.innerText.includes('1 台空闲考生机')`, 30_000);
  const idle = takes(pids());
  await sysadmin.fill('模拟考生总数', String(MOST_SEATS_A_PC));
  await sysadmin.fill('作答分钟', minutes);
  await sysadmin.button('开始演练');
  await sysadmin.page.waitFor(`${STAGE} !== 'none'`);
  const begunAt = Date.now();
  let most = takes(pids());
  while ((await sysadmin.page.evaluate<string>(STAGE)) !== 'none') {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
    const now = takes(pids());
    most = {
      memoryMb: Math.max(most.memoryMb, now.memoryMb),
      cpuSeconds: Math.max(most.cpuSeconds, now.cpuSeconds),
    };
  }
  const seconds = (Date.now() - begunAt) / 1_000;
  const found = await lastOne();
  const cpuSeconds = most.cpuSeconds - idle.cpuSeconds;
  const { handedIn, acknowledged, lost, refused, problems, ended, phases } = found;
  return {
    browser: browser.name,
    ...{ ended, handedIn, acknowledged, lost, refused, problems },
    seconds: Math.round(seconds),
    memoryMb: { idle: idle.memoryMb, most: most.memoryMb },
    cpuSeconds: Math.round(cpuSeconds * 10) / 10,
    p99Ms: Object.fromEntries(Object.entries(phases).map(([phase, { p99 }]) => [phase, Math.round(p99)])),
  };
}

async function lastOne() {
  const journal = await readJournal(room.demo.data, room.demo.room, 'beside');
  let found = null;
  for await (const row of journal.replay(0)) {
    const event = eventOf(row);
    if (event.type === 'room-rehearsed') found = event;
  }
  await journal.close();
  if (found === null) throw new Error('Nothing is in the journal');
  return found;
}

/** Memory counts what processes share once (PSS). */
function takes(pids: readonly number[]): { memoryMb: number; cpuSeconds: number } {
  let kb = 0;
  let cpuSeconds = 0;
  for (const pid of pids)
    try {
      kb += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
      cpuSeconds += costOf(pid)?.cpuSeconds ?? 0;
    } catch {
      // It has just ended.
    }
  return { memoryMb: Math.round(kb / 1_024), cpuSeconds };
}

/** All processes that this one has started, and theirs; without the room and its practice room. */
function descendants(): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one)))
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ');
      const parent = Number(fields[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has just ended.
    }
  const found: number[] = [];
  const look = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      if (child === room.serverPid) continue;
      found.push(child);
      look(child);
    }
  };
  look(process.pid);
  return found;
}
