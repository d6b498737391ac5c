// Log-in: ticket and password, the right seat, one lease; what is confirmed after it; the paper before it.

import t from 'tap';
import { hm, orderOf } from './support/sample-plan.js';
import {
  codeOf,
  collected,
  ended,
  entered,
  installed,
  paused,
  running,
  suspended,
  typesOf,
} from './support/scene.js';

const logIn = (ticketNo: string, password = ticketNo.slice(-6)) =>
  ({ type: 'log-in', sessionId: 'am', ticketNo, password }) as const;

void t.test('[LI1] ticket, its last six digits, and only who is admitted', async (t) => {
  const scene = entered();
  const { ticketNo } = scene.candidate().entry;
  t.equal(codeOf(scene.pc('s1', logIn('999', '999'))), 'unknown-candidate');
  t.equal(codeOf(scene.pc('s1', logIn(ticketNo, '000000'))), 'wrong-password');
  t.equal(codeOf(scene.pc('s1', logIn(ticketNo, ticketNo))), 'wrong-password');
  t.equal(codeOf(scene.pc('s1', logIn(ticketNo))), 'not-checked-in');
  scene.staff('proctor', {
    type: 'check-in',
    sessionId: 'am',
    candidateId: 'c1',
    outcome: 'refused',
    documentSeen: false,
    ticketSeen: false,
    reason: '无证件',
    happenedAt: null,
  });
  t.equal(codeOf(scene.pc('s1', logIn(ticketNo))), 'not-admitted');
  scene.admit('c1');
  t.match(scene.pc('s1', logIn(ticketNo)).events, [
    { type: 'candidate-logged-in', candidateId: 'c1', seatId: 's1', pcId: 'pc-s1', lease: 1 },
  ]);
});

void t.test('[LI1] the absent and the ended do not log in', async (t) => {
  const scene = running({ without: ['c3'] }).at('09:40');
  t.equal(codeOf(scene.logIn('c3', 's3')), 'not-checked-in');
  scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
  t.equal(codeOf(scene.logIn('c1', 's1')), 'already-ended');
  t.equal(codeOf(ended().logIn('c1', 's1')), 'wrong-phase');
  t.equal(codeOf(collected().logIn('c1', 's1')), 'wrong-phase');
});

void t.test('[LI2] at the seat of the desk label, or after a move at the new one', async (t) => {
  const scene = entered();
  scene.admit('c1');
  t.match(scene.logIn('c1', 's2').refusal, { code: 'wrong-seat', params: { seat: '01' } });
  scene.swap('c1', 'b1');
  t.match(scene.logIn('c1', 's1').refusal, { code: 'wrong-seat', params: { seat: 'B1' } });
  t.equal(codeOf(scene.logIn('c1', 'b1')), null);
  const gone = entered();
  gone.admit('c1');
  delete gone.state.seats['s1'];
  t.match(
    gone.logIn('c1', 's2').refusal,
    { params: { seat: 's1' } },
    'a seat that the room has not is named by its id',
  );
});

void t.test('[LI2] with free seating any paired seat that nobody has', async (t) => {
  const scene = entered({ policy: { seatBinding: 'any' } });
  scene.admit('c1');
  scene.admit('c2');
  t.equal(codeOf(scene.logIn('c1', 's3')), null);
  t.equal(codeOf(scene.logIn('c2', 's3')), 'seat-taken');
  t.equal(codeOf(scene.logIn('c2', 's1')), null);
});

void t.test('[LI3] one present lease; the same PC gets the same one again', async (t) => {
  const scene = running().at('09:20');
  t.match(scene.logIn('c1', 's1').events, [{ type: 'candidate-logged-in', lease: 1 }]);
  t.equal(scene.candidate().leases.length, 1);
  t.equal(codeOf(scene.logIn('c1', 'b1')), 'already-logged-in');
  t.equal(codeOf(suspended().logIn('c1', 's1')), null, 'a PC that crashed comes back to hand in');
  t.equal(codeOf(paused().logIn('c1', 's1')), null);
});

void t.test('[LI3] another PC at the same seat is another PC', async (t) => {
  const scene = running().at('09:20');
  scene.disconnect('s1');
  scene.staff('sysadmin', { type: 'unpair-seat', seatId: 's1', reason: '换机' });
  scene.staff('sysadmin', { type: 'pair-seat', seatId: 's1', pcId: 'pc-new' });
  t.equal(codeOf(scene.logIn('c1', 's1')), 'already-logged-in');
  const moved = running().at('09:20');
  moved.given(
    { type: 'seat-unpaired', seatId: 's1', reason: '' },
    { type: 'seat-unpaired', seatId: 'b1', reason: '' },
  );
  moved.given({ type: 'seat-paired', seatId: 'b1', pcId: 'pc-s1' });
  t.equal(
    codeOf(moved.logIn('c1', 'b1')),
    'already-logged-in',
    'and the same PC at another seat is another place',
  );
});

void t.test('[LI4] a PC takes one candidate, until everything of that one is received', async (t) => {
  const scene = running({ policy: { seatBinding: 'any' }, without: ['c2'] }).at('09:10');
  scene.admit('c2');
  t.equal(codeOf(scene.logIn('c2', 's1')), 'seat-taken');
  scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
  t.equal(codeOf(scene.logIn('c2', 's1')), 'seat-taken');
  scene.pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  t.equal(codeOf(scene.logIn('c2', 's1')), null);
});

void t.test('[LI5] identity before rules, each once, under the own present lease', async (t) => {
  const scene = entered();
  scene.admit('c1');
  scene.logIn('c1', 's1');
  const lease = { candidateId: 'c1', lease: 1 };
  t.equal(codeOf(scene.pc('s1', { type: 'confirm-rules', ...lease })), 'too-early');
  t.equal(codeOf(scene.pc('s2', { type: 'confirm-identity', ...lease })), 'foreign-lease');
  t.equal(codeOf(scene.pc('s2', { type: 'confirm-rules', ...lease })), 'foreign-lease');
  t.same(typesOf(scene.pc('s1', { type: 'confirm-identity', ...lease })), ['identity-confirmed']);
  t.same(scene.pc('s1', { type: 'confirm-identity', ...lease }), { events: [], refusal: null });
  t.same(typesOf(scene.at('08:31').pc('s1', { type: 'confirm-rules', ...lease })), ['rules-confirmed']);
  t.same(scene.pc('s1', { type: 'confirm-rules', ...lease }), { events: [], refusal: null });
  t.match(scene.candidate(), { identityConfirmedAt: hm('08:30'), rulesReadAt: hm('08:31') });
  scene.swap('c1', 'b1');
  t.equal(codeOf(scene.pc('s1', { type: 'confirm-identity', ...lease })), 'foreign-lease');
  t.equal(codeOf(scene.pc('s1', { type: 'confirm-rules', ...lease })), 'foreign-lease');
});

void t.test('[LI6] every refused log-in is an event', async (t) => {
  const scene = entered();
  const { ticketNo } = scene.candidate().entry;
  t.same(scene.pc('s2', logIn(ticketNo, 'x')).events, [
    { type: 'log-in-refused', sessionId: 'am', seatId: 's2', candidateId: 'c1', code: 'wrong-password' },
  ]);
  t.match(scene.pc('s2', logIn('nobody')).events, [{ candidateId: null, code: 'unknown-candidate' }]);
  t.match(installed().pc('s2', logIn(ticketNo)).events, [{ candidateId: null, code: 'wrong-phase' }]);
  t.same(scene.pc('s2', { ...logIn(ticketNo), sessionId: 'xx' }), {
    events: [],
    refusal: { code: 'unknown-session' },
  });
});

const openPaper = (paperId: string, opened: boolean) =>
  ({ type: 'open-paper', sessionId: 'am', paperId, opened, codeId: 'k' }) as const;

void t.test('[OP1] dealing stores each order once, and exchanges nothing after the start', async (t) => {
  const scene = entered();
  const deal = (paperId: string, orders: Record<string, string>) =>
    scene.room({
      type: 'deal-paper',
      sessionId: 'am',
      paperId,
      orders: Object.fromEntries(Object.entries(orders).map(([id, paper]) => [id, orderOf(paper)])),
    });
  t.same(deal('main', { c1: 'main' }), { events: [], refusal: null });
  t.equal(codeOf(deal('none', { c1: 'none' })), 'paper-not-opened');
  t.equal(codeOf(deal('main', { c1: 'reserve' })), 'paper-not-opened');
  t.equal(codeOf(deal('main', { c9: 'main' })), 'unknown-candidate');
  const started = running();
  const again = { type: 'deal-paper', sessionId: 'am', paperId: 'main', orders: { c2: orderOf() } } as const;
  t.same(started.room(again).events, [], 'what is dealt stays');
  started.candidate('c2').order = null;
  t.same(typesOf(started.room(again)), ['paper-dealt'], 'who has none gets one');
});

void t.test('[OP2] wrong start codes are counted and lock; the right one forgets them', async (t) => {
  const scene = entered({ policy: { codeTries: 2 } });
  t.equal(codeOf(scene.staff('chief', openPaper('none', true))), 'paper-not-opened');
  t.match(scene.staff('chief', openPaper('main', false)), {
    refusal: { code: 'wrong-start-code', params: { left: 1 } },
    events: [{ type: 'opening-failed', paperId: 'main', lockedUntil: null }],
  });
  t.match(scene.staff('deputy', openPaper('main', false)).events, [{ lockedUntil: hm('08:40') }]);
  t.match(scene.at('08:40', -1).staff('chief', openPaper('main', true)).refusal, {
    code: 'codes-locked',
    params: { until: hm('08:40') },
  });
  scene.at('08:40').staff('chief', openPaper('main', false));
  t.equal(codeOf(scene.staff('chief', openPaper('main', true))), null);
  t.match(scene.session, {
    failedCodes: 0,
    codesLockedUntil: null,
    paper: { paperId: 'main', openedAt: hm('08:40') },
  });
  t.equal(codeOf(scene.staff('chief', openPaper('main', true))), 'nothing-to-do');
});
