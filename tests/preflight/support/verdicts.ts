// For every line of a check of the room: what makes it well and what does not, by the same judgement that the room uses. One entry a
// line; the test that reads it fails where a line has none.

import { MACHINE_BANDS as bands, PC_BANDS } from '../../../server/core/preflight-bands.js';
import type { InstalledPackage } from '../../../server/core/types.js';
import type { Judgement, Verdict } from '../../../server/preflight/line.js';
import * as machine from '../../../server/preflight/machine-checks.js';
import * as pack from '../../../server/preflight/package-checks.js';
import { judgeSeats, PC_QUESTIONS } from '../../../server/preflight/pc-checks.js';
import type { SeatFacts } from '../../../server/preflight/pc-facts.js';
import { judgeRehearsal, type RehearsalFound } from '../../../server/preflight/room-checks.js';
import { judgeSpareServer } from '../../../server/preflight/spare-server.js';
import * as service from '../../../server/preflight/service-checks.js';
import { SESSION, smallPackage } from '../../support/small-room.js';
import { PCS_REHEARSAL } from './pcs-rehearsal-verdicts.js';

/** Findings by the verdict that they lead to. */
export type Cases = Partial<Record<Verdict, () => Judgement | Judgement[]>>;

const GIB = 2 ** 30;
export const NOW = 1_780_000_000_000;
const DAY = 86_400_000;
const HOUR = 3_600_000;

const card = (more: Partial<machine.NetworkCard> = {}): machine.NetworkCard => ({
  ...{ name: 'eth0', address: '10.0.0.2', megabits: 1_000, dhcp: false, wireless: false, virtual: false },
  ...more,
});
const sync = (p99Ms: number) => machine.judgeSync({ p50Ms: 1, p99Ms, writes: 200 }, bands);
const host = (virtual: boolean, name = '', model = '') =>
  machine.judgeMachine({ virtual, host: name, model });
const system = (platform: string, release: string) => machine.judgeSystem({ platform, name: 'x', release });
const clock = (...offsets: (number | null)[]) =>
  service.judgeClock(offsets.map((offsetMs, index) => ({ server: `t${index}`, offsetMs })));
const reach = (...oks: boolean[]) =>
  service.judgeInternet(oks.map((ok) => ({ url: 'https://org.example/', ok, tookMs: 12 })));
const port = (state: 'free' | 'ours' | 'taken', holder: string | null = null) =>
  service.judgePort({ port: 8443, state, holder });

export const MACHINE: Record<string, Cases> = {
  'server.cores': {
    green: () => machine.judgeCores({ cores: 8, model: 'x' }, bands),
    amber: () => [6, 7].map((cores) => machine.judgeCores({ cores, model: 'x' }, bands)),
    red: () => [1, 5].map((cores) => machine.judgeCores({ cores, model: 'x' }, bands)),
  },
  'server.memory': {
    // 16 GB of which the graphics card takes some.
    green: () => [16, 15.4, 64].map((gib) => machine.judgeMemory(gib * GIB, bands)),
    red: () => [8, 14].map((gib) => machine.judgeMemory(gib * GIB, bands)),
  },
  'server.disk-size': {
    green: () => [500e9, 480e9, 2e12].map((bytes) => machine.judgeDiskSize(bytes, bands)),
    red: () => machine.judgeDiskSize(256e9, bands),
  },
  'server.disk-free': {
    green: () => machine.judgeDiskFree(100e9, bands),
    amber: () => machine.judgeDiskFree(99e9, bands),
    red: () => machine.judgeDiskFree(34e9, bands),
  },
  'server.disk-sync': { green: () => sync(20), amber: () => [sync(21), sync(50)], red: () => sync(51) },
  'server.network-speed': {
    green: () => machine.judgeSpeed([card()], bands),
    red: () => [
      machine.judgeSpeed([card({ megabits: 100 })], bands),
      machine.judgeSpeed([card({ wireless: true })], bands),
      machine.judgeSpeed([], bands),
    ],
    unknown: () => machine.judgeSpeed([card({ megabits: null })], bands),
  },
  'server.address': {
    green: () => machine.judgeAddress([card()]),
    red: () => [machine.judgeAddress([card({ dhcp: true })]), machine.judgeAddress([])],
    unknown: () => machine.judgeAddress([card({ dhcp: null })]),
  },
  'server.virtual-machine': {
    green: () => host(false, '', 'Dell PowerEdge'),
    amber: () => [host(true, 'KVM'), host(true, 'VMware', 'VMware7,1'), host(true, 'Hyper-V')],
    red: () => [host(true, 'VirtualBox'), host(true, '', 'Parallels Virtual Platform'), host(true, 'WSL')],
  },
  'server.system': {
    green: () => [system('win32', '10.0.17763'), system('linux', '12')],
    red: () => [system('win32', '6.1.7601'), system('darwin', '23.1')],
  },
};

export const SERVICE: Record<string, Cases> = {
  'server.clock': {
    green: () => [clock(0), clock(-499, 300), clock(null, 20)],
    amber: () => [clock(501), clock(-1_999)],
    // Far off, and two that contradict each other.
    red: () => [clock(2_001), clock(-2_600, 2_600)],
    unknown: () => [clock(), clock(null, null)],
  },
  'server.time-zone': {
    green: () => ['Asia/Shanghai', 'PRC'].map(service.judgeTimeZone),
    amber: () => ['UTC', 'Asia/Tokyo'].map(service.judgeTimeZone),
  },
  'server.internet': {
    green: () => [reach(true, true), service.judgeInternet(null)],
    amber: () => [reach(true, false), reach(false)],
    unknown: () => reach(),
  },
  'server.ffmpeg': {
    green: () => service.judgeFfmpeg({ version: '5.1.9', missing: [] }),
    amber: () => [
      ...['4.4.2', 'N-'].map((version) => service.judgeFfmpeg({ version, missing: [] })),
      // Where nothing is recorded nobody needs it.
      service.judgeFfmpeg(null, false),
      service.judgeFfmpeg({ version: '6.1', missing: ['rtsp'] }, false),
    ],
    red: () => [service.judgeFfmpeg(null), service.judgeFfmpeg({ version: '6.1', missing: ['rtsp'] })],
  },
  'server.port': {
    green: () => [port('free'), port('ours')],
    red: () => [port('taken', 'IIS / HTTP.sys (System, 4)'), port('taken')],
  },
  'server.sleep': {
    green: () => service.judgeSleep('never'),
    amber: () => service.judgeSleep('can'),
    red: () => service.judgeSleep('when-idle'),
    unknown: () => service.judgeSleep(null),
  },
  'server.updates': {
    green: () => service.judgeUpdates(false),
    amber: () => service.judgeUpdates(true),
    unknown: () => service.judgeUpdates(null),
  },
  'server.open-files': {
    green: () => [service.judgeOpenFiles(16_384), service.judgeOpenFiles(null)],
    amber: () => service.judgeOpenFiles(1_024),
  },
};

const [PLAN] = smallPackage().sessions;
if (PLAN === undefined) throw new Error('The small package has no session');
const found = (more: Partial<InstalledPackage> = {}, ahead = [SESSION]): pack.PackageFound => ({
  installed: {
    ...smallPackage(),
    sessions: [{ ...PLAN, startsAt: NOW + DAY }],
    expiresAt: NOW + 30 * DAY,
    ...more,
  },
  ahead,
  now: NOW,
});
const NONE: pack.PackageFound = { installed: null, ahead: [], now: NOW };
const papers = (...uses: ('main' | 'reserve')[]) =>
  found({
    sessions: [{ ...PLAN, papers: uses.map((use) => ({ paperId: use, use, sections: [] })) }],
  });
const seatList = (own: number, spare: number) =>
  Array.from({ length: own + spare }, (_, index) => ({
    ...{ seatId: `s${index}`, label: String(index), spare: index >= own },
  }));
const candidates = (count: number) => [
  { ...PLAN, roster: Array.from({ length: count }, () => PLAN.roster[0] as (typeof PLAN.roster)[number]) },
];
const people = (proctors: number, ...roles: ('chief' | 'sysadmin' | 'clerk')[]) => [
  ...roles.map((role) => ({ staffId: role, name: role, roles: [role] })),
  ...Array.from({ length: proctors }, (_, n) => ({
    staffId: `p${n}`,
    name: 'p',
    roles: ['proctor' as const],
  })),
];

export const PACKAGE: Record<string, Cases> = {
  'package.installed': {
    green: () => pack.judgeInstalled(found()),
    amber: () => pack.judgeInstalled(found({}, [])),
    red: () => pack.judgeInstalled(NONE),
  },
  'package.term': {
    green: () => pack.judgeTerm(found()),
    amber: () => pack.judgeTerm(found({ expiresAt: NOW + 3 * DAY })),
    red: () => [
      pack.judgeTerm(found({ expiresAt: NOW + DAY })),
      pack.judgeTerm(found({ expiresAt: NOW - 1 })),
      // Nothing is ahead, and it is over.
      pack.judgeTerm(found({ expiresAt: NOW - HOUR }, [])),
    ],
    unknown: () => pack.judgeTerm(NONE),
  },
  'package.whole': {
    green: () => pack.judgeReread({ problem: '' }),
    red: () => pack.judgeReread({ problem: 'wrong-hash' }),
    unknown: () => pack.judgeReread(null),
  },
  'package.room-key': {
    green: () => pack.judgeHalves([{ paperId: 'a', opens: true }]),
    red: () =>
      pack.judgeHalves([
        { paperId: 'a', opens: true },
        { paperId: 'b', opens: false },
      ]),
    unknown: () => pack.judgeHalves([]),
  },
  'package.papers': {
    green: () => pack.judgePapers(papers('main')),
    red: () => [pack.judgePapers(papers()), pack.judgePapers(papers('reserve'))],
    unknown: () => pack.judgePapers(NONE),
  },
  'package.reserve': {
    green: () => pack.judgeReserve(papers('main', 'reserve')),
    amber: () => pack.judgeReserve(papers('main')),
    unknown: () => pack.judgeReserve(NONE),
  },
  'package.seats': {
    green: () => pack.judgeSeatCount(found({ seats: seatList(40, 4), sessions: candidates(40) })),
    amber: () => pack.judgeSeatCount(found({ seats: seatList(40, 0), sessions: candidates(40) })),
    // A spare PC is for a swap, not for a candidate.
    red: () => pack.judgeSeatCount(found({ seats: seatList(39, 4), sessions: candidates(40) })),
    unknown: () => pack.judgeSeatCount(NONE),
  },
  'package.staff': {
    green: () => [
      pack.judgeStaff(found({ staff: people(2, 'chief', 'sysadmin', 'clerk'), sessions: candidates(40) })),
      pack.judgeStaff(found({ staff: people(3, 'chief', 'sysadmin', 'clerk'), sessions: candidates(41) })),
    ],
    amber: () => [
      pack.judgeStaff(found({ staff: people(1, 'chief', 'sysadmin', 'clerk'), sessions: candidates(5) })),
      pack.judgeStaff(found({ staff: people(2, 'chief', 'sysadmin', 'clerk'), sessions: candidates(41) })),
    ],
    red: () => [
      pack.judgeStaff(found({ staff: people(2, 'chief', 'sysadmin') })),
      pack.judgeStaff(found({ staff: people(0, 'chief', 'sysadmin', 'clerk') })),
    ],
    unknown: () => pack.judgeStaff(NONE),
  },
  'package.trial': {
    green: () => pack.judgeTrials({ trials: 1, isInstalled: true }),
    unknown: () => [
      pack.judgeTrials({ trials: 0, isInstalled: true }),
      pack.judgeTrials({ trials: 0, isInstalled: false }),
    ],
  },
};

/** A seat with which nothing is wrong. */
export const WELL: SeatFacts = {
  ...{ label: '01', spare: false, paired: true, connected: true, simulated: false },
  ...{ browser: 'Chrome 109', checkPassed: true, audioOk: true, reachesInternet: false },
  facts: {
    ...{ memoryGib: 8, cores: 4, screen: { width: 1_920, height: 1_080 }, quotaBytes: 1e10 },
    ...{ roundTripMs: 2, throughputMbit: 90, inputMethod: true, survivedReboot: true },
  },
};
type Bend = (seat: SeatFacts) => Partial<SeatFacts>;
const facts =
  (more: SeatFacts['facts']): Bend =>
  (seat) => ({ facts: { ...seat.facts, ...more } });
const without =
  (name: keyof SeatFacts['facts']): Bend =>
  ({ facts: { [name]: _gone, ...rest } }) => ({ facts: rest });
const field =
  (more: Partial<SeatFacts>): Bend =>
  () =>
    more;

/** What is wrong with one of three seats, by the verdict of the line. */
export const PC_BENDS: Record<keyof typeof PC_QUESTIONS, Partial<Record<Verdict, Bend[]>>> = {
  'pcs.paired': { amber: [field({ paired: false, spare: true })], red: [field({ paired: false })] },
  'pcs.connected': { amber: [field({ connected: false, spare: true })], red: [field({ connected: false })] },
  'pcs.real': { red: [field({ simulated: true })] },
  'pcs.machine-check': { red: [field({ checkPassed: false })], unknown: [field({ checkPassed: null })] },
  'pcs.browser': {
    amber: [field({ browser: 'Opera 80' })],
    red: [field({ browser: 'Chrome 73' }), field({ browser: 'Firefox 67.0' })],
    unknown: [field({ browser: null })],
  },
  'pcs.screen': {
    amber: [facts({ screen: { width: 1_024, height: 768 } })],
    red: [facts({ screen: { width: 800, height: 600 } })],
    unknown: [without('screen')],
  },
  'pcs.memory': {
    amber: [facts({ memoryGib: 2 })],
    red: [facts({ memoryGib: 1 })],
    unknown: [without('memoryGib')],
  },
  'pcs.cores': { red: [facts({ cores: 1 })], unknown: [without('cores')] },
  'pcs.storage': {
    amber: [facts({ quotaBytes: 499e6 })],
    red: [facts({ quotaBytes: 99e6 })],
    unknown: [without('quotaBytes')],
  },
  'pcs.audio': { red: [field({ audioOk: false })], unknown: [field({ audioOk: null })] },
  'pcs.input-method': { red: [facts({ inputMethod: false })], unknown: [without('inputMethod')] },
  'pcs.no-internet': { red: [field({ reachesInternet: true })], unknown: [field({ reachesInternet: null })] },
  'pcs.round-trip': {
    amber: [facts({ roundTripMs: 51 })],
    red: [facts({ roundTripMs: 501 })],
    unknown: [without('roundTripMs')],
  },
  'pcs.throughput': {
    amber: [facts({ throughputMbit: 39 })],
    red: [facts({ throughputMbit: 3 })],
    unknown: [without('throughputMbit')],
  },
  'pcs.restore-card': { red: [facts({ survivedReboot: false })], unknown: [without('survivedReboot')] },
};

/** The line over three seats of which the second is bent. */
export function seatsWith(id: keyof typeof PC_QUESTIONS, bend: Bend | null): Judgement {
  const second = { ...WELL, label: '02' };
  const seats = [WELL, bend === null ? second : { ...second, ...bend(second) }, { ...WELL, label: '03' }];
  return judgeSeats(seats, PC_QUESTIONS[id], PC_BANDS);
}

const played = (more: Partial<RehearsalFound> = {}) =>
  judgeRehearsal({
    ...{ seats: 40, handedIn: 40, acknowledged: 800, lost: 0, saveP99Ms: 12, firstPaperP99Ms: 300 },
    problems: [],
    ...more,
  });

export const ROOM: Record<string, Cases> = {
  'room.rehearsal': {
    green: () => played(),
    amber: () => [played({ saveP99Ms: 251 }), played({ firstPaperP99Ms: 3_001 })],
    red: () => [
      played({ lost: 1 }),
      played({ handedIn: 39 }),
      played({ problems: ['a save was refused'] }),
      played({ saveP99Ms: 1_001 }),
      played({ firstPaperP99Ms: 10_001 }),
    ],
    unknown: () => judgeRehearsal(null),
  },
  'room.spare-server': {
    amber: () => judgeSpareServer(1),
    red: () => [judgeSpareServer(2), judgeSpareServer(3)],
    unknown: () => judgeSpareServer(null),
  },
  'room.rehearsal-pcs': PCS_REHEARSAL,
};
