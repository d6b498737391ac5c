// The room's own clock: restarts, reboots, doubt and its end (rule 6); connections, which end with the server.

import t from 'tap';
import type { CommandType, StaffCommand } from '../../server/core/commands.js';
import { nextDeadline } from '../../server/core/deadlines.js';
import { NEEDS_CLOCK } from '../../server/core/phases.js';
import { hm, samplePackage } from './support/sample-plan.js';
import {
  byRoom,
  codeOf,
  collected,
  ended,
  entered,
  installed,
  paused,
  running,
  Scene,
  suspended,
  typesOf,
} from './support/scene.js';

const compare = (scene: Scene, ...deviationsMs: number[]) =>
  scene.when({ type: 'compare-clock', deviationsMs, aheadMs: deviationsMs, by: byRoom });

void t.test(
  '[CK1] a restart within the boot changes nothing; another boot is doubted where clocks are at stake',
  async (t) => {
    const rows: [string, Scene, boolean][] = [
      ['installed', installed(), true],
      ['open', entered(), true],
      ['running', running(), false],
      ['paused', paused(), false],
      ['suspended', suspended(), false],
      ['ended', ended(), false],
      ['collected', collected(), true],
    ];
    for (const [phase, scene, trusted] of rows) {
      scene.restart('boot-1');
      t.equal(scene.state.clock.trusted, true, `${phase}, the same boot`);
      scene.restart('boot-2');
      t.equal(scene.state.clock.trusted, trusted, `${phase}, another boot`);
      scene.restart('boot-2');
      t.equal(scene.state.clock.trusted, trusted, `${phase}, the same boot again`);
    }
  },
);

void t.test('[CK2] with nothing at stake a wall clock far behind the last entry is doubted', async (t) => {
  for (const [behindMs, trusted] of [
    [0, true],
    [30_000, true],
    [30_001, false],
  ] as const) {
    const scene = installed();
    scene.restart('boot-2', scene.now - behindMs);
    t.equal(scene.state.clock.trusted, trusted, `${behindMs} ms behind`);
    scene.restart('boot-3', scene.now);
    t.equal(scene.state.clock.trusted, true, 'a later boot with a right clock');
  }
  const fresh = new Scene();
  fresh.restart('boot-1', 0);
  t.equal(fresh.state.clock.trusted, true, 'nothing to compare with');
  fresh.restart('boot-2', 0);
  t.equal(fresh.state.clock.trusted, false, 'before any package the default tolerance holds');
});

function doubted(): Scene {
  const scene = running().at('09:20');
  scene.tick();
  scene.restart('boot-2');
  return scene;
}

void t.test(
  '[CK3] three PCs, or all that are connected, end the doubt; the median within the tolerance',
  async (t) => {
    const connectedTo = (count: number) => {
      const scene = doubted();
      for (const seatId of ['s1', 's2', 's3', 'b1'].slice(0, count)) scene.connect(seatId);
      return scene;
    };
    t.same(typesOf(compare(connectedTo(4), 1, 2)), [], 'two of four');
    t.same(typesOf(compare(connectedTo(4), 1, 2, 3)), ['clock-confirmed']);
    t.same(typesOf(compare(connectedTo(2), 1)), [], 'one of two');
    t.same(typesOf(compare(connectedTo(2), 1, 2)), ['clock-confirmed']);
    t.same(typesOf(compare(connectedTo(0))), [], 'nobody');
    t.same(typesOf(compare(connectedTo(0), 5)), ['clock-confirmed']);
    for (const [medianMs, type] of [
      [30_000, 'clock-confirmed'],
      [-30_000, 'clock-confirmed'],
      [30_001, 'clock-doubted'],
      [-30_001, 'clock-doubted'],
    ] as const)
      t.same(typesOf(compare(connectedTo(4), 3_600_000, medianMs, -3_600_000)), [type], `${medianMs} ms`);
    const scene = connectedTo(4);
    compare(scene, 1, 2, 3);
    t.same(scene.state.clock, { bootId: 'boot-2', trusted: true, doubtMs: null, aheadMs: null });
    t.same(
      compare(scene, 1, 2, 99_999_999),
      { events: [], refusal: null },
      'a trusted clock is not voted down',
    );
  },
);

void t.test('[CK3] the size of the doubt is journaled when it is news', async (t) => {
  const scene = doubted();
  const say = (doubtMs: number, aheadMs: number) =>
    scene.when({ type: 'compare-clock', deviationsMs: [doubtMs], aheadMs: [aheadMs], by: byRoom }).events;
  t.same(say(600_000, 60_000), [{ type: 'clock-doubted', doubtMs: 600_000, aheadMs: 60_000 }]);
  t.match(scene.state.clock, { doubtMs: 600_000, aheadMs: 60_000 });
  t.same(say(600_999, 60_999), []);
  t.same(say(601_000, 60_000), [{ type: 'clock-doubted', doubtMs: 601_000, aheadMs: 60_000 }]);
  t.same(say(601_000, 59_000), [{ type: 'clock-doubted', doubtMs: 601_000, aheadMs: 59_000 }]);
});

void t.test('[CK3] the chief confirms, whichever clock is right', async (t) => {
  for (const wallRight of [true, false]) {
    const scene = doubted();
    t.equal(codeOf(scene.staff('sysadmin', { type: 'confirm-clock', wallRight })), 'not-allowed');
    t.same(scene.staff('deputy', { type: 'confirm-clock', wallRight }).events, [
      { type: 'clock-confirmed', byPcs: false, wallRight, advanceMs: 0 },
    ]);
    t.equal(codeOf(scene.staff('chief', { type: 'confirm-clock', wallRight })), 'nothing-to-do');
  }
});

void t.test(
  '[CK9] where the wall clock is wrong the median of the PCs stands, and never backward',
  async (t) => {
    const rows: [boolean, number[], number[], number][] = [
      // wall right, against the wall clock, against room time -> by how much room time jumps
      [false, [-3_000_000, -2_999_000, 9_000_000], [600_000, 601_000, 9_900_000], 601_000],
      [true, [-3_000_000, -2_999_000, -2_999_500], [600_000, 601_000, 600_500], 0],
      [false, [-90_000, -90_000, -90_000], [-5_000, -5_000, -4_000], 0],
      [false, [-3_000_000], [600_000], 0],
    ];
    for (const [wallRight, deviationsMs, aheadMs, advanceMs] of rows) {
      const scene = doubted();
      for (const seatId of ['s1', 's2', 's3']) scene.connect(seatId);
      scene.room({ type: 'compare-clock', deviationsMs, aheadMs });
      t.equal(scene.state.clock.trusted, false);
      t.match(scene.staff('chief', { type: 'confirm-clock', wallRight }).events, [{ advanceMs }]);
      t.same(scene.state.clock, { bootId: 'boot-2', trusted: true, doubtMs: null, aheadMs: null });
    }
  },
);

void t.test('[CK9] what PCs said after one boot says nothing after another', async (t) => {
  const scene = doubted();
  for (const seatId of ['s1', 's2', 's3']) scene.connect(seatId);
  scene.room({ type: 'compare-clock', deviationsMs: [-9e6, -9e6, -9e6], aheadMs: [6e5, 6e5, 6e5] });
  scene.restart('boot-2');
  t.equal(scene.state.clock.aheadMs, 600_000, 'a restart of the service forgets nothing');
  scene.restart('boot-3');
  t.match(scene.state.clock, { trusted: false, aheadMs: null });
});

void t.test('[CK4] in doubt time alone makes nothing happen', async (t) => {
  const scene = doubted().at('11:00');
  t.equal(nextDeadline(scene.state), null);
  t.same(scene.give({ type: 'tick', by: byRoom }).events, []);
});

void t.test('[CK5] in doubt no clock is started, stopped or compared', async (t) => {
  const scene = doubted();
  const am = { sessionId: 'am' } as const;
  const one = { ...am, candidateId: 'c1' } as const;
  const rows = [
    {
      type: 'check-in',
      ...one,
      outcome: 'admitted',
      documentSeen: true,
      ticketSeen: true,
      reason: null,
      happenedAt: null,
    },
    { type: 'pause-session', ...am, cause: 'chief', reason: 'x' },
    { type: 'approve-extension', ...am, requestId: 'r', authorisation: null },
    { type: 'swap-machine', ...one, toSeatId: 'b1', reason: 'x' },
    { type: 'end-candidate', ...one, reason: 'illness', text: 'x' },
    { type: 'reopen-candidate', ...one, reason: 'x' },
    { type: 'end-session', ...am, reason: 'x' },
  ] as const;
  for (const command of rows)
    t.equal(codeOf(scene.staff('chief', command)), 'clock-not-confirmed', command.type);
  const later = suspended();
  later.restart('boot-2');
  for (const type of ['close-suspended', 'continue-suspended'] as const)
    t.equal(codeOf(later.staff('chief', { type, ...am })), 'clock-not-confirmed', type);
  const over = ended();
  over.restart('boot-2');
  const collect: StaffCommand = { type: 'collect-session', ...am, withoutSeats: [], reason: null };
  t.equal(codeOf(over.staff('chief', collect)), 'clock-not-confirmed');
  const still = paused();
  still.restart('boot-2');
  t.equal(codeOf(still.staff('chief', { type: 'resume-session', ...am })), 'clock-not-confirmed');
  const held: CommandType[] = [
    ...rows.map(({ type }) => type),
    'close-suspended',
    'continue-suspended',
    'collect-session',
    'resume-session',
    'open-entry',
    'start-session',
  ];
  t.same([...NEEDS_CLOCK].sort(), held.sort());
  t.equal(
    codeOf(scene.staff('proctor', { type: 'leave-room', ...one, accompaniedBy: '静安' })),
    null,
    'other acts go on',
  );
});

void t.test(
  '[CK7] connections ended with the last entry; an outage in doubt has no length yet',
  async (t) => {
    const scene = running().at('09:10');
    scene.save('s1', 'c1');
    scene.at('09:20').restart();
    t.match(scene.state.seats['s1'], { connected: false, changedAt: hm('09:10') });
    t.same(scene.lease().offline, [{ from: hm('09:10'), to: null }]);
    t.same(scene.state.outage, { from: hm('09:10'), to: hm('09:20') });
    scene.at('09:21').connect('s1');
    t.same(scene.lease().offline, [{ from: hm('09:10'), to: hm('09:21') }]);
    scene.at('09:25').restart('boot-2');
    t.same(scene.state.outage, { from: hm('09:21'), to: null });
    scene.at('09:26').restart('boot-2');
    t.same(scene.state.outage, { from: hm('09:21'), to: null }, 'still the same outage');
    scene.staff('chief', { type: 'confirm-clock', wallRight: true });
    scene.at('09:40').room({ type: 'sample-clock', bootId: 'boot-2', wallAt: scene.now, monoMs: 1 });
    t.same(scene.state.outage, { from: hm('09:21'), to: hm('09:40') });
  },
);

void t.test('[CK8] a step of the wall clock is recorded and moves nothing', async (t) => {
  const scene = running().at('09:10');
  const before = nextDeadline(scene.state);
  const look = { type: 'sample-clock', bootId: 'boot-1', wallAt: hm('10:10'), monoMs: 1 } as const;
  t.same(typesOf(scene.room({ ...look, steppedByMs: 3_600_000 })), ['wall-clock-stepped', 'clock-sampled']);
  t.same(typesOf(scene.room(look)), ['clock-sampled']);
  t.equal(nextDeadline(scene.state), before);
});

void t.test(
  '[CN1] connections are recorded once, and prove who was alone under every lease of the PC',
  async (t) => {
    const scene = running().at('09:10');
    t.same(typesOf(scene.connect('s1')), []);
    t.same(typesOf(scene.disconnect('s1')), ['seat-disconnected']);
    t.same(typesOf(scene.disconnect('s1')), []);
    t.same(typesOf(scene.at('09:11').connect('s1')), ['seat-connected']);
    t.same(scene.lease().offline, [{ from: hm('09:10'), to: hm('09:11') }]);
    t.equal(codeOf(scene.room({ type: 'connect-seat', seatId: 's9', pcId: 'x' })), 'unknown-seat');
    t.equal(codeOf(scene.room({ type: 'connect-seat', seatId: 's1', pcId: 'x' })), 'seat-not-paired');
    t.same(scene.room({ type: 'disconnect-seat', seatId: 's9', pcId: 'x' }), { events: [], refusal: null });
    t.same(scene.room({ type: 'disconnect-seat', seatId: 's1', pcId: 'x' }), { events: [], refusal: null });
    scene.swap('c1', 'b1');
    scene.at('09:12').disconnect('s1');
    t.equal(scene.candidate().leases[0]?.offline.length, 2, 'the old PC may still hand in');
  },
);

void t.test('[CN1] silence before the disconnection counts, but not before the PC was there', async (t) => {
  const silent = (silentSince: number) => {
    const scene = running().at('09:10');
    scene.disconnect('s1');
    scene.at('09:15').connect('s1');
    scene.at('09:20').disconnect('s1', silentSince);
    return scene.lease().offline[1]?.from;
  };
  t.equal(silent(hm('09:19')), hm('09:19'));
  t.equal(silent(hm('09:12')), hm('09:15'));
  t.equal(silent(hm('09:30')), hm('09:20'));
  const scene = entered();
  scene.admit('c1');
  scene.at('08:40').logIn('c1', 's1');
  scene.at('08:41').disconnect('s1', hm('08:35'));
  t.equal(scene.lease().offline[0]?.from, hm('08:40'), 'nor before the lease');
  const fresh = installed();
  fresh.given({
    type: 'package-installed',
    package: { ...samplePackage(), seats: [{ seatId: 'n1', label: 'N', spare: true }] },
  });
  fresh.given({ type: 'seat-disconnected', seatId: 'n1', pcId: 'x', silentSince: 5 });
  t.equal(fresh.state.seats['n1']?.changedAt, 5, 'a seat without a past');
});
