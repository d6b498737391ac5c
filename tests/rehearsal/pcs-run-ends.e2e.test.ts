// A rehearsal on the room's own PCs that somebody stops, or that would never end by itself: real practice rooms in processes of
// their own, a page that plays at a snail's pace, and a limit whose time the test drives. Nothing of it may stay behind.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { WebSocket } from 'ws';
import { RoomRehearsal } from '../../server/compose/room-rehearsal.js';
import { routeUpgrades } from '../../server/http/upgrades.js';
import { createLog } from '../../server/log.js';
import {
  REHEARSAL_SUBPROTOCOL,
  type RehearsalPageMessage,
  type RehearsalRoomMessage,
  type RehearsalStage,
} from '../../server/protocol/rehearsal.js';
import { DrivenTimers } from '../devices/support/driven-timers.js';
import { HeldJournal } from '../support/held-journal.js';
import { SeatsSetting } from '../support/seats-setting.js';
import { byRoom, must, smallPackage } from '../support/small-room.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(560_000);
const LIMIT_MS = 24 * 60_000;
const SEATS = 3;

/** A page that comes as far as answering, has saved twelve times, and never hands in. */
class SlowPage {
  readonly heard: RehearsalRoomMessage['t'][] = [];
  readonly #ws: WebSocket;
  readonly closed: Promise<void>;

  constructor(url: string, word: string) {
    this.#ws = new WebSocket(`${url}/rehearsal/pc`, REHEARSAL_SUBPROTOCOL);
    this.closed = new Promise((resolve) => this.#ws.once('close', () => resolve()));
    this.#ws.on('open', () => this.#say({ t: 'join', word }));
    this.#ws.on('error', () => undefined);
    this.#ws.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as RehearsalRoomMessage;
      this.heard.push(message.t);
      if (message.t !== 'stop') return this.#progress();
      this.#say({
        ...{ t: 'figures', handedIn: 0, acknowledged: 12, lost: 0, refused: 0, problems: [], held: [] },
        tookMs: { save: Array.from({ length: 12 }, (_, index) => index + 1) },
      });
    });
  }

  #progress(): void {
    const all = { connected: SEATS, fetched: SEATS, ready: SEATS, answering: SEATS, alive: SEATS };
    this.#say({ t: 'progress', ...all, done: 0, saves: 12, saveP99Ms: 12 });
  }

  #say(message: RehearsalPageMessage): void {
    this.#ws.send(JSON.stringify(message));
  }
}

/** @param called is told once the PCs are asked to play */
async function opened(
  t: { teardown: (fn: () => Promise<void>) => void },
  called: (folder: string) => void = () => undefined,
) {
  const folder = mkdtempSync(join(tmpdir(), 'pcs-run-'));
  const journal = new HeldJournal({ auto: true });
  const setting = await SeatsSetting.open({ journal });
  must(setting.room, { type: 'install-package', package: smallPackage(), by: byRoom });
  await setting.paired(0);
  const timers = new DrivenTimers();
  const pages: SlowPage[] = [];
  const rehearsal = new RoomRehearsal({
    ...{ room: setting.room, folder, command: COMMAND, version: '0.1.0', log: createLog('silent') },
    after: (ms, call) => timers.after(ms, call),
    seats: {
      idlePcs: () => setting.gateway.idlePcs(),
      rehearse: (words) => {
        if (words !== null) called(folder);
        for (const word of words?.values() ?? []) pages.push(new SlowPage(url, word));
      },
    },
  });
  const server = createServer();
  routeUpgrades(server, rehearsal.upgrades, []);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(async () => {
    await rehearsal.stop();
    server.close();
    await setting.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const events = (type: string) => journal.entries.filter((entry) => entry.type === type);
  const stage = (wanted: RehearsalStage) => until(() => rehearsal.view().run?.stage === wanted);
  const over = () => until(() => rehearsal.view().run === null);
  return { rehearsal, journal, timers, folder, pages, events, stage, over };
}
const WISH = { seats: SEATS, minutes: 20 };
const XI = { kind: 'staff', staffId: 'xi', station: '10.0.0.2' } as const;
const ZHANG = { ...XI, staffId: 'zhang' } as const;
const CHIEF = { ...XI, staffId: 'yan' } as const;

void t.test('[SM5] who stops one, when, and what was measured by then, before any PC hears it', async (t) => {
  const { rehearsal, journal, folder, pages, events, stage, over } = await opened(t);
  journal.auto = false;
  const beginning = rehearsal.begin(XI, WISH, false);
  for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
  t.equal(running(folder), null, 'nothing is made before its begin is on the disk');
  journal.auto = true;
  journal.release();
  t.equal(await beginning, null);
  const [begun] = events('rehearsal-begun') as unknown as [{ body: object }];
  t.match(begun, { body: { begunBy: 'xi', seats: SEATS, lastsMs: 20 * 60_000, pcs: 1 } });
  await stage('answering');
  journal.auto = false;
  let said = false;
  const refused = rehearsal.end(CHIEF);
  const ending = rehearsal.end(ZHANG).then(() => (said = true));
  const second = rehearsal.end(XI);
  for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
  t.equal(said, false, 'nobody is told before it is on the disk');
  t.notOk(pages[0]?.heard.includes('stop'));
  journal.auto = true;
  journal.release();
  await Promise.all([ending, second]);
  t.match(await refused, { code: 'not-allowed' });
  t.match(events('command-refused'), [{ body: { command: 'stop-rehearsal', code: 'not-allowed' } }]);
  t.match(events('rehearsal-stopped'), { length: 1 }, 'whoever presses second stops nothing');
  const [{ body }] = events('rehearsal-stopped') as unknown as [{ body: object }];
  t.match(body, {
    ...{ stoppedBy: 'zhang', stage: 'answering', pcs: 1, seats: SEATS, connected: SEATS },
    ...{ answering: SEATS, handedIn: 0, saves: 12, saveP99Ms: 12 },
  });
  await over();
  const last = rehearsal.view().last;
  t.match(last, { ended: 'stopped', begunBy: 'xi', stoppedBy: 'zhang', acknowledged: 12, problems: [] });
  t.equal((body as { runId: string }).runId, last?.runId);
  await pages[0]?.closed;
  t.same(readdirSync(folder), []);
  await rehearsal.end(ZHANG);
  t.match(events('rehearsal-stopped'), { length: 1 }, 'nothing under way, nothing to stop');
});

void t.test('a practice that never ends is over with its time limit, and its figures are kept', async (t) => {
  const { rehearsal, timers, folder, pages, events, stage, over } = await opened(t);
  await rehearsal.begin(XI, WISH, false);
  await stage('answering');
  await timers.pass(LIMIT_MS - 1);
  t.equal(rehearsal.view().run?.stage, 'answering', 'not a millisecond before');
  t.ok(running(folder));
  await timers.pass(1);
  await over();
  t.match(rehearsal.view().last, {
    ended: 'time-limit',
    seats: SEATS,
    acknowledged: 12,
    lost: 0,
    problems: [],
  });
  t.notOk('stoppedBy' in (rehearsal.view().last ?? {}), 'nobody stopped it');
  t.match(rehearsal.view().last, { phases: { save: { count: 12, p99: 12 } } });
  t.same(events('rehearsal-stopped'), []);
  t.equal(pages[0]?.heard.at(-1), 'stop');
  await pages[0]?.closed;
  t.notOk(running(folder), 'the practice room has ended');
  t.same(readdirSync(folder), []);
  t.equal(timers.waiting, 0);
});

void t.test('a practice room that hangs does not hold the limit up', async (t) => {
  const { rehearsal, timers, folder, stage, over } = await opened(t, (inFolder) =>
    process.kill(running(inFolder) ?? NaN, 'SIGSTOP'),
  );
  await rehearsal.begin(XI, WISH, false);
  await stage('entering');
  await timers.pass(LIMIT_MS);
  await over();
  const { last } = rehearsal.view();
  t.match(last, { ended: 'time-limit', acknowledged: 12 });
  t.match(last?.problems.join(), /没有回应，已强行结束/);
  t.notOk(running(folder));
  t.same(readdirSync(folder), []);
});

void t.test('a limit that comes while the practice room is still being made ends it as well', async (t) => {
  const { rehearsal, timers, folder, pages, stage, over } = await opened(t);
  await rehearsal.begin(XI, WISH, false);
  await stage('preparing');
  await timers.pass(LIMIT_MS);
  await over();
  t.match(rehearsal.view().last, { ended: 'time-limit', seats: 0, problems: [] });
  t.same(pages, [], 'no PC was asked');
  await until(() => readdirSync(folder).length === 0 && running(folder) === null);
});

/** The process of the practice room in this folder. */
function running(folder: string): number | null {
  try {
    return Number(execFileSync('pgrep', ['-f', folder], { encoding: 'utf8' }).split('\n')[0]);
  } catch {
    return null;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_200 && !holds(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (!holds()) throw new Error('It never came to hold');
}
