// What PCs and staff are shown. No view has a place for an answer.

import t from 'tap';
import {
  occupantAt,
  seatFacts,
  seatRow,
  seatsOf,
  sessionView,
  todo,
  type Presence,
  type SeatRowView,
} from '../../server/core/views.js';
import { defaultPolicy, DEFAULT_POLICY } from '../../server/core/policy.js';
import { hm, MINUTE } from './support/sample-plan.js';
import {
  byRoom,
  collected,
  ended,
  entered,
  handedOver,
  installed,
  paused,
  ready,
  running,
  Scene,
  sealed,
  suspended,
} from './support/scene.js';

const stage = (scene: Scene, seatId: string) => seatFacts(scene.state, seatId, scene.now).stage;

void t.test('[VW1] the page of a seat, from the morning to the hand-over', async (t) => {
  t.equal(stage(new Scene(), 's1'), 'waiting');
  t.equal(stage(sealed(), 's1'), 'waiting');
  const scene = entered();
  t.equal(stage(scene, 's1'), 'log-in');
  t.equal(stage(scene, 'b1'), 'log-in');
  scene.admit('c1');
  scene.logIn('c1', 's1');
  t.equal(stage(scene, 's1'), 'confirm');
  scene.pc('s1', { type: 'confirm-identity', candidateId: 'c1', lease: 1 });
  t.equal(stage(scene, 's1'), 'rules');
  scene.pc('s1', { type: 'confirm-rules', candidateId: 'c1', lease: 1 });
  t.equal(stage(scene, 's1'), 'ready');
  t.equal(stage(running(), 's1'), 'answering');
  t.equal(stage(paused(), 's1'), 'paused');
  t.equal(stage(suspended(), 's1'), 'suspended');
  t.equal(stage(ended(), 's1'), 'ended');
  t.equal(stage(ended(), 'b1'), 'waiting');
  t.equal(stage(collected(), 's1'), 'waiting', 'free for the next session');
  t.equal(stage(handedOver(), 's1'), 'waiting', 'of whom was wiped nobody knows here');
  t.equal(stage(running(), 'nowhere'), 'log-in');
});

void t.test('[VW1] who handed in everything is told so until the collection', async (t) => {
  const scene = running().at('09:50');
  scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
  t.equal(stage(scene, 's1'), 'ended');
  scene.pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  t.equal(stage(scene, 's1'), 'received');
});

void t.test('[VW1] a waiting PC is told of the session that comes next', async (t) => {
  const next = (scene: Scene, seatId: string) => seatFacts(scene.state, seatId, scene.now).sessionId;
  t.equal(next(new Scene(), 's1'), null);
  t.equal(next(installed(), 's1'), 'am');
  t.equal(next(sealed(), 's1'), 'am');
  t.equal(next(collected(), 'b1'), 'pm', 'the one that comes after it');
  t.equal(next(collected(), 's1'), 'pm', 'the PC of somebody whose answers are received too');
});

void t.test('[VW1] at the end the page is locked without waiting for the tick', async (t) => {
  t.equal(stage(running().at('10:00', -1), 's1'), 'answering');
  t.equal(stage(running().at('10:00'), 's1'), 'ended');
});

void t.test('[VW1] a late candidate confirms first, in a pause too', async (t) => {
  const scene = running({ without: ['c3'] }).at('09:10');
  scene.admit('c3');
  scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
  scene.logIn('c3', 's3');
  t.equal(stage(scene, 's3'), 'confirm');
});

void t.test('[VW1] a PC that was taken over says so while something may be left on it', async (t) => {
  const scene = running().at('09:10');
  scene.swap('c1', 'b1');
  t.equal(stage(scene, 's1'), 'moved');
  t.equal(stage(scene, 'b1'), 'log-in');
  t.match(seatFacts(scene.state, 's1', scene.now).candidate, { candidateId: 'c1', lease: 1, endsAt: null });
  scene.logIn('c1', 'b1');
  t.equal(stage(scene, 'b1'), 'answering');
  scene.swap('c2', 's1');
  t.equal(stage(scene, 's1'), 'log-in', 'somebody is on the way');
  const other = running().at('09:10');
  other.swap('c1', 'b1');
  other.pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  t.equal(stage(other, 's1'), 'log-in', 'nothing is left');
});

void t.test('[VW1] of two leases that were taken over the newer one is shown', async (t) => {
  const scene = running().at('09:10');
  scene.swap('c2', 'b1');
  scene.logIn('c2', 'b1');
  scene.at('09:15');
  scene.swap('c2', 'b2');
  scene.logIn('c2', 'b2');
  scene.at('09:20');
  scene.swap('c1', 'b1');
  scene.logIn('c1', 'b1');
  scene.at('09:25');
  scene.swap('c1', 's2');
  t.equal(seatFacts(scene.state, 'b1', scene.now).candidate?.candidateId, 'c1');
  scene.logIn('c1', 's2');
  t.equal(seatFacts(scene.state, 's2', scene.now).candidate?.candidateId, 'c1');
  scene.session.candidates = Object.fromEntries(Object.entries(scene.session.candidates).reverse());
  t.equal(seatFacts(scene.state, 'b1', scene.now).candidate?.candidateId, 'c1');
});

void t.test('[VW1] name, photo, times', async (t) => {
  const scene = running().at('09:20');
  t.same(seatFacts(scene.state, 's1', scene.now), {
    stage: 'answering',
    sessionId: 'am',
    candidate: {
      candidateId: 'c1',
      lease: 1,
      name: '考生1',
      ticketNo: scene.candidate().entry.ticketNo,
      photo: 'f'.repeat(64),
      endsAt: hm('10:00'),
      remainingMs: 40 * MINUTE,
      handRaised: false,
      endReason: null,
    },
  });
  scene.pc('s1', { type: 'raise-hand', candidateId: 'c1', lease: 1 });
  t.match(seatFacts(scene.state, 's1', scene.now).candidate, { handRaised: true });
  scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'chief', reason: '吵' });
  t.match(seatFacts(scene.state, 's1', hm('09:40')).candidate, { endsAt: null, remainingMs: 40 * MINUTE });
  t.match(seatFacts(ended().state, 's1', hm('10:01')).candidate, {
    endsAt: null,
    remainingMs: 0,
    endReason: 'time',
  });
});

void t.test(
  '[VW1] a PC that was given up at the collection keeps its page, that of the last session',
  async (t) => {
    const scene = collected();
    for (const lease of scene.candidate().leases) lease.receivedAt = null;
    scene.state.sessions = {
      pm: { ...structuredClone(scene.session), collectedAt: hm('09:00') },
      ...scene.state.sessions,
    };
    t.match(seatFacts(scene.state, 's1', scene.now), { sessionId: 'am', stage: 'ended' });
  },
);

function rows(scene: Scene, presence: Record<string, Presence> = {}): Record<string, SeatRowView> {
  const { session } = scene;
  return Object.fromEntries(
    Object.values(scene.state.seats).map((seat) => [
      seat.seatId,
      seatRow(session, seat, occupantAt(session, seat.seatId), presence[seat.seatId] ?? null),
    ]),
  );
}
const look = (scene: Scene, seatId: string, presence: Record<string, Presence> = {}) =>
  rows(scene, presence)[seatId]?.look;

void t.test('[VW2] every named state of a seat', async (t) => {
  const fresh = installed();
  fresh.given(
    { type: 'seat-unpaired', seatId: 's1', reason: 'x' },
    { type: 'seat-unpaired', seatId: 'b1', reason: 'x' },
  );
  t.equal(look(fresh, 's1'), 'unpaired');
  t.equal(look(fresh, 'b1'), 'unpaired');
  t.equal(look(fresh, 's2'), 'waiting');
  t.equal(look(ready(), 's1'), 'waiting', 'logged in before the start');
  const scene = running({ without: ['c3'] }).at('09:10');
  t.equal(look(scene, 's1'), 'answering');
  t.equal(look(scene, 's3'), 'waiting');
  scene.pc('s1', { type: 'raise-hand', candidateId: 'c1', lease: 1 });
  t.equal(look(scene, 's1'), 'hand');
  scene.staff('proctor', { type: 'answer-hand', sessionId: 'am', candidateId: 'c1' });
  t.equal(look(scene, 's1', { s1: { unsent: 2, oldestUnsentMs: 10_000 } }), 'answering');
  t.equal(look(scene, 's1', { s1: { unsent: 2, oldestUnsentMs: 10_001 } }), 'unsent');
  t.equal(look(scene, 's1', { s1: { unsent: 0, oldestUnsentMs: 99_999 } }), 'answering');
  scene.staff('proctor', { type: 'leave-room', sessionId: 'am', candidateId: 'c1', accompaniedBy: '静安' });
  t.equal(look(scene, 's1'), 'away');
  scene.disconnect('s2');
  t.match(rows(scene)['s2'], { look: 'alone', since: hm('09:10'), connected: false });
  scene.swap('c2', 'b1');
  t.match(rows(scene), {
    b1: { look: 'moving', since: hm('09:10'), candidateId: 'c2', movedTo: 'b1' },
    s2: { look: 'alone', candidateId: 'c2', movedTo: 'b1' },
  });
  scene.connect('s2');
  t.equal(look(scene, 's2'), 'waiting');
  scene.at('09:31').tick();
  t.match(rows(scene)['s3'], { look: 'absent', since: hm('09:30') });
  scene.candidate('c3').attendance = 'refused';
  t.equal(look(scene, 's3'), 'refused');
});

void t.test('[VW2] the end: handed in, received, ended by staff, and still lagging', async (t) => {
  const scene = running().at('09:10');
  scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
  t.match(rows(scene)['s1'], { look: 'handed-in', since: hm('09:10'), endReason: 'submitted' });
  scene.at('09:11').pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  t.match(rows(scene)['s1'], { look: 'received', since: hm('09:11') });
  scene.disconnect('s1');
  t.equal(look(scene, 's1'), 'received', 'it may be switched off');
  scene.staff('proctor', {
    type: 'end-candidate',
    sessionId: 'am',
    candidateId: 'c2',
    reason: 'disturbing',
    text: '喧哗',
  });
  t.equal(look(scene, 's2'), 'ended');
  scene.disconnect('s2');
  t.equal(look(scene, 's2'), 'alone');
  const unseen = running({ without: ['c3'] }).at('09:10');
  unseen.admit('c3');
  unseen.at('10:00').tick();
  t.equal(look(unseen, 's3'), 'handed-in');
});

void t.test('[VW2] who moves before the first log-in, and a seat that was left empty', async (t) => {
  const scene = entered();
  scene.admit('c1');
  scene.swap('c1', 'b1');
  t.match(rows(scene)['b1'], { look: 'moving', since: null, candidateId: 'c1', loggedIn: 'no' });
  t.match(rows(scene)['s1'], { look: 'waiting', candidateId: null, name: null, movedTo: null });
});

void t.test('[VW2] counts, never what or which', async (t) => {
  const scene = running().at('09:10');
  scene.save('s1', 'c1');
  t.match(rows(scene)['s1'], {
    answered: 1,
    items: 4,
    loggedIn: 'ready',
    endsAt: hm('10:00'),
    checkPassed: null,
    unsent: 0,
  });
  scene.candidate('c2').order = null;
  scene.candidate('c2').rulesReadAt = null;
  t.match(rows(scene)['s2'], { items: 0, loggedIn: 'identity-confirmed' });
  scene.candidate('c2').identityConfirmedAt = null;
  t.match(rows(scene)['s2'], { loggedIn: 'logged-in' });
  const check = { browser: 'x', screen: 'y', storageOk: true, cryptoOk: false, passed: false };
  scene.pc('s1', { type: 'report-check', check });
  t.match(rows(scene, { s1: { unsent: 3, oldestUnsentMs: 5 } })['s1'], {
    checkPassed: false,
    audioOk: null,
    unsent: 3,
  });
  scene.pc('s1', { type: 'report-check', check: { ...check, audioOk: false } });
  t.match(rows(scene)['s1'], { audioOk: false });
  t.equal(rows(paused())['s1']?.endsAt, null);
  const seat = scene.state.seats['s1']!;
  t.match(seatRow(null, seat, scene.candidate(), null), { look: 'waiting', candidateId: null });
});

void t.test('[VW3] the session: times, counts, and who lags once it has ended', async (t) => {
  const before = sessionView(installed().session);
  t.match(before, {
    phase: 'installed',
    endsAt: null,
    lastEndsAt: null,
    cutOffAt: null,
    earlyLeaveFrom: null,
    paperOpened: false,
    lagging: [],
  });
  const scene = running({ without: ['c3'] }).at('09:10');
  scene.extend('c1', MINUTE);
  scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: scene.now });
  t.match(sessionView(scene.session), {
    startedAt: hm('09:00'),
    endsAt: hm('10:00'),
    lastEndsAt: hm('10:01'),
    cutOffAt: hm('09:30'),
    earlyLeaveFrom: hm('09:45'),
    paperOpened: true,
    papers: [
      { paperId: 'main', use: 'main' },
      { paperId: 'reserve', use: 'reserve' },
    ],
    paperInForce: 'main',
    lagging: [],
    counts: { expected: 3, admitted: 2, absent: 0, refused: 0, answering: 1, handedIn: 1 },
  });
  t.same(sessionView(ended().session).lagging, ['s1', 's2', 's3']);
  const bare = { ...scene.session, plan: { ...scene.session.plan, papers: [] } };
  t.equal(sessionView(bare).paperInForce, null);
  t.match(sessionView(ended().session), { endsAt: hm('10:00'), handOverUntil: hm('10:15') });
  t.match(sessionView(handedOver().session), { lagging: [], handedOver: true, bundle: { fileHash: 'h' } });
  t.match(sessionView(entered().session), { paperOpened: false });
  const paused = structuredClone(scene.session);
  paused.runs = [{ from: hm('09:00'), to: hm('10:00') }];
  t.equal(sessionView(paused).lastEndsAt, hm('10:00'), 'an end that a pause holds up is not known');
});

void t.test('[VW4] the steps of the day: done, one now, ahead', async (t) => {
  const steps = (scene: Scene) =>
    sessionView(scene.session)
      .steps.map(({ state }) => state.slice(0, 2))
      .join(' ');
  t.equal(steps(installed()), 'no ah ah ah ah ah ah ah ah ah');
  t.equal(steps(sealed()), 'do no ah ah ah ah ah ah ah ah');
  t.equal(steps(entered()), 'do do no ah ah ah ah ah ah ah');
  t.equal(steps(running()), 'do do do do no ah ah ah ah ah');
  const late = running().at('09:46');
  late.tick();
  t.equal(steps(late), 'do do do do do do do no ah ah');
  t.equal(steps(ended()), 'do do do do do do do do no ah');
  t.equal(steps(collected()), 'do do do do do do do do do no');
  t.equal(steps(handedOver()), 'do do do do do do do do do do');
  const times = Object.fromEntries(sessionView(entered().session).steps.map(({ key, at }) => [key, at]));
  t.match(times, {
    entry: hm('08:30'),
    rules: hm('08:45'),
    start: hm('09:00'),
    'cut-off': hm('09:30'),
    reminder: hm('09:45'),
    end: hm('10:00'),
  });
  const still = Object.fromEntries(sessionView(paused().session).steps.map(({ key, at }) => [key, at]));
  t.match(still, { end: null, reminder: null });
});

void t.test('[VW5] what waits for a person, oldest first', async (t) => {
  const scene = running().at('09:05');
  const list = (presence: Record<string, Presence> = {}) =>
    todo(scene.state, scene.session, Object.values(rows(scene, presence)), scene.now);
  t.same(list(), []);
  scene.when({ type: 'report-mains', present: false, by: byRoom });
  scene.at('09:06').pc('s1', { type: 'raise-hand', candidateId: 'c1', lease: 1 });
  scene.at('09:07').disconnect('s2');
  scene.at('09:08').staff('proctor', {
    type: 'request-extension',
    sessionId: 'am',
    requestId: 'r',
    candidateId: 'c2',
    ms: 60_000,
    reason: '断网',
  });
  scene.pc('s3', { type: 'report-gap', candidateId: 'c3', lease: 1, from: hm('09:01'), to: hm('09:03') });
  t.same(
    list({ s3: { unsent: 4, oldestUnsentMs: 20_000 } })
      .map(({ kind }) => kind)
      .sort(),
    ['alone', 'extension', 'gap', 'hand', 'mains', 'unsent'],
  );
  const since = list().map((one) => one.since);
  t.same(
    since,
    [...since].sort((a, b) => a - b),
  );
  t.match(
    list().find(({ kind }) => kind === 'gap'),
    { seatId: 's3', gapMs: 2 * MINUTE },
  );
  t.match(
    list().find(({ kind }) => kind === 'mains'),
    { since: hm('09:05'), criticalAt: null },
  );
  scene.staff('chief', { type: 'reject-extension', sessionId: 'am', requestId: 'r', reason: '无依据' });
  scene.staff('chief', {
    type: 'request-extension',
    sessionId: 'am',
    requestId: 'r2',
    candidateId: 'c3',
    ms: 2 * MINUTE,
    reason: '重启',
  });
  scene.staff('inspector', {
    type: 'approve-extension',
    sessionId: 'am',
    requestId: 'r2',
    authorisation: null,
  });
  t.same(
    list()
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'gap' || kind === 'extension'),
    [],
    'settled',
  );
});

void t.test('[VW5] a request for time waits for nobody once the session has ended', async (t) => {
  const scene = running().at('09:08');
  const request = { sessionId: 'am', requestId: 'r', candidateId: 'c2', ms: MINUTE, reason: '断网' };
  scene.staff('proctor', { type: 'request-extension', ...request });
  const kinds = () => todo(scene.state, scene.session, [], scene.now).map(({ kind }) => kind);
  t.same(kinds(), ['extension']);
  scene.staff('chief', { type: 'end-session', sessionId: 'am', reason: '演练结束' });
  t.same(kinds(), []);
});

void t.test('[VW5] the room itself: clock, mains, a suspension', async (t) => {
  const scene = suspended();
  t.match(todo(scene.state, scene.session, [], scene.now), [
    { kind: 'suspended', since: hm('10:05'), from: hm('09:58'), closesAt: hm('10:35') },
  ]);
  scene.restart('boot-2');
  t.match(todo(scene.state, scene.session, [], scene.now), [
    { kind: 'clock', since: hm('10:05') },
    { kind: 'suspended' },
  ]);
  const power = running().at('09:10');
  power.when({ type: 'report-mains', present: false, by: byRoom });
  power.staff('chief', { type: 'pause-session', sessionId: 'am', cause: 'power', reason: '停电' });
  t.match(todo(power.state, power.session, [], power.now), [{ kind: 'mains', criticalAt: hm('10:10') }]);
  const empty = new Scene();
  empty.state.clock.trusted = false;
  empty.state.mains = { present: false, changedAt: null };
  t.same(todo(empty.state, null, [], 7), [
    { kind: 'clock', since: 7, doubtMs: null },
    { kind: 'mains', since: 7, criticalAt: null },
  ]);
});

void t.test('[VW6] no view carries an answer', async (t) => {
  const sentinel = '绝密答案哨兵';
  const scene = running().at('09:10');
  scene.save('s1', 'c1', { itemId: 'q4', value: { blanks: ['', sentinel] } });
  scene.candidate('c2').contested.push({
    itemId: 'q4',
    record: { lease: 1, rev: 1, value: { blanks: ['', sentinel] }, marked: false, madeAt: 1, savedAt: 1 },
    why: 'connected-at-end',
  });
  t.match(JSON.stringify(scene.state), sentinel, 'it is there');
  const list = Object.values(rows(scene));
  const shown = [
    seatFacts(scene.state, 's1', scene.now),
    list,
    sessionView(scene.session),
    todo(scene.state, scene.session, list, scene.now),
  ];
  t.notMatch(JSON.stringify(shown), sentinel);
});

void t.test('[EN2] the default for practical exams is half an hour', async (t) => {
  t.equal(defaultPolicy('practical').earlyLeaveBeforeEndMs, 30 * MINUTE);
  t.same(defaultPolicy('theory'), DEFAULT_POLICY);
});

void t.test(
  '[VW2] where a candidate’s doings show: where they sat, sit, will sit or should sit',
  async (t) => {
    const scene = running();
    t.same(seatsOf(scene.state, 'am', 'c1'), ['s1']);
    scene.swap('c1', 'b1');
    t.same(seatsOf(scene.state, 'am', 'c1'), ['s1', 'b1']);
    t.same(seatsOf(scene.state, 'am', 'nobody'), []);
    t.same(seatsOf(scene.state, 'nowhere', 'c1'), []);
  },
);
