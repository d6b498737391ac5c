// When a PC tries the internet: soon, then at random within the room's bounds, never without its room, and never after its end.

import t, { type Test } from 'tap';
import { InternetRounds } from '../../../../kiosk-client/candidate/room/internet-rounds.js';
import type { ProbeAnswer, ProbeAsk } from '../../../../kiosk-client/probe/ask.js';

const PROBES = { addresses: ['https://out.example/'], fromMs: 180_000, toMs: 420_000 };
const ANSWER: ProbeAnswer = { reached: true, probes: 1, facts: null };

function open(t: Test, options: { random?: number; answer?: () => Promise<ProbeAnswer | null> } = {}) {
  const waits: number[] = [];
  const pending: (() => void)[] = [];
  const { setTimeout: real, clearTimeout: realClear } = globalThis;
  globalThis.setTimeout = ((call: () => void, ms: number) => {
    waits.push(ms);
    pending.push(call);
    return pending.length as unknown as NodeJS.Timeout;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => {
    pending[id - 1] = () => undefined;
  }) as unknown as typeof clearTimeout;
  t.teardown(() => {
    globalThis.setTimeout = real;
    globalThis.clearTimeout = realClear;
  });
  const asked: ProbeAsk[] = [];
  const took: ProbeAnswer[] = [];
  const line = { online: true };
  const rounds = new InternetRounds({
    probe: (ask) => {
      asked.push(ask);
      return (options.answer ?? (() => Promise.resolve(ANSWER)))();
    },
    online: () => line.online,
    measure: () => null,
    took: (answer) => took.push(answer),
    random: () => options.random ?? 0.5,
  });
  const ring = async () => {
    pending.pop()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { rounds, waits, asked, took, line, ring };
}

void t.test('[NI1] the first round comes within seconds, the next at random in the bounds', async (t) => {
  const one = open(t);
  one.rounds.take(PROBES);
  t.ok((one.waits[0] ?? Infinity) <= 8_000);
  await one.ring();
  t.same(one.asked, [{ addresses: PROBES.addresses, measure: null }]);
  t.same(one.took, [ANSWER]);
  t.equal(one.waits[1], 300_000);
  one.rounds.take(PROBES);
  t.equal(one.waits.length, 2, 'a new connection begins no second row of rounds');
});

void t.test('without its room it tries nothing and asks again soon', async (t) => {
  const one = open(t);
  one.line.online = false;
  one.rounds.take(PROBES);
  await one.ring();
  t.same([one.asked, one.waits[1]], [[], 10_000]);
  one.line.online = true;
  await one.ring();
  t.equal(one.asked.length, 1);
});

void t.test('a page that does not answer or breaks says nothing, and the rounds go on', async (t) => {
  for (const answer of [() => Promise.resolve(null), () => Promise.reject(new Error('no frame'))]) {
    const one = open(t, { answer, random: 0 });
    one.rounds.take(PROBES);
    await one.ring();
    t.same([one.took, one.waits[1]], [[], 180_000]);
  }
});

void t.test('after its end no round begins', async (t) => {
  const one = open(t);
  one.rounds.take(PROBES);
  one.rounds.stop();
  await one.ring();
  t.same(one.asked, []);
});
