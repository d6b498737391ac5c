// Sessions from entry to their end: opening, start, ends by staff, ends of the whole, reopening, packages.

import t from 'tap';
import { remainingMs } from '../../server/core/deadlines.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import type { AnswerRecord } from '../../server/core/types.js';
import { hm, MINUTE, samplePackage } from './support/sample-plan.js';
import {
  codeOf,
  collected,
  ended,
  entered,
  installed,
  paused,
  ready,
  running,
  sealed,
  suspended,
  typesOf,
  Scene,
} from './support/scene.js';

const open = { type: 'open-entry', sessionId: 'am' } as const;
const start = { type: 'start-session', sessionId: 'am' } as const;

void t.test('[SE1] entry opens half an hour before the start, to the millisecond', async (t) => {
  const rows: [number, string | null][] = [
    [-1_000, 'entry-not-open-yet'],
    [-1, 'entry-not-open-yet'],
    [0, null],
    [1, null],
  ];
  for (const [addedMs, code] of rows)
    t.equal(codeOf(sealed().at('08:30', addedMs).staff('chief', open)), code, `${addedMs} ms`);
  t.same(sealed().staff('chief', open).refusal?.params, { at: hm('08:30') });
});

void t.test('[SE1] a room holds one session; collecting frees it', async (t) => {
  const scene = ended().at('13:45');
  for (const staffId of ['sysadmin', 'clerk']) scene.staff(staffId, { type: 'sign-seal', sessionId: 'pm' });
  const openLater = { type: 'open-entry', sessionId: 'pm' } as const;
  t.match(scene.staff('chief', openLater).refusal, { code: 'room-busy', params: { session: 'am' } });
  scene.staff('chief', {
    type: 'collect-session',
    sessionId: 'am',
    withoutSeats: ['s1', 's2', 's3'],
    reason: '断电',
  });
  t.equal(codeOf(scene.staff('chief', openLater)), null);
  t.equal(scene.state.currentSession, 'pm');
});

void t.test(
  '[SE2] a delay shifts entry and start, needs the org, a reason and an amount, and adds up',
  async (t) => {
    const scene = sealed();
    const delay = {
      type: 'delay-start',
      sessionId: 'am',
      ms: 10 * MINUTE,
      reason: '统一延迟',
      authorisation: null,
    } as const;
    t.equal(codeOf(scene.staff('chief', delay)), 'needs-second-approval');
    t.equal(codeOf(scene.staff('chief', { ...delay, ms: 0 })), 'bad-amount');
    t.equal(codeOf(scene.staff('chief', { ...delay, ms: 1.5 })), 'bad-amount');
    t.equal(codeOf(scene.staff('chief', { ...delay, reason: '  ' })), 'needs-reason');
    scene.staff('chief', { ...delay, authorisation: { ok: true, counter: 1 } });
    scene.staff('deputy', { ...delay, authorisation: { ok: true, counter: 2 } });
    t.same(scene.at('08:30').staff('chief', open).refusal?.params, { at: hm('08:50') });
    t.equal(codeOf(scene.at('08:50').staff('chief', open)), null);
  },
);

void t.test(
  '[SE4] the start is not early, not without the paper, and never leaves anybody without one',
  async (t) => {
    for (const [addedMs, code] of [
      [-1, 'too-early'],
      [0, null],
      [90_000, null],
    ] as const)
      t.equal(codeOf(ready().at('09:00', addedMs).staff('chief', start)), code, `${addedMs} ms`);
    t.equal(codeOf(entered().at('09:00').staff('chief', start)), 'paper-not-opened');
    t.equal(
      codeOf(sealedEntry().at('09:00').staff('chief', start)),
      'paper-not-opened',
      'nothing dealt at all',
    );
    const other = ready({ reserve: true }).at('09:00');
    other.candidate('c1').order = null;
    t.match(other.staff('chief', start).refusal, { code: 'paper-not-opened', params: { name: '考生1' } });
  },
);

void t.test('[SE4] the clock starts at the start, not at the plan', async (t) => {
  const scene = ready().at('09:04:07', 89);
  scene.staff('deputy', start);
  t.same(scene.session.runs, [{ from: hm('09:04:07', 89), to: null }]);
  t.equal(remainingMs(scene.session, scene.candidate(), hm('10:04:07', 88)), 1);
});

void t.test('[SE5] packages: newer ones come in while no session holds the room', async (t) => {
  const scene = installed();
  const offer = (fields: object) =>
    scene.room({ type: 'install-package', package: { ...samplePackage(), ...fields } });
  t.equal(codeOf(offer({})), 'nothing-to-do');
  t.same(offer({ sequence: 0 }).refusal, { code: 'package-older', params: { installed: 1, offered: 0 } });
  t.equal(codeOf(offer({ sequence: 2 })), null);
  t.equal(codeOf(offer({ packageId: 'next-year', sequence: 1 })), null, 'another plan counts for itself');
  t.equal(
    codeOf(entered().room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } })),
    'room-busy',
  );
});

void t.test(
  '[SE5] what is collected stays; pairings and locks outlast a package; the rest is new',
  async (t) => {
    const scene = collected();
    scene.given({
      type: 'sign-in-refused',
      staffId: 'clerk',
      code: 'sign-in-refused',
      lockedUntil: hm('11:00'),
    });
    scene.staff('sysadmin', { type: 'sign-seal', sessionId: 'pm' });
    const next = { ...samplePackage(), sequence: 2 };
    next.seats = next.seats
      .filter(({ seatId }) => seatId !== 'b2')
      .concat({ seatId: 'b9', label: 'B9', spare: true });
    next.staff = next.staff
      .filter(({ staffId }) => staffId !== 'hands')
      .concat({ staffId: 'new', name: '新', roles: ['proctor'] });
    const { events } = scene.room({ type: 'install-package', package: next });
    t.match(events[0], { type: 'seal-broken', sessionId: 'pm', by: 'package-installed' });
    t.equal(scene.session.phase, 'collected');
    t.equal(scene.sessionOf('pm').phase, 'installed');
    t.equal(scene.sessionOf('pm').seal.brokenBy, 'package-installed');
    t.match(scene.state.seats, { s1: { pcId: 'pc-s1', connected: true }, b9: { pcId: null } });
    t.notOk('b2' in scene.state.seats || 'hands' in scene.state.staff);
    t.match(scene.state.staff, { clerk: { lockedUntil: hm('11:00') }, new: { failedSignIns: 0 } });
  },
);

void t.test('[SE7] a collected session of another plan keeps its identifier', async (t) => {
  const scene = collected();
  const offer = (fields: object) =>
    scene.room({ type: 'install-package', package: { ...samplePackage(), ...fields } });
  t.same(offer({ packageId: 'next-year', sequence: 1 }).refusal, {
    code: 'session-id-taken',
    params: { session: 'am' },
  });
  t.equal(codeOf(offer({ sequence: 2 })), null, 'its own plan goes on');
  const others = samplePackage().sessions.filter(({ sessionId }) => sessionId !== 'am');
  t.equal(codeOf(offer({ packageId: 'next-year', sequence: 1, sessions: others })), null);
  t.equal(scene.session.packageId, samplePackage().packageId);
  t.equal(scene.sessionOf('pm').packageId, 'next-year', 'what was not begun is replaced');
  t.equal(codeOf(offer({ sequence: 3 })), null, 'and back, where only its own is collected');
});

const end = (reason: 'violation' | 'illness' | 'early-leave' | 'disturbing', candidateId = 'c1') =>
  ({ type: 'end-candidate', sessionId: 'am', candidateId, reason, text: '记录在案' }) as const;

void t.test('[EN1] who may end a candidate for what', async (t) => {
  for (const reason of ['violation', 'illness', 'disturbing'] as const) {
    t.equal(codeOf(running().staff('chief', end(reason))), null, `chief: ${reason}`);
    t.equal(codeOf(running().staff('proctor', end(reason))), reason === 'disturbing' ? null : 'not-allowed');
  }
  const scene = running({ without: ['c3'] });
  t.equal(codeOf(scene.staff('chief', { ...end('violation'), text: '' })), 'needs-reason');
  t.equal(codeOf(scene.staff('chief', end('violation', 'c3'))), 'not-admitted');
  scene.staff('deputy', end('violation'));
  t.same(scene.candidate().ended, { at: scene.now, reason: 'violation' });
  t.equal(codeOf(scene.staff('chief', end('illness'))), 'already-ended');
});

void t.test(
  '[EN2] early leave in the last fifteen minutes of the own time; handing in at any time',
  async (t) => {
    for (const [addedMs, code] of [
      [-1_000, 'early-leave-not-yet'],
      [-1, 'early-leave-not-yet'],
      [0, null],
      [1_000, null],
    ] as const)
      t.equal(
        codeOf(running().at('09:45', addedMs).staff('chief', end('early-leave'))),
        code,
        `${addedMs} ms`,
      );
    t.same(running().at('09:10').staff('chief', end('early-leave')).refusal?.params, { at: hm('09:45') });
    t.equal(codeOf(running().at('09:46').staff('proctor', end('early-leave'))), 'not-allowed');
    const scene = running().at('09:00', 1);
    t.same(typesOf(scene.pc('s1', submitNow(scene))), ['candidate-submitted']);
  },
);

void t.test(
  '[EN3] when all have handed in the session ends, but not before its door is closed',
  async (t) => {
    const scene = running().at('09:10');
    for (const id of ['c1', 'c2', 'c3']) scene.pc(id.replace('c', 's'), submitNow(scene, id));
    t.same(scene.tick(), []);
    t.equal(scene.session.phase, 'running');
    t.match(scene.at('09:30').tick(), [
      { type: 'entry-closed' },
      { type: 'session-ended', reason: 'all-ended', endsAt: hm('09:30') },
    ]);
    const later = running().at('09:31');
    later.tick();
    for (const id of ['c1', 'c2', 'c3']) later.pc(id.replace('c', 's'), submitNow(later, id));
    t.match(
      later.at('09:32').tick(),
      [{ type: 'session-ended', endsAt: hm('09:31') }],
      'with the last of them',
    );
    t.equal(later.session.handOverUntil, hm('09:47'), 'handing over begins when the end is recorded');
  },
);

void t.test('[EN3] where the common end comes before the cut-off, the door closes with it', async (t) => {
  const scene = running({ minutes: 20, without: ['c3'] }).at('09:20');
  t.match(scene.tick(), [
    { type: 'time-ended', candidateIds: ['c1', 'c2'] },
    { type: 'entry-closed', absent: ['c3'] },
    { type: 'session-ended', endsAt: hm('09:20') },
  ]);
  const nobody = running({ minutes: 20, without: ['c1', 'c2', 'c3'] });
  t.same(nobody.at('09:19:59').tick(), []);
  t.match(nobody.at('09:20').tick(), [
    { type: 'entry-closed' },
    { type: 'session-ended', endsAt: hm('09:20') },
  ]);
});

void t.test('[EN3] where nobody came the session ends with its door', async (t) => {
  const scene = running({ without: ['c1', 'c2', 'c3'] }).at('09:30');
  t.match(scene.tick(), [{ type: 'entry-closed' }, { type: 'session-ended', endsAt: hm('09:30') }]);
});

void t.test('[EN3] a paused session in which all have ended is over too', async (t) => {
  const scene = paused().at('09:40');
  for (const id of ['c1', 'c2']) scene.staff('chief', end('illness', id));
  t.same(scene.tick(), []);
  scene.staff('chief', end('illness', 'c3'));
  t.match(scene.tick(), [{ type: 'session-ended', endsAt: hm('09:40') }]);
  t.same(scene.session.runs, [{ from: hm('09:00'), to: hm('09:30') }], 'nothing ran after the pause began');
  const early = running().at('09:10');
  early.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
  for (const id of ['c1', 'c2', 'c3']) early.staff('chief', end('illness', id));
  t.same(early.at('09:20').tick(), [], 'somebody may still come in');
  t.match(early.at('09:30').tick(), [{ type: 'entry-closed' }, { type: 'session-ended' }]);
});

void t.test('[EN4] a chief ends the session at once', async (t) => {
  const scene = running({ without: ['c3'] }).at('09:10');
  const stop = { type: 'end-session', sessionId: 'am', reason: '不可抗力' } as const;
  t.equal(codeOf(scene.staff('chief', { ...stop, reason: ' ' })), 'needs-reason');
  scene.pc('s2', submitNow(scene, 'c2'));
  t.match(scene.at('09:11').staff('chief', stop).events, [
    { type: 'entry-closed', absent: ['c3'] },
    { type: 'session-ended', reason: 'by-staff', text: '不可抗力', endsAt: hm('09:11') },
  ]);
  t.same(scene.candidate().ended, { at: hm('09:11'), reason: 'session-ended' });
  t.same(scene.candidate('c2').ended?.reason, 'submitted');
  t.equal(scene.candidate('c3').ended, null);
  const later = running().at('09:40');
  t.same(typesOf(later.staff('chief', stop)), ['session-ended'], 'the door was closed before');
});

const reopen = (candidateId = 'c1') =>
  ({ type: 'reopen-candidate', sessionId: 'am', candidateId, reason: '误操作' }) as const;

void t.test('[EN5] a wrong end is undone while time would be left; the clock has run on', async (t) => {
  const scene = running().at('09:20');
  t.equal(codeOf(scene.staff('chief', reopen())), 'nothing-to-do');
  scene.staff('chief', end('violation'));
  t.equal(codeOf(scene.staff('proctor', reopen())), 'not-allowed');
  t.equal(codeOf(scene.staff('chief', { ...reopen(), reason: '' })), 'needs-reason');
  scene.pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  scene.at('09:30').staff('chief', reopen());
  t.equal(scene.candidate().ended, null);
  t.equal(scene.candidate().receivedAllAt, null);
  t.equal(scene.lease().receivedAt, null);
  t.equal(remainingMs(scene.session, scene.candidate(), scene.now), 30 * MINUTE);
  t.equal(codeOf(scene.save('s1', 'c1')), null);
});

void t.test(
  '[EN5] an end is undone up to the millisecond before the time is over; an end by time never',
  async (t) => {
    for (const [addedMs, code] of [
      [-1_000, null],
      [-1, null],
      [0, 'after-deadline'],
      [1, 'after-deadline'],
    ] as const) {
      const scene = running().at('09:40');
      scene.pc('s1', submitNow(scene));
      t.equal(codeOf(scene.at('10:00', addedMs).staff('deputy', reopen())), code, `${addedMs} ms`);
    }
    const scene = ended();
    scene.at('10:01');
    t.equal(codeOf(scene.staff('chief', reopen())), 'after-deadline');
  },
);

void t.test('[EN5] a session that ended goes on with the reopened candidate', async (t) => {
  const scene = running().at('09:31');
  scene.tick();
  scene.staff('chief', { type: 'end-session', sessionId: 'am', reason: '误点' });
  t.equal(scene.session.phase, 'ended');
  scene.at('09:33').staff('chief', reopen('c2'));
  t.match(scene.session, {
    phase: 'running',
    endedAt: null,
    handOverUntil: null,
    runs: [{ from: hm('09:00'), to: null }],
  });
  t.equal(remainingMs(scene.session, scene.candidate('c2'), scene.now), 27 * MINUTE);
  t.match(scene.candidate().ended, { reason: 'session-ended' });
  t.match(scene.at('10:00').tick().slice(-2), [
    { type: 'time-ended', candidateIds: ['c2'] },
    { type: 'session-ended', endsAt: hm('10:00') },
  ]);
});

void t.test('[EN5] a session that ended while it was paused is paused again', async (t) => {
  const scene = paused().at('09:50');
  scene.staff('chief', { type: 'end-session', sessionId: 'am', reason: '误点' });
  scene.at('10:30').staff('chief', reopen());
  t.equal(scene.session.phase, 'paused');
  t.equal(remainingMs(scene.session, scene.candidate(), scene.now), 30 * MINUTE, 'it stood still');
});

void t.test('[EN5] where somebody else has come to that PC, the reopened candidate is moved', async (t) => {
  const scene = running().at('09:10');
  scene.pc('s1', submitNow(scene));
  scene.pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  scene.swap('c2', 's1');
  scene.logIn('c2', 's1');
  scene.at('09:12').staff('chief', reopen());
  t.equal(scene.lease().to, hm('09:12'));
  t.equal(codeOf(scene.save('s1', 'c1', { lease: 1 })), 'after-deadline');
  t.equal(codeOf(scene.save('s1', 'c2', { lease: 2 })), null);
  t.equal(codeOf(scene.swap('c1', 's2')), null);
  t.equal(codeOf(scene.logIn('c1', 's2')), null);
});

void t.test('[EN5] who never logged in can be reopened too', async (t) => {
  const scene = running({ without: ['c3'] }).at('09:05');
  scene.admit('c3');
  scene.staff('chief', end('illness', 'c3'));
  t.equal(codeOf(scene.staff('chief', reopen('c3'))), null);
  t.equal(codeOf(scene.logIn('c3', 's3')), null);
});

void t.test('[EN6] what was contested only for an end that is undone counts again', async (t) => {
  const scene = running().at('09:10');
  scene.save('s1', 'c1', { rev: 1, itemId: 'q3', value: { options: ['true'] } });
  scene.staff('proctor', end('disturbing'));
  scene.at('09:10', 50);
  for (const [itemId, rev, addedMs] of [
    ['q1', 5, -5],
    ['q3', 7, -3],
    ['q3', 9, -2],
  ] as const)
    t.match(
      scene.save('s1', 'c1', {
        itemId,
        rev,
        madeAt: hm('09:10', addedMs),
        value: { options: itemId === 'q1' ? ['b'] : ['false'] },
      }).events,
      [{ type: 'answer-contested', why: 'connected-at-end' }],
    );
  t.equal(scene.candidate().contested.length, 2, 'the newest of each item');
  scene.at('09:12').staff('chief', reopen());
  t.same(scene.candidate().contested, []);
  t.match(scene.candidate().answers, { q1: { rev: 5, value: { options: ['b'] } }, q3: { rev: 9 } });
  t.equal(scene.candidate().answered, 2);
});

void t.test('[EN6] an outdated version and that of another PC stay contested', async (t) => {
  const scene = running().at('09:10');
  const record = (rev: number, lease = 1): AnswerRecord => ({
    lease,
    rev,
    value: { options: ['a'] },
    marked: false,
    madeAt: hm('09:09'),
    savedAt: hm('09:10'),
  });
  const saved = { sessionId: 'am', candidateId: 'c1' } as const;
  const contested = { type: 'answer-contested', ...saved, why: 'connected-at-end' } as const;
  scene.given(
    { type: 'answer-saved', ...saved, itemId: 'q1', record: record(6) },
    { ...contested, itemId: 'q1', record: record(5) },
    { ...contested, itemId: 'q3', record: record(5, 9) },
    { ...contested, itemId: 'q2', record: record(5), why: 'other-lease-newer' },
    { ...contested, itemId: 'q4', record: record(5), why: 'window-over' },
  );
  scene.staff('chief', end('illness'));
  scene.staff('chief', reopen());
  t.same(
    scene.candidate().contested.map(({ itemId }) => itemId),
    ['q1', 'q3', 'q2'],
  );
  t.equal(scene.candidate().answers['q1']?.rev, 6);
  t.equal(scene.candidate().answers['q4']?.rev, 5);
});

void t.test('[EN5] a suspended session is decided, not reopened', async (t) => {
  t.equal(codeOf(suspended().staff('chief', reopen())), 'wrong-phase');
});

function submitNow(scene: Scene, candidateId = 'c1') {
  return { type: 'submit', candidateId, lease: 1, madeAt: scene.now } as const;
}

function sealedEntry(): Scene {
  const scene = sealed().at('08:30');
  scene.staff('chief', open);
  return scene;
}

void t.test('[SE6] the first package finds nothing to carry', async (t) => {
  const scene = new Scene();
  scene.room({ type: 'install-package', package: samplePackage() });
  t.match(scene.state, { outage: null, usedCounters: [], seats: { s1: { pcId: null } } });
});

void t.test('[SE6] who begins at a package knows the room as it was', async (t) => {
  const scene = collected();
  scene.staff('proctor', { type: 'report-mains', present: false });
  scene.given({
    type: 'sign-in-refused',
    staffId: 'clerk',
    code: 'sign-in-refused',
    lockedUntil: hm('11:00'),
  });
  scene.given({ type: 'seat-disconnected', seatId: 's2', pcId: 'pc-s2' });
  scene.given({ type: 'start-delayed', sessionId: 'pm', ms: 60_000, reason: '等待', counter: 17 });
  const { length } = scene.events;
  scene.at('11:30').room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } });
  scene.at('11:40').restart('boot-2', scene.now);
  let begun = initialState();
  for (const event of scene.events.slice(length)) {
    if (event.type === 'seal-broken') continue;
    begun = evolve(begun, structuredClone(event));
  }
  const { sessions: known, ...room } = begun;
  const { sessions, ...whole } = scene.state;
  t.strictSame(room, whole);
  t.strictSame(known['pm']?.candidates, sessions['pm']?.candidates);
  t.match(room, {
    mains: { present: false },
    usedCounters: [17],
    seats: { s1: { pcId: 'pc-s1' }, s2: { connected: false } },
    staff: { clerk: { lockedUntil: hm('11:00') } },
  });
});
