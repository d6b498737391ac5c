// The checker can fail: every one of its findings is provoked by evidence that was doctored in one place, and sound evidence gives
// none. Torn files are torn where no flush was.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { check, figuresOf } from './checker.js';
import { MINUTE, sound, START, ZERO } from './sound-evidence.js';
import { marksIn, markOf, type Evidence, type RoomEvent, type SeatLine } from './evidence.js';
import { appendHalfFrame, tearUnflushed, unflushedWrites } from './torn-files.js';

type Line<K extends SeatLine['k']> = Extract<SeatLine, { k: K }>;

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
  [
    'a page showed as saved what never came',
    'saved-not-held',
    ({ seats }) => (line(seats, 2, 'saved-shown').value = { text: '〔c2〕newer' }),
  ],
  ['a file that was acknowledged is missing', 'file-lost', ({ bundle }) => bundle.files.pop()],
  [
    'a candidate left with a file that is not there',
    'file-missing',
    ({ bundle, seats }) => {
      bundle.files.pop();
      drop(seats, 2, 'file-acked');
    },
  ],
  ['a file has other bytes', 'file-altered', ({ bundle }) => (bundle.files[0]!.sha256 = 'b'.repeat(64))],
  ['a file is shorter', 'file-altered', ({ bundle }) => (bundle.files[0]!.size -= 1)],
  ["another's file", 'foreign-file', ({ bundle }) => (bundle.files[0]!.candidateId = 'c1')],
  [
    'the room failed at an upload',
    'upload-fault',
    ({ seats }) => (line(seats, 2, 'file-refused').status = 500),
  ],
  [
    'a browser was given something, and something else stands',
    'foreign-answer',
    ({ seats }) => (line(seats, 2, 'given').value = { files: [] }),
  ],
  [
    'a PC sent what it made later',
    'pc-clock',
    ({ seats }) => (line(seats, 2, 'acked').body.madeAt! += 5_000),
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
      bundle.events.splice(11, 0, {
        seq: 11.5,
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
