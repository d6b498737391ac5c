// The checker can fail: every one of its findings is provoked by evidence that was doctored in one place, and sound evidence gives
// none. Torn files are torn where no flush was.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { check, figuresOf } from './checker.js';
import { marksIn, markOf, type Evidence, type RoomEvent, type SeatLine, type SentBody } from './evidence.js';
import { appendHalfFrame, tearUnflushed, unflushedWrites } from './torn-files.js';

/** Room time of the machine's monotonic zero. */
const ZERO = 1_000_000;
const MINUTE = 60_000;
const START = ZERO + 10_000;

type Line<K extends SeatLine['k']> = Extract<SeatLine, { k: K }>;
const body = (
  candidateId: string,
  lease: number,
  itemId: string,
  rev: number,
  text: string,
  madeAt: number,
) => ({
  ...{ t: 'save' as const, candidateId, lease, itemId, rev, value: { text }, marked: false, madeAt },
});

/** A save from the key to the acknowledgement, at a moment of the machine. */
function saved(
  candidateId: string,
  lease: number,
  itemId: string,
  rev: number,
  text: string,
  at: number,
): SeatLine[] {
  const save = body(candidateId, lease, itemId, rev, text, at + ZERO);
  const { t: _t, marked: _marked, ...made } = save;
  return [
    { at, k: 'made', ...made },
    { at: at + 8, k: 'acked', sentAt: at + 1, roomNow: at + ZERO + 5, body: save },
  ];
}

const page = (at: number, candidateId: string, endsAt: number | null, stage = 'answering'): SeatLine => ({
  ...{ at, k: 'page', roomNow: at + ZERO - 1, stage, holder: { candidateId, lease: 1 }, startedAt: START },
  ...{ endsAt, remainingMs: null },
});

/** Of a whole exam: two candidates, a pause, a minute given back, a swap, a kill, a refusal and a contested answer. */
function sound(): Evidence {
  const texts = {
    a: `${markOf('c1')}a`,
    b: `${markOf('c1')}b`,
    late: `${markOf('c1')}late`,
    c: `${markOf('c2')}c`,
  };
  const end = START + MINUTE + 5_000;
  const record = (lease: number, rev: number, text: string, madeAt: number) => ({
    ...{ lease, rev, value: { text }, marked: false, madeAt, savedAt: madeAt + 3 },
  });
  let seq = 0;
  const event = (at: number, type: string, more: object = {}): RoomEvent => ({
    seq: ++seq,
    at,
    type,
    ...more,
  });
  const save = (at: number, candidateId: string, itemId: string, of: object, why?: string) =>
    event(at, why === undefined ? 'answer-saved' : 'answer-contested', {
      candidateId,
      itemId,
      record: of,
      why,
    });
  const first = record(1, 1, texts.a, ZERO + 12_000);
  const second = record(1, 2, texts.b, ZERO + 13_000);
  const onSpare = record(2, 1, texts.b, ZERO + 40_000);
  const other = record(1, 1, texts.c, ZERO + 14_000);
  const alone = record(1, 3, texts.late, ZERO + 38_000);
  const events = [
    event(ZERO + 500, 'server-started'),
    event(ZERO + 1_000, 'entry-opened'),
    event(START, 'session-started'),
    save(ZERO + 12_003, 'c1', 't1', first),
    save(ZERO + 13_003, 'c1', 't1', second),
    save(ZERO + 14_003, 'c2', 't1', other),
    event(ZERO + 20_000, 'session-paused'),
    event(ZERO + 25_000, 'session-resumed'),
    event(ZERO + 29_000, 'clock-sampled'),
    event(ZERO + 31_000, 'server-started'),
    event(ZERO + 36_000, 'machine-swapped', { candidateId: 'c1' }),
    save(ZERO + 40_003, 'c1', 't1', onSpare),
    save(ZERO + 41_000, 'c1', 't1', alone, 'other-lease-newer'),
    event(ZERO + 42_000, 'time-granted', { candidateId: 'c2', ms: MINUTE }),
    event(end + 2, 'time-ended', { candidateIds: ['c1'], endsAt: end }),
    event(ZERO + 90_000, 'candidate-submitted', { candidateId: 'c2', madeAt: ZERO + 90_000 }),
    event(ZERO + 90_000, 'session-ended', { endsAt: ZERO + 90_000 }),
    event(ZERO + 95_000, 'session-collected'),
  ];
  const s1: SeatLine[] = [
    { at: 2_000, k: 'candidate', candidateId: 'c1' },
    page(10_001, 'c1', START + MINUTE),
    ...saved('c1', 1, 't1', 1, texts.a, 12_000),
    ...saved('c1', 1, 't1', 2, texts.b, 13_000),
    {
      at: 21_000,
      k: 'made',
      candidateId: 'c1',
      lease: 1,
      itemId: 'q1',
      rev: 1,
      value: { text: 'x' },
      madeAt: ZERO + 21_000,
    },
    {
      ...{ at: 21_008, k: 'refused', sentAt: 21_001, roomNow: ZERO + 21_005, code: 'paused' },
      body: body('c1', 1, 'q1', 1, 'x', ZERO + 21_000),
    },
    {
      at: 38_000,
      k: 'made',
      candidateId: 'c1',
      lease: 1,
      itemId: 't1',
      rev: 3,
      value: { text: texts.late },
      madeAt: ZERO + 38_000,
    },
    {
      ...{ at: 41_004, k: 'acked', sentAt: 40_999, roomNow: ZERO + 41_001 },
      body: body('c1', 1, 't1', 3, texts.late, ZERO + 38_000),
    },
    {
      at: 41_100,
      k: 'shown',
      candidateId: 'c1',
      lease: 1,
      rows: [{ itemId: 't1', rev: 3, value: { text: texts.late } }],
    },
  ];
  const spare: SeatLine[] = [
    { at: 36_100, k: 'candidate', candidateId: 'c1' },
    { at: 36_200, k: 'marks', marks: ['c1'] },
    {
      at: 36_200,
      k: 'paper',
      candidateId: 'c1',
      lease: 2,
      rows: [{ itemId: 't1', lease: 1, rev: 2, value: { text: texts.b } }],
    },
    page(36_300, 'c1', end),
    ...saved('c1', 2, 't1', 1, texts.b, 40_000),
    {
      at: 76_000,
      k: 'shown',
      candidateId: 'c1',
      lease: 2,
      rows: [{ itemId: 't1', rev: 1, value: { text: texts.b } }],
    },
  ];
  const submit: SentBody = { t: 'submit', candidateId: 'c2', lease: 1, madeAt: ZERO + 90_000 };
  const s2: SeatLine[] = [
    { at: 2_000, k: 'candidate', candidateId: 'c2' },
    ...saved('c2', 1, 't1', 1, texts.c, 14_000),
    page(43_000, 'c2', end + MINUTE),
    { at: 50_000, k: 'time', sentAt: 49_998, roomNow: ZERO + 49_999 },
    { at: 90_010, k: 'acked', sentAt: 90_000, roomNow: ZERO + 90_002, body: submit },
    {
      at: 91_000,
      k: 'shown',
      candidateId: 'c2',
      lease: 1,
      rows: [{ itemId: 't1', rev: 1, value: { text: texts.c } }],
    },
  ];
  const staff = (at: number, type: string): Evidence['staff'][number] => ({
    ...{ sentAt: at - 5, at: at + 5, staffId: 'chief', request: { type }, outcome: { ok: true } },
  });
  return {
    ...{ sessionId: 'am', allowanceMs: MINUTE, clockToleranceMs: 30_000, handOverWindowMs: MINUTE },
    suspendedDecisionMs: MINUTE,
    played: ['c1', 'c2'].map((candidateId) => ({ candidateId, mark: markOf(candidateId) })),
    seats: [
      { seatId: 's01', lines: s1 },
      { seatId: 'b1', lines: spare },
      { seatId: 's02', lines: s2 },
    ],
    staff: [
      ...[staff(10_000, 'start-session'), staff(20_000, 'pause-session'), staff(25_000, 'resume-session')],
      ...[staff(36_000, 'swap-machine'), staff(42_000, 'approve-extension')],
      {
        sentAt: 1,
        at: 9,
        staffId: 'chief',
        request: { type: 'start-session' },
        outcome: { ok: false, code: 'too-early' },
      },
    ],
    driver: [
      { at: 400, k: 'started' },
      { at: 30_000, k: 'gone', why: 'SIGKILL' },
      { at: 30_300, k: 'started' },
      { at: 31_000, k: 'ready' },
    ],
    bundle: {
      events,
      problems: [],
      candidates: [
        {
          ...{ candidateId: 'c1', ended: { at: end, reason: 'time' }, grants: [] },
          ...{
            answers: { t1: onSpare },
            contested: [{ itemId: 't1', record: alone, why: 'other-lease-newer' }],
          },
        },
        {
          ...{
            candidateId: 'c2',
            ended: { at: ZERO + 90_000, reason: 'submitted' },
            grants: [{ ms: MINUTE }],
          },
          ...{ answers: { t1: other }, contested: [] },
        },
      ],
    },
    journal: { ok: true, text: '' },
    documented: { 'seat.save': ['paused', 'after-deadline'], 'staff.start-session': ['too-early'] },
  };
}

const rules = (evidence: Evidence) => [...new Set(check(evidence).map(({ rule }) => rule))];

void t.test('sound evidence gives no finding', async (t) => {
  t.strictSame(check(sound()), []);
  t.match(figuresOf(sound()), {
    ...{
      acknowledged: 5,
      refused: { 'save paused': 1 },
      contested: { 'other-lease-newer': 1 },
      serverStarts: 2,
    },
    clockOffMs: 0,
  });
});

/** What is changed, and the finding that it has to give. */
const doctored: [string, string, (evidence: Evidence) => void][] = [
  ['a bundle that does not verify', 'bundle', ({ bundle }) => bundle.problems.push('chain: row 4')],
  [
    'a journal that does not verify',
    'journal',
    (evidence) => (evidence.journal = { ok: false, text: 'gap' }),
  ],
  [
    'nobody was acknowledged anything',
    'no-evidence',
    ({ seats }) => seats.forEach((seat) => (seat.lines = [])),
  ],
  [
    'an acknowledged answer is missing',
    'acknowledged-lost',
    ({ bundle }) => take(bundle, (event) => rev(event) === 3),
  ],
  [
    'all answers of one are missing',
    'acknowledged-lost',
    ({ bundle }) => take(bundle, ({ candidateId, type }) => candidateId === 'c2' && type === 'answer-saved'),
  ],
  [
    'an acknowledged answer has another value',
    'acknowledged-altered',
    ({ bundle }) => (recordOf(bundle, 1).value = { text: '〔c1〕?' }),
  ],
  [
    'an older answer stands',
    'older-won',
    ({ bundle }) => (bundle.candidates[0]!.answers['t1'] = recordOf(bundle, 2)),
  ],
  ['an older answer came to count later', 'older-won', ({ bundle }) => swapRows(bundle.events, 3, 4)],
  ['nothing stands', 'counted-lost', ({ bundle }) => delete bundle.candidates[1]!.answers['t1']],
  [
    'another value stands',
    'counted-altered',
    ({ bundle }) =>
      (bundle.candidates[1]!.answers['t1'] = {
        ...bundle.candidates[1]!.answers['t1']!,
        value: { text: '!' },
      }),
  ],
  [
    'the page showed something else',
    'shown-not-held',
    ({ seats }) => (line(seats, 2, 'shown').rows[0]!.value = { text: '〔c2〕newer' }),
  ],
  ['a page was never told that all is there', 'never-received', ({ seats }) => drop(seats, 2, 'shown')],
  ['a hand-in is lost', 'hand-in-lost', ({ bundle }) => (bundle.candidates[1]!.ended = null)],
  ['room time ran ahead', 'room-clock', ({ seats }) => (line(seats, 2, 'time').roomNow += 50)],
  ['room time stood still', 'room-clock', ({ seats }) => (line(seats, 2, 'time').roomNow -= 50)],
  [
    'an end came too early',
    'wrong-end',
    ({ bundle }) => (named(bundle, 'time-ended')['endsAt'] = START + MINUTE),
  ],
  ['an end is listed wrongly', 'wrong-end', ({ bundle }) => (bundle.candidates[0]!.ended!.at += 1)],
  [
    'a pause that was not counted',
    'wrong-end',
    ({ bundle }) => (named(bundle, 'session-resumed').at -= 4_000),
  ],
  ['a page showed a wrong end', 'wrong-end-shown', ({ seats }) => (line(seats, 2, 'page').endsAt! += 1)],
  [
    'what was written late counts',
    'late-counts',
    ({ bundle }) => (recordOf(bundle, 1, 'c2').madeAt = ZERO + 90_500),
  ],
  [
    'what was really written late counts',
    'late-counts',
    ({ seats, bundle }) => {
      bundle.candidates[1]!.ended!.at = ZERO + 15_000;
      line(seats, 2, 'made').at = 25_000;
    },
  ],
  ['a PC was wrong about the time', 'pc-clock', ({ seats }) => (line(seats, 2, 'made').madeAt -= 5_000)],
  [
    'a pause was confirmed and never was',
    'act-lost',
    ({ staff }) => (staff[1]!.at = staff[1]!.sentAt -= 9_000),
  ],
  [
    'time was given back and is not there',
    'act-lost',
    ({ bundle }) => take(bundle, ({ type }) => type === 'time-granted'),
  ],
  ['the last entry is older than the death', 'outage', ({ driver }) => (driver[1]!.at -= 10_000)],
  [
    'an end in an outage did not suspend',
    'suspension',
    ({ bundle }) => {
      const at = named(bundle, 'time-ended').at;
      bundle.events.splice(14, 0, { seq: 14.5, at: at + 500, type: 'server-started' });
    },
  ],
  [
    'a suspension without an end in the outage',
    'suspension',
    ({ bundle }) =>
      bundle.events.splice(10, 0, {
        seq: 10.5,
        at: ZERO + 31_000,
        type: 'session-suspended',
        from: ZERO + 29_000,
      }),
  ],
  [
    'a code that is not documented',
    'refusal-undocumented',
    ({ seats }) => (line(seats, 0, 'refused').code = 'no-such-code'),
  ],
  [
    'a code of staff that is not documented',
    'refusal-undocumented',
    ({ documented }) => (documented['staff.start-session'] = []),
  ],
  [
    'refused for a pause that was not',
    'refusal-without-reason',
    ({ seats }) => (line(seats, 0, 'refused').body.madeAt = ZERO + 19_000),
  ],
  [
    'refused as late before the end',
    'refusal-without-reason',
    ({ seats }) => (line(seats, 0, 'refused').code = 'after-deadline'),
  ],
  [
    'sent away',
    'sent-away',
    ({ seats }) => seats[0]!.lines.push({ at: 60_000, k: 'bye', code: 'bad-message' }),
  ],
  ['the mark of another candidate', 'foreign-data', ({ seats }) => line(seats, 1, 'marks').marks.push('c2')],
  [
    'the page of another candidate',
    'foreign-data',
    ({ seats }) => (line(seats, 1, 'page').holder!.candidateId = 'c2'),
  ],
  [
    'the paper of another candidate',
    'foreign-data',
    ({ seats }) => (line(seats, 1, 'paper').candidateId = 'c2'),
  ],
  [
    'an answer that the candidate never wrote',
    'foreign-data',
    ({ seats }) => (line(seats, 1, 'paper').rows[0]!.value = { text: 'c' }),
  ],
  [
    'an answer of A stands under B',
    'foreign-answer',
    ({ bundle }) => (bundle.candidates[0]!.answers['t1'] = bundle.candidates[1]!.answers['t1']!),
  ],
];

for (const [what, rule, change] of doctored)
  void t.test(`${rule}: ${what}`, async (t) => {
    const evidence = sound();
    change(evidence);
    t.ok(rules(evidence).includes(rule), `found: ${rules(evidence).join()}`);
  });

type Bundle = Evidence['bundle'];
const rev = (event: RoomEvent) => (event['record'] as { rev?: number } | undefined)?.rev;

function take(bundle: Bundle, which: (event: RoomEvent) => boolean): void {
  bundle.events = bundle.events.filter((event) => !which(event));
}

function recordOf(bundle: Bundle, of: number, candidateId = 'c1') {
  const found = bundle.events.find((event) => rev(event) === of && event['candidateId'] === candidateId);
  return found?.['record'] as Bundle['candidates'][number]['answers'][string];
}

function named(bundle: Bundle, type: string): RoomEvent {
  return bundle.events.find((event) => event.type === type)!;
}

/** Two rows change their contents, not their numbers. */
function swapRows(events: RoomEvent[], one: number, other: number): void {
  const [a, b] = [events[one]!, events[other]!];
  [a['record'], b['record']] = [b['record'], a['record']];
}

function line<K extends SeatLine['k']>(seats: Evidence['seats'], seat: number, k: K): Line<K> {
  return seats[seat]!.lines.find((one) => one.k === k) as Line<K>;
}

function drop(seats: Evidence['seats'], seat: number, k: SeatLine['k']): void {
  seats[seat]!.lines = seats[seat]!.lines.filter((one) => one.k !== k);
}

void t.test('marks are found in whatever carries them', async (t) => {
  t.strictSame(marksIn(`{"text":"${markOf('c1')}，1，${markOf('c12')}${markOf('c1')}"}`), ['c1', 'c12']);
});

const TRACE = `7 pwrite64(25</d/journal.db-wal>, ""..., 24, 32) = 24
7 pwrite64(25</d/journal.db-wal>, ""..., 4096, 56) = 4096
8 pwrite64(30</d/other>, ""..., 10, 0) = 10
7 fdatasync(25</d/journal.db-wal>) = 0
7 pwrite64(25</d/journal.db-wal>, ""..., 24, 4152 <unfinished ...>
8 fsync(30</d/other>) = 0 (INJECTED)
7 <... pwrite64 resumed>) = 24
7 pwrite64(25</d/journal.db-wal>, ""..., 100, 4176) = 100
7 fdatasync(25</d/journal.db-wal> <unfinished ...>
8 pwrite64(21</d/journal.db>, ""..., 50, 4096) = 50
7 <... fdatasync resumed>) = ? <unavailable>
`;

void t.test('writes without a finished flush are told from the trace', async (t) => {
  t.strictSame(unflushedWrites(TRACE), [
    { path: '/d/journal.db-wal', bytes: 24, offset: 4_152 },
    { path: '/d/journal.db-wal', bytes: 100, offset: 4_176 },
    { path: '/d/journal.db', bytes: 50, offset: 4_096 },
  ]);
  t.strictSame(unflushedWrites(TRACE.replace('= ? <unavailable>', '= 0')), [
    { path: '/d/journal.db', bytes: 50, offset: 4_096 },
  ]);
});

for (const how of ['cut', 'scribble', 'zero'] as const)
  void t.test(`torn by ${how}: nothing that was flushed changes`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'torn-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const [db, wal] = [join(folder, 'journal.db'), join(folder, 'journal.db-wal')];
    const whole = Buffer.alloc(8_000, 7);
    for (const file of [db, wal]) writeFileSync(file, whole);
    t.equal(
      tearUnflushed(TRACE.replaceAll('/d/', `${folder}/`), how, () => 0.5),
      3,
    );
    t.ok(readFileSync(wal).subarray(0, 4_152).equals(whole.subarray(0, 4_152)));
    t.ok(readFileSync(db).subarray(0, 4_096).equals(whole.subarray(0, 4_096)));
    t.ok(readFileSync(db).subarray(4_146).equals(whole.subarray(4_146)));
    t.notOk(readFileSync(wal).equals(whole));
  });

void t.test('half a frame comes after everything that is there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'torn-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const wal = join(folder, 'journal.db-wal');
  appendHalfFrame(wal, 100);
  writeFileSync(wal, Buffer.alloc(5_000, 7));
  appendHalfFrame(wal, 100);
  t.equal(readFileSync(wal).length, 5_100);
});
