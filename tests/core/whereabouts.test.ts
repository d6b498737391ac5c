// What is kept beside the state names everybody who may be found at a seat, a PC or behind a ticket: what it leaves out would be
// left out of the exam.

import t from 'tap';
import { decide } from '../../server/core/decide.js';
import { nextDeadline } from '../../server/core/deadlines.js';
import { occupantOf, presentLease, isDone } from '../../server/core/state-access.js';
import type { Session, State } from '../../server/core/types.js';
import { occupantAt, seatFacts } from '../../server/core/views.js';
import {
  candidatesAtPc,
  candidatesAtSeat,
  holderOf,
  noteMove,
  notePairing,
  pairedSeat,
} from '../../server/core/whereabouts.js';
import { Dice, randomCommand, randomRoom, stepMs } from './support/random-day.js';
import { byRoom, running, type Scene } from './support/scene.js';

const DAYS = 60;
const STEPS = 120;

void t.test('on random days it finds whoever a look at everybody finds', async (t) => {
  let compared = 0;
  for (let seed = 1; seed <= DAYS; seed += 1) {
    const dice = new Dice(seed);
    const scene = randomRoom(dice);
    for (let step = 0; step < STEPS; step += 1) {
      scene.at(scene.now, stepMs(dice));
      if ((nextDeadline(scene.state) ?? Infinity) <= scene.now)
        scene.given(...decide(scene.state, { type: 'tick', by: byRoom }, scene.now).events);
      scene.given(...decide(scene.state, randomCommand(dice, scene), scene.now).events);
      const wrong = objectionTo(scene);
      if (wrong !== null) return void t.fail(`day ${seed}, step ${step}: ${wrong}`);
      compared += 1;
    }
  }
  t.equal(compared, DAYS * STEPS);
});

/** Compares with a look at everybody, and with what a state just read would say. */
function objectionTo({ state, now }: Scene): string | null {
  const read = structuredClone(state) as State;
  for (const { seatId, pcId } of Object.values(state.seats)) {
    if (pcId !== null && pairedSeat(state, pcId)?.seatId !== seatId) return `pairing of ${seatId}`;
    const [kept, fresh] = [state, read].map((one) => JSON.stringify(seatFacts(one, seatId, now)));
    if (kept !== fresh) return `page of ${seatId}: ${kept}, not ${fresh}`;
    for (const session of Object.values(state.sessions)) {
      const everybody = Object.values(session.candidates);
      const sits = everybody.find(
        (one) => (presentLease(one)?.seatId ?? one.movingTo) === seatId && !isDone(one),
      );
      if (occupantOf(session, seatId) !== (sits ?? null)) return `who sits at ${seatId}`;
      const other = read.sessions[session.plan.sessionId] as Session;
      const [here, there] = [session, other].map((one) => occupantAt(one, seatId)?.entry.candidateId);
      if (here !== there) return `whom ${seatId} shows: ${here}, not ${there}`;
      const were = everybody.filter(({ leases }) => leases.some((lease) => lease.pcId === pcId));
      const known = pcId === null ? [] : candidatesAtPc(session, pcId);
      if (pcId !== null && were.some((one) => !known.includes(one))) return `who was at ${pcId}`;
      for (const one of everybody)
        if (holderOf(session, one.entry.ticketNo) !== one) return `ticket of ${one.entry.candidateId}`;
    }
  }
  return null;
}

void t.test('those of one seat stand in the order of the roster, however they came there', async (t) => {
  const scene = running().at('09:10');
  const { session } = scene;
  const names = () => candidatesAtSeat(session, 'b1').map(({ entry }) => entry.candidateId);
  t.same(names(), []);
  for (const candidateId of ['c2', 'c1']) {
    scene.staff('proctor', {
      ...{ type: 'swap-machine', sessionId: 'am', candidateId, toSeatId: 'b1', reason: '死机' },
    });
    scene.staff('proctor', { type: 'correct-swap', sessionId: 'am', candidateId, reason: '点错' });
  }
  t.same(names(), ['c1', 'c2']);
  noteMove(session, scene.candidate('c2'));
  t.same(names(), ['c1', 'c2'], 'nobody twice');
});

void t.test('nobody is where nobody was; of two with one ticket the first one holds it', async (t) => {
  const scene = running();
  t.same(candidatesAtPc(scene.session, 'unknown'), []);
  t.equal(holderOf(scene.session, 'unknown'), undefined);
  const { ticketNo } = scene.candidate('c1').entry;
  const twice = structuredClone(scene.session);
  for (const { entry } of Object.values(twice.candidates)) entry.ticketNo = ticketNo;
  t.equal(holderOf(twice, ticketNo)?.entry.candidateId, Object.keys(twice.candidates)[0]);
});

void t.test(
  'a PC is found at the seat that it was given last, and at none after it was taken away',
  async (t) => {
    const scene = running();
    t.equal(pairedSeat(scene.state, 'pc-s1')?.seatId, 's1');
    t.equal(pairedSeat(scene.state, 'unknown'), undefined);
    const { s1, b1 } = scene.state.seats;
    if (s1 === undefined || b1 === undefined) throw new Error('no seats');
    s1.pcId = null;
    t.equal(pairedSeat(scene.state, 'pc-s1'), undefined);
    b1.pcId = 'pc-s1';
    notePairing(scene.state, b1, 'pc-s1');
    notePairing(scene.state, b1, 'pc-s1');
    t.equal(pairedSeat(scene.state, 'pc-s1'), b1);
    const read = structuredClone(scene.state) as State;
    notePairing(read, read.seats['b1'] as typeof b1, 'pc-s1');
    noteMove(read.sessions['am'] as Session, scene.candidate('c1'));
    t.equal(
      pairedSeat(read, 'pc-s1')?.seatId,
      'b1',
      'what nobody asked for yet is made when it is asked for',
    );
  },
);
