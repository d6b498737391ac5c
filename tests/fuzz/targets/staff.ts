// Packets of staff pages on the socket that socket.io opens: engine packets, events, sign-ins and commands, whole and broken. A
// refusal is documented and changes nothing but its own record; no PIN and no code comes back or is logged.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STAFF_RULES } from '../../../server/compose/rules.js';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { decide } from '../../../server/core/decide.js';
import { changesDeadlines, nextDeadline } from '../../../server/core/deadlines.js';
import { evolve } from '../../../server/core/evolve.js';
import { initialState } from '../../../server/core/initial.js';
import { REFUSAL_CODES } from '../../../server/core/refusals.js';
import type { Log } from '../../../server/log.js';
import { createStaffGateway, STAFF_SOCKET_PATH } from '../../../server/proctor/gateway.js';
import { createRoom, type RunningRoom } from '../../../server/room.js';
import { DrivenClocks, NINE_O_CLOCK } from '../../support/driven-clocks.js';
import { HeldJournal } from '../../support/held-journal.js';
import { byRoom, deal, must, PAPER, SESSION, smallPackage, STAFF } from '../../support/small-room.js';
import { mutateBytes, TEXTS } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import type { Random } from '../random.js';
import { expect, showBytes, type OpenTarget, type Target } from '../target.js';

const PIN = '91827364';
const START_CODE = '777712348888123499991';
const ORG_CODE = '55554444333322';
const PC = 'a'.repeat(32);

interface Outcome {
  ok: boolean;
  code?: string;
}

interface Packet {
  staffId: string;
  event: string;
  payload: string;
  /** The written packet, where it was changed as such. */
  raw: string | null;
}

const CODES = new Set<string>([...REFUSAL_CODES, 'bad-request', 'too-fast']);
/** Rows that put a refusal on record. */
const RECORDS = new Set([
  'command-refused',
  'sign-in-refused',
  'code-refused',
  'candidate-refused',
  'log-in-refused',
]);
const one = { sessionId: SESSION };
const him = { ...one, candidateId: 'c1' };
const reason = '设备故障';
const CHECK_IN = {
  type: 'check-in',
  ...him,
  outcome: 'admitted',
  documentSeen: true,
  ticketSeen: true,
  reason: null,
  happenedAt: null,
};
const COMMANDS: readonly object[] = [
  { type: 'pair-seat', pairingCode: '123456', seatId: 's01' },
  { type: 'unpair-seat', seatId: 's01', reason },
  { type: 'sign-seal', ...one },
  { type: 'sign-seal', ...one },
  { type: 'confirm-seal', ...one, orgCode: ORG_CODE },
  { type: 'open-entry', ...one },
  CHECK_IN,
  { type: 'correct-check-in', ...him, reason },
  { type: 'open-paper', ...one, paperId: PAPER, startCode: START_CODE, pin: PIN },
  { type: 'enable-reserve', ...one, paperId: PAPER, reason, orgCode: ORG_CODE },
  { type: 'delay-start', ...one, minutes: 5, reason, orgCode: null },
  { type: 'start-session', ...one },
  { type: 'pause-session', ...one, cause: 'chief', reason },
  { type: 'resume-session', ...one },
  { type: 'report-mains', present: false },
  { type: 'request-extension', ...him, minutes: 5, reason },
  { type: 'approve-extension', ...one, requestId: 'id-1', orgCode: null },
  { type: 'approve-extension', ...one, requestId: 'id-1', orgCode: ORG_CODE },
  { type: 'reject-extension', ...one, requestId: 'id-1', reason },
  { type: 'swap-machine', ...him, toSeatId: 'b1', reason },
  { type: 'correct-swap', ...him, reason },
  { type: 'answer-hand', ...him },
  { type: 'leave-room', ...him, accompaniedBy: '静安' },
  { type: 'return-to-room', ...him },
  { type: 'end-candidate', ...him, reason: 'illness', text: reason },
  { type: 'reopen-candidate', ...him, reason },
  { type: 'record-incident', ...him, category: 'machine', text: reason, happenedAt: null },
  { type: 'send-message', ...him, text: reason },
  { type: 'end-session', ...one, reason },
  { type: 'close-suspended', ...one },
  { type: 'continue-suspended', ...one },
  { type: 'collect-session', ...one, withoutSeats: [], reason: null },
  { type: 'build-bundle', ...one },
  { type: 'confirm-receipt', ...one, receipt: '{}' },
  { type: 'confirm-clock', wallRight: true },
  { type: 'stand-in', ...one, staffId: 'wu', role: 'proctor', absentStaffId: 'jian', reason },
];

/** The room with its staff gateway, and everything that was logged. */
async function begin() {
  const clocks = new DrivenClocks({ wall: NINE_O_CLOCK - 20 * 60_000 });
  const journal = new HeldJournal({ auto: true });
  const logged: string[] = [];
  const note = (...given: unknown[]) =>
    void logged.push(
      given.map((part) => (part instanceof Error ? part.stack : JSON.stringify(part, withErrors))).join(' '),
    );
  const log = { info: note, warn: note, error: note, fatal: note, debug: note } as unknown as Log;
  const rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
  const room = await createRoom({
    journal,
    rules,
    clocks,
    alarm: clocks,
    log,
    version: 'test',
    onFailure: () => undefined,
  });
  must(room, { type: 'install-package', package: smallPackage(), by: byRoom });
  let ids = 0;
  const gateway = createStaffGateway({
    room,
    rules: STAFF_RULES,
    log,
    checkStaffPin: (_staffId, pin) => Promise.resolve(pin === PIN),
    checkOrgCode: (_scope, typed) => (typed === ORG_CODE ? (ids % 9_000) + 1 : null),
    openPaper: ({ startCode, pin }) => Promise.resolve(startCode === START_CODE && pin === PIN),
    presence: () => null,
    pcOfPairingCode: (code) => (code === '123456' ? PC : null),
    pendingPairings: () => [],
    photoUrl: (hash) => `/photos/${hash}`,
    bundleFiles: () => [],
    buildBundle: () => Promise.resolve(null),
    bundleProgress: () => null,
    verifyReceipt: () => null,
    newId: () => `id-${++ids}`,
  });
  const server = createServer();
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    room.stop();
    await gateway.close();
    server.closeAllConnections();
  };
  return {
    room,
    journal,
    logged,
    clocks,
    url: `ws://127.0.0.1:${port}${STAFF_SOCKET_PATH}/?EIO=4&transport=websocket`,
    close,
  };
}

const withErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? `${value.message} ${value.stack}` : value;

/** A page that speaks socket.io with its own mouth. */
class BarePage {
  readonly heard: string[] = [];
  closed = false;
  used = 0;
  #next = 1;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      if (text === '2') socket.send('3');
      else this.heard.push(text);
    });
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }

  giveUp(): void {
    this.closed = true;
    this.socket.terminate();
  }

  static async open(url: string): Promise<BarePage> {
    const page = new BarePage(new WebSocket(url, { perMessageDeflate: false }));
    await once(page.socket, 'open');
    page.socket.send('40');
    await page.until((text) => text.startsWith('40'));
    return page;
  }

  /** Sends an event and gives the outcome, or null where the line was closed instead. */
  async ask(event: string, payload: string, patienceMs = 8_000): Promise<Outcome | null> {
    const id = this.#next++;
    this.socket.send(`42${id}[${JSON.stringify(event)},${payload}]`);
    return this.answerTo(id, patienceMs);
  }

  private async answerTo(id: number, patienceMs: number): Promise<Outcome | null> {
    const found = await this.until((text) => text.startsWith(`43${id}[`), patienceMs);
    return found === null ? null : (JSON.parse(found.slice(found.indexOf('['))) as [Outcome])[0];
  }

  /** The first packet that fits; null once the line is closed or patience is over. */
  async until(fits: (text: string) => boolean, patienceMs = 8_000): Promise<string | null> {
    const from = performance.now();
    for (let turns = 0; performance.now() - from < patienceMs; turns++) {
      const found = this.heard.find(fits);
      if (found !== undefined) return found;
      if (this.closed) return null;
      await new Promise((resolve) => setTimeout(resolve, turns < 20 ? 0 : 1));
    }
    return null;
  }
}

async function openStaff(): Promise<OpenTarget<Packet>> {
  let setting = await begin();
  let pages = new Map<string, BarePage>();
  let inputs = 0;
  const pageOf = async (staffId: string): Promise<BarePage> => {
    const known = pages.get(staffId);
    if (known !== undefined && !known.closed && known.used < 40) return known;
    known?.socket.terminate();
    const page = await BarePage.open(setting.url);
    const outcome = await page.ask('sign-in', JSON.stringify({ staffId, pin: PIN }));
    expect(
      outcome?.ok === true || outcome?.code === 'sign-in-locked',
      `${staffId} could not sign in: ${outcome?.code}`,
    );
    pages.set(staffId, page);
    return page;
  };
  const anew = async () => {
    for (const page of pages.values()) page.socket.terminate();
    pages = new Map();
    await setting.close();
    setting = await begin();
    // Half of the rooms have begun, so that more of the acts have something to act on.
    if ((inputs / 100) % 2 === 1) advance(setting.room, setting.clocks);
  };
  return {
    sample: (random) => {
      const staffId = random.pick(Object.keys(STAFF));
      if (random.onceIn(10))
        return {
          staffId,
          event: 'sign-in',
          payload: JSON.stringify({ staffId: 'jian', pin: random.pick([PIN, '0000']) }),
          raw: null,
        };
      if (random.onceIn(20))
        return { staffId, event: 'resume', payload: JSON.stringify({ token: 'x'.repeat(32) }), raw: null };
      return { staffId, event: 'command', payload: JSON.stringify(random.pick(COMMANDS)), raw: null };
    },
    mutate: (packet, random) => mutatePacket(packet, random),
    attempt: async ({ staffId, event, payload, raw }) => {
      inputs += 1;
      if (inputs % 100 === 0) await anew();
      const page = await pageOf(staffId);
      page.used += 1;
      const { room, journal, logged } = setting;
      await room.settled();
      const before = picture(room);
      const rows = journal.entries.length;
      const heard = page.heard.length;
      logged.length = 0;
      let outcome: Outcome | null = null;
      if (raw === null) {
        outcome = await page.ask(event, payload);
        if (outcome === null) expect(page.closed, 'An event without an answer');
        if (outcome === null)
          expect(
            !isJson(payload) || Buffer.byteLength(payload) > 60_000,
            'A whole event cost the connection',
          );
      } else page.socket.send(raw);
      // Whatever it was, the next question is answered, or the line is given up: a packet may say good-bye to the socket alone.
      const fence = await page.ask('resume', '{"token":"none"}', raw === null ? 8_000 : 150);
      if (fence === null) page.giveUp();
      else expect(fence.code === 'sign-in-refused' || fence.code === 'too-fast', `The fence: ${fence.code}`);
      await room.settled();
      const said = page.heard.slice(heard).join('\n') + logged.join('\n');
      expect(!/"code":"failed"/.test(said), () => `failed: ${logged.join(' ').slice(0, 600)}`);
      if (outcome !== null && !outcome.ok) {
        expect(CODES.has(outcome.code ?? ''), () => `refused with ${outcome.code}`);
        expect(picture(room) === before, () => `${outcome.code} changed the room`);
        const news = journal.entries.slice(rows).map(({ type }) => type);
        expect(
          news.every((type) => RECORDS.has(type)),
          () => `${outcome.code} made ${news.join()}`,
        );
      }
      if (raw === null && outcome !== null && !isJson(payload))
        expect(!outcome.ok, 'What is no JSON was taken');
      for (const secret of [PIN, START_CODE, ORG_CODE])
        expect(!said.includes(secret), 'A PIN or a code came back, or was logged');
    },
    show: ({ staffId, event, payload, raw }) =>
      `${staffId} ${event} ${raw === null ? showBytes(Buffer.from(payload)) : `raw ${showBytes(Buffer.from(raw))}`}`,
    close: async () => {
      for (const page of pages.values()) page.socket.terminate();
      await setting.close();
    },
  };
}

function mutatePacket(packet: Packet, random: Random): Packet {
  const written =
    packet.raw ?? `42${1_000_000 + random.below(1_000)}[${JSON.stringify(packet.event)},${packet.payload}]`;
  switch (random.below(8)) {
    case 0:
      return { ...packet, raw: mutateBytes(Buffer.from(written), random).toString('utf8') };
    case 1:
      return {
        ...packet,
        raw: random.pick([
          '0',
          '1',
          '2probe',
          '3',
          '4',
          '5',
          '6',
          '40/x,',
          '41',
          '42',
          '42[]',
          '42["command"]',
          '421["sign-out"]',
          '42["sign-out",{}]',
          '43',
          '44',
          '45',
          '451-["command",{"_placeholder":true,"num":0}]',
          '46',
          '9',
          'x',
          '',
          '\u001e',
          '42["__proto__",{}]',
          '42["connect"]',
          '42["disconnect"]',
          '42["error",1]',
          '42999999999999999999["command",{}]',
        ]),
      };
    case 2:
      return {
        ...packet,
        raw: `42${1_000_000 + random.below(1_000)}[${JSON.stringify(random.pick([...TEXTS, 'command', 'sign-in', 'disconnecting', 'newListener']))},${packet.payload}]`,
      };
    default:
      return { ...packet, payload: mutateJson(packet.payload, random) };
  }
}

/** Everything but how often somebody failed, which a refusal counts. */
function picture({ state }: RunningRoom): string {
  return JSON.stringify(state, (key: string, value: unknown) =>
    /^(failed|lockedUntil|codesLocked|orgCodesLocked)/.test(key) ? undefined : value,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function advance(room: RunningRoom, clocks: DrivenClocks): void {
  const staff = (staffId: string, command: object) =>
    must(room, { ...command, by: { kind: 'staff', staffId, station: 'test' } } as never);
  staff('xi', { type: 'sign-seal', ...one });
  staff('wu', { type: 'sign-seal', ...one });
  staff('yan', { type: 'open-entry', ...one });
  deal(room, 3);
  staff('jian', CHECK_IN);
  clocks.pass(20 * 60_000);
  staff('yan', { type: 'open-paper', ...one, paperId: PAPER, opened: true, codeId: 'code-1' });
  staff('yan', { type: 'start-session', ...one });
}

export const staffTargets: readonly Target[] = [
  {
    name: 'staff-events',
    reads: ['server/proctor/gateway.ts', 'server/proctor/requests.ts', 'server/proctor/sign-ins.ts'],
    about:
      'Every staff command, sign-in and engine packet on a bare socket as each role; events, JSON and bytes changed.',
    inputsInTests: 150,
    open: () => openStaff() as Promise<OpenTarget<unknown>>,
  },
];
