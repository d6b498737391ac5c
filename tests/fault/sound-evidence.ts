// Evidence of a whole exam as a sound room leaves it: two candidates, one of them in a real browser, a pause, a minute given back,
// a swap, a kill, a refusal, a contested answer and a file. It proves nothing by itself; tests change it in one place.

import { markOf, type Evidence, type RoomEvent, type SeatLine, type SentBody } from './evidence.js';

/** Room time of the machine's monotonic zero. */
export const ZERO = 1_000_000;
export const MINUTE = 60_000;
export const START = ZERO + 10_000;
const HASH = 'a'.repeat(64);

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
export function sound(): Evidence {
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
  const handedIn = {
    files: [{ fileHash: HASH, size: 10, name: '作品.xlsx', type: '' }],
  };
  const named = { ...record(1, 1, '', ZERO + 15_000), value: handedIn };
  const alone = record(1, 3, texts.late, ZERO + 38_000);
  const events = [
    event(ZERO + 500, 'server-started'),
    event(ZERO + 1_000, 'entry-opened'),
    event(START, 'session-started'),
    save(ZERO + 12_003, 'c1', 't1', first),
    save(ZERO + 13_003, 'c1', 't1', second),
    save(ZERO + 14_003, 'c2', 't1', other),
    save(ZERO + 15_003, 'c2', 'f1', named),
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
    { at: 14_500, k: 'saved-shown', candidateId: 'c2', itemId: 't1', value: { text: texts.c } },
    { at: 14_900, k: 'file-made', candidateId: 'c2', itemId: 'f1', fileHash: HASH, size: 10 },
    { at: 14_950, k: 'given', candidateId: 'c2', itemId: 'f1', value: structuredClone(handedIn) },
    { at: 15_100, k: 'file-refused', method: 'PATCH', path: '/uploads', status: 507, code: 'disk-full' },
    { at: 16_000, k: 'file-acked', candidateId: 'c2', lease: 1, fileHash: HASH, size: 10, by: 'upload' },
    page(43_000, 'c2', end + MINUTE),
    { at: 50_000, k: 'time', sentAt: 49_998, roomNow: ZERO + 49_999 },
    { at: 90_010, k: 'acked', sentAt: 90_000, roomNow: ZERO + 90_002, body: submit },
    {
      at: 91_000,
      k: 'shown',
      candidateId: 'c2',
      lease: 1,
      rows: [
        { itemId: 't1', rev: 1, value: { text: texts.c } },
        { itemId: 'f1', rev: 1, value: handedIn },
      ],
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
      files: [{ candidateId: 'c2', fileHash: HASH, sha256: HASH, size: 10 }],
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
          ...{ answers: { t1: other, f1: named }, contested: [] },
        },
      ],
    },
    journal: { ok: true, text: '' },
    documented: { 'seat.save': ['paused', 'after-deadline'], 'staff.start-session': ['too-early'] },
  };
}
