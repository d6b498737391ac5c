// Seeded random days. Whatever is sent in whatever order: replay gives the live state, time is exact, nothing late counts,
// nobody's answers go astray, and the timer never spins.

import t from 'tap';
import { nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import { seatedAt, signerOf } from '../../server/core/decision.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import { presentLease } from '../../server/core/state-access.js';
import type { AnswerRecord, Candidate, Interval, State } from '../../server/core/types.js';
import { Dice, randomCommand, randomRoom, stepMs } from './support/random-day.js';
import { byRoom, type Scene } from './support/scene.js';

const SEEDS = 300;
const STEPS = 200;
const AWAY_MS = 40_000;

/** An own, slow count of the time that was used: a second opinion on deadlines.ts. */
function usedUntil(runs: readonly Interval[], at: number): number {
  let used = 0;
  for (const run of runs) if (run.from < at) used += Math.min(run.to ?? at, at) - run.from;
  return used;
}

/** What must hold after every step. @returns what is wrong, or null */
function fault(state: State, seen: Map<string, AnswerRecord>): string | null {
  for (const [sessionId, session] of Object.entries(state.sessions)) {
    const pcs = new Set<string>();
    for (const candidate of Object.values(session.candidates)) {
      const { candidateId } = candidate.entry;
      const lease = presentLease(candidate);
      if (lease !== null && (candidate.ended === null || candidate.receivedAllAt === null)) {
        if (pcs.has(lease.pcId)) return `two write at ${lease.pcId}`;
        pcs.add(lease.pcId);
      }
      if (candidate.leases.filter(({ to }) => to === null).length > 1) return `${candidateId} has two leases`;
      const wrong = faultOfTime(session.runs, session.plan.subject.minutes, candidate);
      if (wrong !== null) return `${candidateId}: ${wrong}`;
      for (const [itemId, record] of Object.entries(candidate.answers)) {
        if ('blanks' in record.value && record.value.blanks[1] !== candidateId)
          return `words of ${record.value.blanks[1]} stand under ${candidateId}`;
        const key = `${sessionId} ${candidateId} ${itemId}`;
        const before = seen.get(key);
        if (before !== undefined && before.lease > record.lease)
          return `${key}: an older PC overwrote a newer one`;
        if (before !== undefined && before.lease === record.lease && before.rev > record.rev)
          return `${key}: revision went back`;
        seen.set(key, record);
      }
    }
  }
  return null;
}

function faultOfTime(runs: readonly Interval[], minutes: number, candidate: Candidate): string | null {
  const { ended, grants, answers } = candidate;
  if (ended?.reason !== 'time') return null;
  const allowance = minutes * 60_000 + grants.reduce((sum, { ms }) => sum + ms, 0);
  if (usedUntil(runs, ended.at) !== allowance) return `ended at ${ended.at}, not when the time was used up`;
  if (usedUntil(runs, ended.at - 1) === allowance)
    return `ended at ${ended.at}, later than when the time was used up`;
  for (const record of Object.values(answers))
    if (record.madeAt >= ended.at) return `written at ${record.madeAt} and counted, ended at ${ended.at}`;
  return null;
}

interface Day {
  scene: Scene;
  /** How often each type of event occurred. */
  types: Map<string, number>;
  problem: string | null;
}

function play(seed: number): Day {
  const dice = new Dice(seed);
  const scene = randomRoom(dice);
  const seen = new Map<string, AnswerRecord>();
  const problem = (step: number, text: string): Day => ({
    scene,
    types: counted(scene),
    problem: `seed ${seed}, step ${step}: ${text}`,
  });
  for (let step = 0; step < STEPS; step += 1) {
    const restarts = dice.chance(0.012);
    scene.at(scene.now, restarts ? dice.below(AWAY_MS) : stepMs(dice));
    if (restarts) scene.restart(dice.chance(0.6) ? (scene.state.clock.bootId ?? 'boot-1') : `boot-${step}`);
    for (let turns = 0; (nextDeadline(scene.state) ?? Infinity) <= scene.now; turns += 1) {
      if (turns > 3) return problem(step, 'the timer spins');
      const { events } = decide(scene.state, { type: 'tick', by: byRoom }, scene.now);
      if (events.length === 0) return problem(step, 'woken for nothing');
      scene.given(...events);
      const wrong = fault(scene.state, seen);
      if (wrong !== null) return problem(step, `tick: ${wrong}`);
    }
    const command = randomCommand(dice, scene);
    // A frozen copy throws when it is changed; it costs, so it is taken now and then.
    const { events } = step % 8 === seed % 8 ? scene.would(command) : decide(scene.state, command, scene.now);
    if (events.length === 0) continue;
    scene.given(...events);
    const wrong = fault(scene.state, seen);
    if (wrong !== null) return problem(step, `${command.type}: ${wrong}`);
  }
  return { scene, types: counted(scene), problem: null };
}

function counted(scene: Scene): Map<string, number> {
  const types = new Map<string, number>();
  for (const { type } of scene.events) types.set(type, (types.get(type) ?? 0) + 1);
  return types;
}

const days = Array.from({ length: SEEDS }, (_, seed) => play(seed));

void t.test(
  '[WH2][TM5] nothing late counts, nothing goes astray, every end is exact, the timer never spins',
  async (t) => {
    for (const { problem } of days) if (problem !== null) t.fail(problem);
    t.equal(days.length, SEEDS);
  },
);

void t.test('[WH1] replay equals the live state, which survives a round trip through JSON', async (t) => {
  for (const { scene } of days) {
    let replayed = initialState();
    for (const event of scene.events) replayed = evolve(replayed, structuredClone(event));
    const live = JSON.stringify(scene.state);
    if (JSON.stringify(replayed) !== live) t.fail('the replay differs');
    t.strictSame(JSON.parse(live), scene.state);
  }
});

void t.test('[WH1] a snapshot in the middle and the rest of the journal give the same state', async (t) => {
  for (const { scene } of days.slice(0, 60)) {
    const half = Math.floor(scene.events.length / 2);
    let state = initialState();
    scene.events.forEach((event, i) => {
      if (i === half) state = JSON.parse(JSON.stringify(state)) as State;
      state = evolve(state, structuredClone(event));
    });
    if (JSON.stringify(state) !== JSON.stringify(scene.state)) t.fail('the snapshot lost something');
  }
});

void t.test('[WH2] the days are worth playing: everything that can happen happens in them', async (t) => {
  const total = new Map<string, number>();
  for (const { types } of days)
    for (const [type, count] of types) total.set(type, (total.get(type) ?? 0) + count);
  const wanted: [string, number][] = [
    ['answer-saved', 2_000],
    ['answer-contested', 50],
    ['candidate-submitted', 50],
    ['time-ended', 50],
    ['time-granted', 20],
    ['machine-swapped', 50],
    ['swap-corrected', 5],
    ['session-paused', 50],
    ['session-resumed', 50],
    ['session-suspended', 10],
    ['session-continued', 3],
    ['session-ended', 50],
    ['candidate-reopened', 10],
    ['clock-doubted', 10],
    ['clock-confirmed', 10],
    ['session-collected', 5],
    ['reminder-given', 20],
    ['entry-closed', 50],
    ['critical-moment-passed', 5],
    ['extension-closed', 10],
    ['candidate-logged-in', 100],
    ['reserve-enabled', 15],
    ['device-read', 500],
    ['alarm-raised', 200],
    ['alarm-cleared', 40],
    ['alarm-acknowledged', 50],
    ['device-commanded', 8],
    ['device-attested', 20],
    ['devices-configured', 100],
    ['internet-checked', 50],
    ['shutdown-announced', 20],
    ['preflight-recorded', 5],
    ['room-rehearsed', 5],
    ['installation-fingerprinted', 50],
    ['video-recorded', 50],
    ['video-configured', 20],
  ];
  for (const [type, least] of wanted)
    t.ok((total.get(type) ?? 0) >= least, `${type}: ${total.get(type) ?? 0} of ${least}`);
});

void t.test('[WH3] a broken journal throws, naming what is missing', async (t) => {
  const gone = { sessionId: 'am', candidateId: 'c1', at: 1 } as const;
  t.throws(() => evolve(initialState(), { type: 'hand-raised', ...gone }), /no session am/);
  t.throws(
    () => evolve(initialState(), { type: 'seat-connected', seatId: 's1', pcId: 'x', at: 1 }),
    /no seat s1/,
  );
  t.throws(() => evolve(initialState(), { type: 'staff-signed-in', staffId: 'x', at: 1 }), /no staff x/);
  const { state } = randomRoom(new Dice(1));
  t.throws(() => evolve(state, { type: 'hand-raised', ...gone, candidateId: 'c7' }), /no candidate c7 in am/);
  t.throws(
    () => evolve(state, { type: 'device-read', deviceId: 'd7', readings: null, fault: null, at: 1 }),
    /no device d7/,
  );
  const name = { alarmId: 'al7', deviceId: null, seatId: null, code: 'silent' } as const;
  t.throws(() => evolve(state, { type: 'alarm-cleared', ...name, at: 1 }), /no alarm al7/);
  t.throws(() => signerOf(byRoom), /without its person/);
  t.throws(() => seatedAt(byRoom), /without its seat/);
});
