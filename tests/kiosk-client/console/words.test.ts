// The console's words: ages, states of seats, sentences of events and refusals, finding somebody.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { isFound, isPlaceOf, seatState } from '../../../kiosk-client/console/map/seat-state.js';
import { codeOf, minutesOf } from '../../../kiosk-client/console/parts/typed.js';
import { RoomTime } from '../../../kiosk-client/console/room/room-time.js';
import { age, spell } from '../../../kiosk-client/console/texts/age.js';
import { feedSentence, KNOWN_EVENTS } from '../../../kiosk-client/console/texts/feed.js';
import { nextStepTexts } from '../../../kiosk-client/console/texts/next-step.js';
import { refusalSentence } from '../../../kiosk-client/console/texts/refusal.js';
import { SHAPES, words } from '../../../kiosk-client/console/texts/words.js';
import type { EventType } from '../../../server/core/events.js';
import { NOT_NEWS } from '../../../server/proctor/feed.js';
import type { SeatLook } from '../../../server/protocol/staff.js';
import { seat } from '../support/room-view.js';

/** What the room puts into a line, all of it at once. */
const PARAMS = {
  ...{
    seat: '07',
    toSeat: 'B1',
    name: '沈若溪',
    person: '席心',
    staff: '静安',
    ms: 120_000,
    beforeEndMs: 900_000,
  },
  ...{
    count: 3,
    absent: 1,
    reason: 'illness',
    text: '头晕',
    code: 'too-early',
    category: 'illness',
    why: 'expired',
  },
  ...{ accompaniedBy: '静安', role: 'proctor', by: 'seat-paired' },
  ...{ packageId: 'plan-1', sequence: 2, from: '远助', act: 'install', address: '10.0.0.9' },
  ...{ device: '服务器 UPS', note: '已查看', what: 'runtime', value: '7200', fault: 'timed-out' },
  ...{ green: 40, amber: 1, red: 0, unknown: 0 },
  ...{ pcs: 40, seats: 80, answering: 80, handedIn: 80, saves: 1_600, lost: 0 },
};

void t.test('ages do not jump in width, and are never negative', (t) => {
  const table: [number, string, string][] = [
    [-5, '0 秒', '0 s'],
    [59_999, '59 秒', '59 s'],
    [60_000, '1:00', '1:00'],
    [599_000, '9:59', '9:59'],
    [600_000, '10 分', '10 min'],
    [3_600_000 + 300_000, '1 时 05 分', '1 h 05'],
  ];
  for (const [ms, zh, en] of table) t.same([age(ms, 'zh'), age(ms, 'en')], [zh, en]);
  t.same(
    [48_000, 80_000, 120_000, -1].map((ms) => spell(ms, 'zh')),
    ['48 秒', '1 分 20 秒', '2 分钟', '0 秒'],
  );
  t.end();
});

void t.test('every state has a shape and a word; before the start the word says how far somebody is', (t) => {
  for (const look of Object.keys(SHAPES) as SeatLook[]) {
    const { shape, word } = seatState(seat(1, { look, connected: true }), words.zh);
    t.ok(shape !== '' && word !== '', look);
  }
  const waiting = (more: Parameters<typeof seat>[1]) =>
    seatState(seat(1, { look: 'waiting', ...more }), words.zh).word;
  t.equal(waiting({ attendance: 'expected' }), '未到');
  t.equal(waiting({ loggedIn: 'no' }), '未登录');
  t.equal(waiting({ loggedIn: 'identity-confirmed' }), '已核对信息');
  t.equal(waiting({ loggedIn: 'ready' }), '已就绪');
  t.equal(waiting({ connected: false }), '未连接');
  t.equal(waiting({ checkPassed: false }), '自检未过');
  t.equal(waiting({ candidateId: null, spare: true }), '备用');
  t.equal(waiting({ candidateId: null }), '等待中');
  t.end();
});

void t.test('finding: by seat, name, or part of the ticket number; full width does not matter', (t) => {
  const row = seat(7, { name: '沈若溪', ticketNo: '99012026110017' });
  for (const typed of ['', ' ', '7', '07', '０７', '若溪', '1100', '９９０１'])
    t.ok(isFound(row, typed), typed);
  for (const typed of ['0', '17', '沈 若 水', '8']) t.notOk(isFound(row, typed), typed);
  t.notOk(isFound(seat(8, { name: null, ticketNo: null }), '110'));
  t.end();
});

void t.test('every event that is news has a sentence of its own in both languages', (t) => {
  const source = readFileSync('server/core/events.ts', 'utf8');
  const types = [...source.matchAll(/^\s+(?:\| \{ )?type: '([a-z-]+)'/gm)].map(
    ([, type]) => type as EventType,
  );
  t.ok(types.length > 60, 'the list was found');
  const news = types.filter((type) => !NOT_NEWS.has(type));
  t.same(
    news.filter((type) => !KNOWN_EVENTS.includes(type)),
    [],
  );
  for (const type of KNOWN_EVENTS)
    for (const language of ['zh', 'en'] as const) {
      const sentence = feedSentence({ seq: 1, at: 1, type, params: PARAMS }, language);
      t.ok(sentence.length > 1 && !/undefined|NaN|\[object/.test(sentence), `${type}: ${sentence}`);
    }
  t.equal(feedSentence({ seq: 1, at: 1, type: 'of-tomorrow', params: {} }, 'zh'), 'of-tomorrow');
  t.end();
});

void t.test('a refusal says what and what next, the page’s own and unknown ones too', (t) => {
  for (const code of ['no-line', 'no-answer', 'too-early', 'something-new'])
    for (const language of ['zh', 'en'] as const) {
      const { what, next } = refusalSentence({ ok: false, code }, language);
      t.ok(what.length > 3 && next.length > 3, `${code}: ${what} ${next}`);
    }
  t.end();
});

void t.test('what people type: minutes and codes', (t) => {
  t.same(['2', '２', ' 10 ', '600'].map(minutesOf), [2, 2, 10, 600]);
  t.same(['', '0', '601', '1.5', '-1', '1e2', '十'].map(minutesOf), [
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
  t.equal(codeOf(' 1234 ５６７８ '), '12345678');
  t.equal(codeOf('  '), null);
  fc.assert(
    fc.property(fc.string(), (typed) => {
      const minutes = minutesOf(typed);
      return minutes === null || (Number.isInteger(minutes) && minutes >= 1 && minutes <= 600);
    }),
  );
  t.end();
});

void t.test('room time: the latest estimate is the best, unless the clock really was set back', (t) => {
  let monotonic = 0;
  const time = new RoomTime(() => monotonic);
  t.equal(time.now(), 0);
  time.heard(1_000_000);
  monotonic = 1_000;
  time.heard(1_000_400);
  t.equal(time.now(), 1_001_000, 'a late message moves nothing');
  time.heard(1_001_300);
  t.equal(time.now(), 1_001_300);
  time.heard(900_000);
  t.equal(time.now(), 900_000, 'set back by more than any delay');
  t.end();
});

void t.test('a candidate on the way is at the new seat, and only there', async (t) => {
  t.equal(isPlaceOf(seat(1, { movedTo: null })), true);
  t.equal(isPlaceOf(seat(1, { movedTo: 'b1' })), false);
  t.equal(isPlaceOf(seat(1, { seatId: 'b1', movedTo: 'b1' })), true);
});

void t.test('once the national start has come nobody is told that it is still to come', async (t) => {
  t.equal(nextStepTexts.zh.startAt('09:30:00', '5 秒'), '统一开考时间 09:30:00，还有 5 秒');
  t.equal(nextStepTexts.zh.startAt('09:30:00', null), '已到统一开考时间 09:30:00');
  t.notMatch(nextStepTexts.en.startAt('09:30:00', null), / in /);
});
