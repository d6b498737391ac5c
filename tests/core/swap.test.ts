// Another PC for a candidate: the move, its seat, its correction, what becomes of the old PC.

import t from 'tap';
import { hm } from './support/sample-plan.js';
import { codeOf, ended, entered, running, typesOf, type Scene } from './support/scene.js';

const swap = (candidateId: string, toSeatId: string, reason = '死机') =>
  ({ type: 'swap-machine', sessionId: 'am', candidateId, toSeatId, reason }) as const;
const correct = (candidateId = 'c1', reason = '点错') =>
  ({ type: 'correct-swap', sessionId: 'am', candidateId, reason }) as const;

void t.test('[MS1] the old lease stops at once, the log-in at the new seat makes the next', async (t) => {
  const scene = running().at('09:10');
  scene.save('s1', 'c1');
  t.same(scene.at('09:20').staff('proctor', swap('c1', 'b1')).events, [
    {
      type: 'machine-swapped',
      sessionId: 'am',
      candidateId: 'c1',
      fromSeatId: 's1',
      toSeatId: 'b1',
      reason: '死机',
    },
  ]);
  t.match(scene.lease(), { no: 1, to: hm('09:20') });
  t.equal(codeOf(scene.logIn('c1', 's1')), 'wrong-seat');
  t.match(scene.at('09:22').logIn('c1', 'b1').events, [{ lease: 2, seatId: 'b1', pcId: 'pc-b1' }]);
  t.match(scene.candidate(), {
    movingTo: null,
    answers: { q1: { lease: 1 } },
    identityConfirmedAt: hm('08:59'),
  });
  t.match(
    scene.at('10:00').tick().at(-1),
    { type: 'session-ended', endsAt: hm('10:00') },
    'the time goes along',
  );
});

void t.test('[MS1] a move needs a reason and a candidate who writes', async (t) => {
  const scene = running({ without: ['c3'] }).at('09:10');
  t.equal(codeOf(scene.staff('proctor', swap('c1', 'b1', ' '))), 'needs-reason');
  t.equal(codeOf(scene.staff('proctor', swap('c3', 'b1'))), 'not-admitted');
  scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: scene.now });
  t.equal(codeOf(scene.staff('proctor', swap('c2', 'b1'))), 'already-ended');
});

void t.test('[MS2] the new seat is there, paired, connected and free', async (t) => {
  const scene = running().at('09:10');
  t.equal(codeOf(scene.staff('proctor', swap('c1', 's99'))), 'unknown-seat');
  t.match(scene.staff('proctor', swap('c1', 's2')).refusal, { code: 'seat-taken', params: { seat: '02' } });
  t.equal(codeOf(scene.staff('proctor', swap('c1', 's1'))), 'nothing-to-do');
  scene.staff('proctor', swap('c2', 'b1'));
  t.equal(codeOf(scene.staff('proctor', swap('c1', 'b1'))), 'seat-taken', 'somebody is on the way there');
  t.equal(codeOf(scene.staff('proctor', swap('c2', 'b1'))), 'nothing-to-do');
  scene.disconnect('b2');
  t.match(scene.staff('proctor', swap('c1', 'b2')).refusal, {
    code: 'seat-not-paired',
    params: { seat: 'B2' },
  });
  scene.staff('sysadmin', { type: 'unpair-seat', seatId: 'b2', reason: '坏' });
  t.equal(codeOf(scene.staff('proctor', swap('c1', 'b2'))), 'seat-not-paired');
});

void t.test('[MS2] the own seat with another PC; another target instead of the first', async (t) => {
  const scene = running().at('09:10');
  scene.disconnect('s1');
  scene.staff('sysadmin', { type: 'unpair-seat', seatId: 's1', reason: '换机' });
  scene.staff('sysadmin', { type: 'pair-seat', seatId: 's1', pcId: 'pc-new' });
  scene.connect('s1');
  t.equal(codeOf(scene.staff('proctor', swap('c1', 's1'))), null);
  t.match(scene.logIn('c1', 's1').events, [{ lease: 2, pcId: 'pc-new' }]);
  scene.staff('proctor', swap('c1', 'b1'));
  t.match(scene.staff('proctor', swap('c1', 'b2')).events, [{ fromSeatId: null, toSeatId: 'b2' }]);
  t.equal(codeOf(scene.logIn('c1', 'b1')), 'wrong-seat');
  t.equal(codeOf(scene.logIn('c1', 'b2')), null);
});

void t.test('[MS2] a PC whose candidate handed in everything is free', async (t) => {
  const scene = running().at('09:10');
  scene.pc('s2', { type: 'submit', candidateId: 'c2', lease: 1, madeAt: scene.now });
  t.equal(codeOf(scene.staff('proctor', swap('c1', 's2'))), 'seat-taken');
  scene.pc('s2', { type: 'confirm-nothing-unsent', candidateId: 'c2', lease: 1 });
  t.equal(codeOf(scene.staff('proctor', swap('c1', 's2'))), null);
});

void t.test('[MS3] a seat is kept for whom it waits: expected or admitted, never logged in', async (t) => {
  const to = (scene: Scene) => codeOf(scene.staff('proctor', swap('c1', 's3')));
  const expected = running({ without: ['c3'] }).at('09:10');
  t.equal(to(expected), 'seat-taken');
  expected.admit('c3');
  t.equal(to(expected), 'seat-taken');
  const ending = running({ without: ['c3'] }).at('09:10');
  ending.admit('c3');
  ending.staff('chief', {
    type: 'end-candidate',
    sessionId: 'am',
    candidateId: 'c3',
    reason: 'illness',
    text: '急病',
  });
  t.equal(to(ending), null);
  const elsewhere = running({ without: ['c3'] }).at('09:10');
  elsewhere.admit('c3');
  elsewhere.staff('proctor', swap('c3', 'b2'));
  t.equal(to(elsewhere), null);
  const absent = running({ without: ['c3'] }).at('09:31');
  t.equal(to(absent), null);
  const away = running().at('09:10');
  away.staff('proctor', swap('c3', 'b1'));
  t.equal(to(away), null, 'who has left a seat does not keep it');
  t.equal(to(running({ without: ['c3'], policy: { seatBinding: 'any' } }).at('09:10')), null);
});

void t.test('[MS1] before the first log-in a move needs no old seat', async (t) => {
  const scene = entered();
  scene.admit('c1');
  t.match(scene.staff('proctor', swap('c1', 'b1')).events, [{ fromSeatId: null }]);
  t.match(scene.logIn('c1', 'b1').events, [{ lease: 1, seatId: 'b1' }]);
});

void t.test('[MS4] a wrong move is corrected until the log-in at the new seat', async (t) => {
  const scene = running().at('09:10');
  t.equal(codeOf(scene.staff('proctor', correct())), 'nothing-to-do');
  scene.staff('proctor', swap('c1', 'b1'));
  t.equal(codeOf(scene.staff('proctor', correct('c1', ''))), 'needs-reason');
  scene.pc('s1', { type: 'confirm-nothing-unsent', candidateId: 'c1', lease: 1 });
  t.same(typesOf(scene.staff('proctor', correct())), ['swap-corrected']);
  t.match(scene.candidate(), { movingTo: null });
  t.match(scene.lease(), { no: 1, to: null, receivedAt: null });
  t.equal(codeOf(scene.save('s1', 'c1')), null, 'the old PC goes on');
  scene.staff('proctor', swap('c1', 'b1'));
  scene.logIn('c1', 'b1');
  t.equal(
    codeOf(scene.staff('proctor', correct())),
    'nothing-to-do',
    'after the log-in another move is needed',
  );
});

void t.test(
  '[MS4] not when somebody else has come to the old seat; without an old seat always',
  async (t) => {
    const scene = running().at('09:10');
    scene.staff('proctor', swap('c1', 'b1'));
    scene.staff('proctor', swap('c2', 's1'));
    t.equal(codeOf(scene.staff('proctor', correct())), 'seat-taken');
    const open = entered();
    open.admit('c1');
    open.staff('proctor', swap('c1', 'b1'));
    t.equal(codeOf(open.staff('proctor', correct())), null);
    t.equal(open.candidate().movingTo, null);
    const over = running().at('09:59');
    over.staff('proctor', swap('c1', 'b1'));
    over.at('10:00').tick();
    t.equal(codeOf(over.staff('proctor', correct())), null, 'the PC that has the answers hands them in');
    t.equal(codeOf(ended().staff('proctor', swap('c1', 'b1'))), 'wrong-phase');
  },
);
