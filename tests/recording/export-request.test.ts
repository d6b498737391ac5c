// What an export has to hold follows from the journal alone: its time by the cameras' clock, its cameras, its name.

import t from 'tap';
import { initialState } from '../../server/core/initial.js';
import { newSession } from '../../server/core/new-session.js';
import type { Session, State } from '../../server/core/types.js';
import { emptyRecord } from '../../server/core/video-record.js';
import { exportStem } from '../../server/recording/export-names.js';
import { wantedExport } from '../../server/recording/export-request.js';
import { SESSION, smallPackage } from '../support/small-room.js';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-21T09:00:00+08:00');
const installed = smallPackage({ startsAt: START, minutes: 60 });
const [plan] = installed.sessions;
if (plan === undefined) throw new Error('the small exam has a session');

const sessionOf = (more: Partial<Session> = {}, sessionId = SESSION, startsAt = START): Session => ({
  ...newSession('pkg-1', { ...plan, sessionId, startsAt }),
  ...more,
});
const camera = (deviceId: string, name: string) => ({
  ...{ card: { deviceId, kind: 'camera' as const, name, adapter: 'rtsp' }, readings: {}, readAt: null },
  ...{ fault: null, commanded: null, attested: [] },
});
const COLLECTED = { collectedAt: START + 70 * MINUTE_MS };
const stateOf = (more: Partial<State> = {}): State => ({
  ...initialState(),
  package: installed,
  sessions: { [SESSION]: sessionOf(COLLECTED) },
  devices: { b: camera('b', '后'), a: camera('a', '前') },
  video: { rule: { beforeMs: 10 * MINUTE_MS, afterMs: 5 * MINUTE_MS }, cameras: {} },
  ...more,
});
const options = { listed: [], now: START + 120 * MINUTE_MS, roomName: '考场' };

void t.test(
  '[VI4] from before entry until after the collection; coverage is of the time to the collection',
  async (t) => {
    t.match(wantedExport(stateOf(), SESSION, options), {
      from: START - 40 * MINUTE_MS,
      until: START + 75 * MINUTE_MS,
      judgedUntil: START + 70 * MINUTE_MS,
      session: { siteName: '示例学院', roomName: '2号楼102考场', packageId: 'pkg-1', isOneOfSeveral: false },
    });
  },
);

void t.test('lists have the wall clock: the time is moved by as much as it is ahead', async (t) => {
  const video = { ...stateOf().video, cameras: { a: { ...emptyRecord(), wallAheadMs: 7_000 } } };
  const moved = wantedExport(stateOf({ video }), SESSION, options);
  t.equal(moved?.from, START - 40 * MINUTE_MS + 7_000);
  t.equal(moved?.judgedUntil, START + 70 * MINUTE_MS + 7_000);
});

void t.test(
  '[VI3] a clock that was set in the middle: the time holds what was recorded on either side',
  async (t) => {
    const from = START - 40 * MINUTE_MS;
    const until = START + 75 * MINUTE_MS;
    const setAt = START + 30 * MINUTE_MS;
    const wanted = (clocks: { untilAt: number; wallAheadMs: number }[], wallAheadMs: number) => {
      const earlier = clocks.map((clock, n) => ({ untilLine: (n + 1) * 100, ...clock }));
      const record = { ...emptyRecord(), wallAheadMs, clocks: earlier };
      const video = { ...stateOf().video, cameras: { a: record } };
      const {
        from: begins,
        until: ends,
        judgedUntil,
      } = wantedExport(stateOf({ video }), SESSION, options) ?? {};
      return { begins, ends, judgedUntil };
    };
    const hour = 60 * MINUTE_MS;
    const judged = START + 70 * MINUTE_MS;
    t.same(wanted([{ untilAt: setAt, wallAheadMs: 0 }], hour), {
      ...{ begins: from, ends: until + hour, judgedUntil: judged + hour },
    });
    t.same(
      wanted([{ untilAt: setAt, wallAheadMs: 0 }], -hour),
      { begins: setAt - hour < from ? setAt - hour : from, ends: setAt, judgedUntil: setAt },
      'set back: the last reading of the clock before it is later than any after it',
    );
    t.same(
      wanted([{ untilAt: from - hour, wallAheadMs: -hour }], 5_000),
      { begins: from + 5_000, ends: until + 5_000, judgedUntil: judged + 5_000 },
      'one that was set before the session does not matter',
    );
  },
);

void t.test('cameras in the order of the settings, then those that only have recordings', async (t) => {
  const wanted = wantedExport(stateOf(), SESSION, { ...options, listed: ['a', 'old', 'b'] });
  t.strictSame(wanted?.cameras, [
    { cameraId: 'b', name: '后' },
    { cameraId: 'a', name: '前' },
    { cameraId: 'old', name: 'old' },
  ]);
});

void t.test('[REQ-F04] with two sessions on a day the start tells them apart', async (t) => {
  const afternoon = sessionOf({}, 'theory-pm', START + 5 * 60 * MINUTE_MS);
  const tomorrow = sessionOf({}, 'other', START + 24 * 60 * MINUTE_MS);
  const sessions = { [SESSION]: sessionOf(COLLECTED), other: tomorrow };
  const stem = (state: State) => {
    const wanted = wantedExport(state, SESSION, options);
    return wanted === null ? null : exportStem(wanted.session);
  };
  t.equal(stem(stateOf({ sessions })), '20261121示例学院2号楼102考场');
  t.equal(stem(stateOf({ sessions: { ...sessions, afternoon } })), '20261121示例学院2号楼102考场-0900');
});

void t.test('what is not collected is exported to this moment; what never was is none', async (t) => {
  const running = stateOf({ sessions: { [SESSION]: sessionOf() }, currentSession: SESSION });
  const now = START + 20 * MINUTE_MS;
  t.match(wantedExport(running, SESSION, { ...options, now }), { until: now, judgedUntil: now });
  t.equal(wantedExport(stateOf(), 'nobody', options), null);
  t.equal(wantedExport(stateOf(), 'constructor', options), null);
});

void t.test('a room without a rule is exported with some minutes around', async (t) => {
  const video = { rule: null, cameras: {} };
  t.match(wantedExport(stateOf({ video }), SESSION, options), {
    from: START - 40 * MINUTE_MS,
    judgedUntil: START + 70 * MINUTE_MS,
  });
});
