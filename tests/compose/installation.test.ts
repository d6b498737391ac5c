// The seal is of what is installed [SL8]: the service says it at the start and before anybody signs, and what was changed in
// between breaks the seal by name, for staff and in the bundle.

import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fingerprintOf } from '../../server/compose/installation.js';
import { readConfig } from '../../server/config.js';
import type { Event } from '../../server/core/events.js';
import { preflightView, sessionView } from '../../server/core/views.js';
import { SEAL_TICKS } from '../../server/core/device-types.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { createLog } from '../../server/log.js';
import { startServer, type RunningServer } from '../../server/main.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { freePort } from '../../server/rehearsal/free-port.js';
import { fetchBytes } from '../../server/rehearsal/room-address.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import {
  answerAll,
  beginSession,
  collectSession,
  preparedData,
  sessionIdOf,
  staff,
  type DataFolder,
} from '../support/direct-session.js';
import { PINS, type SmallExamOptions } from '../support/small-exam.js';

t.setTimeout(560_000);

const SCRIPT = 'kind: contact\nrepeat: true\nsteps: [{for: 5}]\n';
const BASE = { host: '127.0.0.1', httpsPort: 0, ballastMegabytes: 1 };

class SealedRoom {
  server!: RunningServer;

  private constructor(readonly folder: DataFolder) {}

  static async open(
    t: { teardown: (fn: () => Promise<void>) => void },
    options: SmallExamOptions = {},
  ): Promise<SealedRoom> {
    const room = new SealedRoom(await preparedData(options));
    room.set({});
    await room.start();
    t.teardown(async () => {
      await room.server.stop();
      room.folder.remove();
    });
    return room;
  }

  /** What the technician writes into config.json; read at the next start. */
  set(more: object): void {
    writeFileSync(join(this.folder.data, 'config.json'), JSON.stringify({ ...BASE, ...more }));
  }

  async start(): Promise<void> {
    const { data } = this.folder;
    const config = readConfig({ data, file: null });
    this.server = await startServer({ data, config, log: createLog('silent'), onFatal: () => undefined });
  }

  async restart(): Promise<void> {
    await this.server.stop();
    await this.start();
  }

  get sessionId(): string {
    return sessionIdOf(this.folder.exam);
  }

  get seal() {
    const session = this.server.room.state.sessions[this.sessionId];
    return session === undefined ? undefined : sessionView(session).seal;
  }

  sign(): void {
    for (const who of ['sysadmin', 'clerk'])
      staff(this.server, who, { type: 'sign-seal', sessionId: this.sessionId });
  }

  async events(...types: Event['type'][]): Promise<Event[]> {
    await this.server.room.settled();
    const found: Event[] = [];
    for await (const written of this.server.journal.replay(0)) {
      const event = eventOf(written);
      if (types.includes(event.type)) found.push(event);
    }
    return found;
  }
}

void t.test('[SL8] an unchanged restart keeps the seal and writes nothing', async (t) => {
  const room = await SealedRoom.open(t);
  room.sign();
  t.equal((await room.events('installation-fingerprinted')).length, 1);
  await room.restart();
  t.match(room.seal, { sysadmin: 'sysadmin', clerk: 'clerk', brokenBy: null });
  room.set({ logLevel: 'info' });
  await room.restart();
  t.match(room.seal, { brokenBy: null }, 'a default that is written out is the same setting');
  t.equal((await room.events('installation-fingerprinted')).length, 1);
});

void t.test('[SL8] a changed setting breaks the seal at the next start, by name', async (t) => {
  const room = await SealedRoom.open(t);
  room.sign();
  room.set({ logLevel: 'warn' });
  await room.restart();
  t.match(room.seal, { sysadmin: null, clerk: null, brokenBy: 'changed:config' });
  t.match(await room.events('seal-broken'), [{ by: 'changed:config', sessionId: room.sessionId }]);
  room.sign();
  t.match(room.seal, { clerk: 'clerk', brokenBy: null }, 'and is signed anew');
});

void t.test('[SL8] the wires are open before the comparison ends, and no staff act passes it', async (t) => {
  const room = await SealedRoom.open(t);
  room.sign();
  await room.server.room.settled();
  await room.server.stop();
  const { data } = room.folder;
  const httpsPort = await freePort();
  // A program that takes long to read.
  const webFolder = join(data, 'large-web');
  mkdirSync(webFolder);
  writeFileSync(join(webFolder, 'large.bin'), '');
  truncateSync(join(webFolder, 'large.bin'), 256 * 2 ** 20);
  room.set({ httpsPort, webFolder });
  const address = {
    url: `https://127.0.0.1:${httpsPort}`,
    ca: readFileSync(join(data, 'tls', 'ca.crt'), 'utf8'),
    serverName: 'room.exam',
  };
  const order: string[] = [];
  const started = room.start().then(() => order.push('compared'));
  const chief = new SimulatedStaff(address, 'chief', PINS.chief);
  t.teardown(() => Promise.resolve(chief.stop()));
  const signedIn = chief.signIn();
  for (;;) {
    const isOpen = await fetchBytes(address, '/healthz').then(
      () => true,
      () => false,
    );
    if (isOpen) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  order.push('open');
  await Promise.all([started, signedIn]);
  t.same(order, ['open', 'compared']);
  t.match(await chief.command({ type: 'open-entry', sessionId: room.sessionId }), {
    ...{ ok: false, code: 'wrong-phase' },
  });
  t.match(room.seal, { brokenBy: 'changed:version,config' });
  const types = (await room.events('seal-broken', 'staff-signed-in')).map(({ type }) => type);
  t.same(types.slice(-2), ['seal-broken', 'staff-signed-in']);
});

void t.test('[SL8] what was changed in the middle of an exam is in its bundle', async (t) => {
  const room = await SealedRoom.open(t);
  const { exam, data } = room.folder;
  await beginSession(room.server, exam);
  answerAll(room.server, exam);
  room.set({ uploads: { megabytesPerSecond: 4 } });
  await room.restart();
  t.match(room.seal, { sysadmin: 'sysadmin', brokenBy: 'changed:config' }, 'the exam goes on, shown broken');
  await collectSession(room.server, exam);
  const file = new BundleFiles(data).sealed(room.sessionId);
  const { report, state } = await verifyBundle({
    ...{ file: readFileSync(file), envelope: readFileSync(file + STATEMENT_SUFFIX) },
    ...{ trust: [exam.room.public], identity: exam.org.identity },
  });
  t.same(report.problems, []);
  t.equal(state?.sessions[room.sessionId]?.seal.brokenBy, 'changed:config', 'as its journal says');
  t.same(state?.installation, room.server.room.state.installation);
});

void t.test('[SL8] a device, a file that it names, and a pairing are parts of their own', async (t) => {
  const room = await SealedRoom.open(t);
  const script = join(room.folder.data, 'door.yaml');
  writeFileSync(script, SCRIPT);
  room.set({ devices: [{ id: 'door', name: '门', adapter: 'simulated', script: 'door.yaml' }] });
  await room.restart();
  room.sign();
  await room.restart();
  t.match(room.seal, { brokenBy: null }, 'the same device');
  writeFileSync(script, `${SCRIPT}# another\n`);
  await room.restart();
  t.match(room.seal, { brokenBy: 'changed:devices' });
  room.sign();
  const [seat] = room.folder.exam.source.roster;
  const seatId = seat?.seatId ?? '';
  staff(room.server, 'sysadmin', { type: 'pair-seat', seatId, pcId: 'pc-1' });
  t.ok(room.seal?.brokenBy, 'a pairing breaks it by itself');
  room.sign();
  t.match(
    room.seal,
    { clerk: 'clerk', brokenBy: null },
    'signed in the same moment: for the seats as they are',
  );
  const before = room.server.room.state.installation;
  await room.restart();
  t.same(room.server.room.state.installation, before);
  t.match(room.seal, { brokenBy: null });
});

void t.test('[SL8] who pairs forty PCs is told of it once', async (t) => {
  const room = await SealedRoom.open(t, { candidates: 40 });
  for (const { seatId } of room.folder.exam.source.roster)
    staff(room.server, 'sysadmin', { type: 'pair-seat', seatId, pcId: `pc-${seatId}` });
  const { seats } = room.server.room.state.installation ?? {};
  await new Promise<void>((resolve) => {
    room.server.room.subscribe((published) => {
      if (published.some(({ event }) => event.type === 'installation-fingerprinted')) resolve();
    });
  });
  t.not(room.server.room.state.installation?.seats, seats);
  t.equal((await room.events('installation-fingerprinted')).length, 2);
});

void t.test('[SL7] a report is of what is installed when it is recorded', async (t) => {
  const room = await SealedRoom.open(t, { policy: { sealNeedsReport: true } });
  const [seat] = room.folder.exam.source.roster;
  staff(room.server, 'sysadmin', { type: 'pair-seat', seatId: seat?.seatId ?? '', pcId: 'pc-1' });
  const counts = { green: 50, amber: 2, red: 0, unknown: 0, redLines: [] };
  const record = () =>
    room.server.room.handle({
      ...{ type: 'record-preflight', reportId: 'report-1', hash: 'f'.repeat(64), ...counts },
      by: { kind: 'room' },
    });
  record();
  const sign = () =>
    room.server.room.handle({
      ...{ type: 'sign-seal', sessionId: room.sessionId, ticks: [...SEAL_TICKS], reportId: 'report-1' },
      by: { kind: 'staff', staffId: 'sysadmin', station: 'test' },
    }).refusal?.code ?? null;
  room.set({ extraNames: ['room-2.exam'] });
  await room.restart();
  t.same(preflightView(room.server.room.state)?.changed, ['config']);
  t.equal(sign(), 'report-old');
  record();
  t.equal(sign(), null);
});

void t.test(
  '[SL8] settings are hashed under a key of the room: no password is guessed from it',
  async (t) => {
    const [one, other] = [await SealedRoom.open(t), await SealedRoom.open(t)];
    const of = (room: SealedRoom) => room.server.room.state.installation;
    t.not(of(one)?.config, of(other)?.config, 'the same settings in two rooms');
    t.not(of(one)?.devices, of(other)?.devices);
    t.equal(of(one)?.version, of(other)?.version);
    t.equal(of(one)?.package, one.server.room.state.package?.manifestHash);
  },
);

void t.test('[SL8] seats are the same in whatever order they were paired', (t) => {
  const fixed = { version: 'v', config: 'c', devices: 'd' };
  const seat = (seatId: string, pcId: string | null) => [seatId, { seatId, pcId }] as const;
  const print = (...all: (readonly [string, { seatId: string; pcId: string | null }])[]) =>
    fingerprintOf({ package: null, seats: Object.fromEntries(all) } as never, fixed).seats;
  const both = print(seat('a', '1'), seat('b', '2'));
  t.equal(print(seat('b', '2'), seat('a', '1'), seat('c', null)), both);
  t.not(print(seat('a', '2'), seat('b', '1')), both);
  t.not(print(seat('a', '1'), seat('b', null)), both);
  t.end();
});
