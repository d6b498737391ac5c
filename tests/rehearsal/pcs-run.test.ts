// One rehearsal on the room's own PCs, with PCs and a practice room that the test plays: what ends it, and what is kept then.

import t from 'tap';
import type { RehearsalRoomMessage } from '../../server/protocol/rehearsal.js';
import type { BesideRoom } from '../../server/rehearsal/beside-room.js';
import type { PcListener, PcPages, PlayingPc } from '../../server/rehearsal/pc-pages.js';
import { PcsRun, type PcsRunParts } from '../../server/rehearsal/pcs-run.js';

t.setTimeout(560_000);

const NOTHING = { connected: 0, fetched: 0, ready: 0, answering: 0, done: 0, saves: 0, saveP99Ms: 0 };

/** A PC that does at once what the room says. */
class ObedientPc implements PlayingPc {
  here = true;
  joined = true;
  progress: PlayingPc['progress'] = null;
  figures: PlayingPc['figures'] = null;
  readonly heard: string[] = [];
  #seats = 0;

  constructor(
    readonly label: string,
    readonly word: string,
    private readonly listener: PcListener,
  ) {}

  send(message: RehearsalRoomMessage): void {
    this.heard.push(message.t);
    if (message.t === 'play') {
      this.#seats = message.seats;
      this.#progress({ connected: message.seats });
      for (let index = 0; index < message.seats; index++) this.listener.code(this, index, `00000${index}`);
    }
    if (message.t === 'seated') this.#progress({ fetched: this.#seats });
    if (message.t === 'log-in') this.#progress({ fetched: this.#seats, ready: this.#seats });
    if (message.t === 'stop') this.give(0);
  }

  give(handedIn: number): void {
    const counts = { handedIn, acknowledged: 3, lost: 0, refused: 0 };
    this.figures = { t: 'figures', ...counts, problems: [], tookMs: { save: [5] }, held: [] };
    this.listener.changed(this);
  }

  #progress(more: Partial<typeof NOTHING>): void {
    this.progress = { t: 'progress', ...NOTHING, ...more, alive: this.#seats };
    this.listener.changed(this);
  }
}

function played(room: Partial<Record<keyof BesideRoom, unknown>>, more: Partial<PcsRunParts> = {}) {
  const pcs: ObedientPc[] = [];
  const pages = {
    expect: (expected: readonly { label: string; word: string }[], listener: PcListener) => {
      for (const { label, word } of expected) pcs.push(new ObedientPc(label, word, listener));
      return pcs;
    },
  } as unknown as PcPages;
  const done: string[] = [];
  const whole = {
    port: 1,
    seat: (code: string) => Promise.resolve(`ticket-${code}`),
    openEntry: () => Promise.resolve(),
    start: () => Promise.resolve(),
    compare: () => Promise.resolve({ lost: 0, problems: [] }),
    close: () => Promise.resolve(void done.push('closed')),
    ...room,
  } as unknown as BesideRoom;
  const run = new PcsRun({
    ...{ runId: 'r', seats: 4, lastsMs: 60_000, limitMs: 120_000, endsBy: 0 },
    pcs: ['01', '02'].map((label) => ({ label, word: label })),
    ...{ pages, openRoom: () => Promise.resolve(whole), call: () => undefined, changed: () => undefined },
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    ...more,
  });
  return { run, pcs, done };
}

/** As far as promises go by themselves. */
async function until(holds: () => boolean): Promise<void> {
  const from = performance.now();
  while (!holds()) {
    if (performance.now() - from > 20_000) throw new Error('in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

void t.test('a day without trouble: all PCs play their share, and it is complete', async (t) => {
  const { run, pcs, done } = played({});
  const outcome = run.play();
  await until(() => run.view.stage === 'answering');
  for (const pc of pcs) pc.give(2);
  t.match(await outcome, {
    ...{ ended: 'complete', lost: 0, problems: [], stayedAway: [] },
    parts: [
      { label: '01', seats: 2, figures: { handedIn: 2 } },
      { label: '02', seats: 2, figures: { handedIn: 2 } },
    ],
  });
  for (const { heard } of pcs) t.same(heard, ['play', 'seated', 'log-in']);
  t.same(done, ['closed']);
});

void t.test('a room that is needed while its practice room is made does not wait for that', async (t) => {
  const { run, done } = played(
    {},
    {
      openRoom: (signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('given up')), { once: true }),
        ),
    },
  );
  const outcome = run.play();
  t.equal(run.view.stage, 'preparing');
  run.stop('room-needed');
  t.match(await outcome, { ended: 'room-needed', parts: [], problems: [] });
  t.same(done, []);
});

void t.test('nobody is checked in any more once it was stopped', async (t) => {
  let given: AbortSignal | null = null;
  const { run } = played({
    openEntry: async (signal: AbortSignal) => {
      given = signal;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      signal.throwIfAborted();
    },
  });
  const outcome = run.play();
  await until(() => given !== null);
  run.stop('stopped');
  t.match(await outcome, { ended: 'stopped', problems: [] });
});

void t.test('a stop while the journal is compared cuts nothing short', async (t) => {
  let compared = (_: { lost: number; problems: string[] }): void => undefined;
  const { run, pcs } = played({ compare: () => new Promise((resolve) => (compared = resolve)) });
  const outcome = run.play();
  await until(() => run.view.stage === 'answering');
  for (const pc of pcs) pc.give(2);
  await until(() => run.view.stage === 'comparing');
  run.stop('room-needed');
  compared({ lost: 1, problems: ['the journal'] });
  t.match(await outcome, { ended: 'complete', lost: 1, problems: ['the journal'] });
});

void t.test('what is stopped in the middle keeps what was measured', async (t) => {
  const { run, pcs } = played({});
  const outcome = run.play();
  await until(() => run.view.stage === 'answering');
  run.stop('stopped');
  t.match(await outcome, { ended: 'stopped', parts: [{ figures: { acknowledged: 3 } }, {}] });
  for (const { heard } of pcs) t.equal(heard.at(-1), 'stop');
});
