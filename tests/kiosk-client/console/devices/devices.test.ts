// What the console says of devices: states by alarms alone, readings with their source, plots with gaps, rows of the timeline.

import fc from 'fast-check';
import t from 'tap';
import { deviceLook, worstFirst } from '../../../../kiosk-client/console/devices/device-state.js';
import { markSentence } from '../../../../kiosk-client/console/devices/device-texts.js';
import { plotLines } from '../../../../kiosk-client/console/devices/plot-lines.js';
import { leadingFacts, readingText } from '../../../../kiosk-client/console/devices/readings.js';
import {
  axisTicks,
  timelineRows,
  timelineSpan,
} from '../../../../kiosk-client/console/devices/timeline-rows.js';
import { isOnStrip } from '../../../../kiosk-client/console/shell/alarm-strip.js';
import { ALARM_ADVICE } from '../../../../kiosk-client/console/texts/alarm-advice.js';
import { alarmAdvice, alarmWords, attestedWords } from '../../../../kiosk-client/console/texts/devices.js';
import { ALARM_CODES } from '../../../../server/core/alarm-codes.js';
import { DEVICE_KINDS, READINGS, type ReadingName, type Readings } from '../../../../server/core/readings.js';
import type { AlarmView, DeviceMark } from '../../../../server/protocol/staff.js';

const AT = 1_800_000_000_000;
const MINUTE = 60_000;

const alarm = (more: Partial<AlarmView> = {}): AlarmView => ({
  ...{ alarmId: 'al1', deviceId: 'ups', seatId: null, code: 'on-battery', severity: 'red' },
  ...{ raisedAt: AT, clearedAt: null, acknowledged: null },
  ...more,
});

void t.test('a runtime that somebody attested is said in minutes', async (t) => {
  const said = { what: 'runtime', value: '4802' };
  t.equal(attestedWords(said, 'zh'), '可供电 1 小时 20 分');
  t.equal(attestedWords(said, 'en'), 'runtime on battery 1 h 20 min');
  t.match(attestedWords({ what: 'jammer-effective', value: 'effective' }, 'zh'), /有效$/);
});

void t.test('a device is as its standing alarms say; one failed poll changes nothing', async (t) => {
  const look = (alarms: AlarmView[], readAt: number | null = AT) =>
    deviceLook({ deviceId: 'ups' }, alarms, readAt, 'zh').word;
  t.equal(look([]), '正常');
  t.equal(look([], null), '尚无读数');
  t.equal(look([alarm()]), '故障');
  t.equal(look([alarm({ clearedAt: AT + 1 })]), '正常', 'what cleared is over');
  t.equal(look([alarm({ deviceId: 'other' })]), '正常', 'what another has is not its');
  t.equal(look([alarm({ code: 'silent', severity: 'amber' })]), '无应答');
  t.equal(look([alarm({ code: 'jammer-hot', severity: 'amber' })]), '注意');
  t.equal(look([alarm({ code: 'help-asked', severity: 'red' })]), '求助', 'nothing is broken');
  t.equal(look([alarm({ code: 'silent', severity: 'amber' }), alarm()]), '故障', 'the worst counts');
});

void t.test('those that need a person stand first, the others keep their order', async (t) => {
  const device = (deviceId: string, worst: 'red' | 'amber' | null) => ({ deviceId, worst });
  const list = [device('a', null), device('b', 'amber'), device('c', null), device('d', 'red')];
  t.same(
    worstFirst(list).map(({ deviceId }) => deviceId),
    ['d', 'b', 'a', 'c'],
  );
});

void t.test('a runtime never stands without who says so', async (t) => {
  const ups = { kind: 'ups', attested: [] } as const;
  const facts = (readings: Readings) => leadingFacts({ ...ups, attested: [] }, readings, 'zh');
  t.same(facts({ 'battery.charge': 97, 'battery.runtime': 7_500, 'battery.runtime-source': 'tested' }), [
    '97%',
    '2 小时 5 分（实测）',
  ]);
  t.same(facts({ 'battery.runtime': 300 }), ['5 分钟（报告）']);
  t.same(facts({}), []);
  const by = { what: 'runtime', value: '1800', note: '', by: 'xi', at: AT } as const;
  t.same(leadingFacts({ ...ups, attested: [by] }, {}, 'en'), ['30 min (attested)']);
});

void t.test('the effect of a jammer: measured before attested, and each named as what it is', async (t) => {
  const by = { what: 'jammer-effective', value: 'effective', note: '', by: 'xi', at: AT } as const;
  const fact = (readings: Readings) =>
    leadingFacts({ kind: 'jammer', attested: [by] }, readings, 'zh')[0] ?? '';
  t.equal(fact({ 'jammer.observed': 'ineffective' }), '实测无效');
  t.equal(fact({}), '人工确认有效');
  t.equal(fact({ 'jammer.observed': 'not-measurable' }), '人工确认有效');
  const alone = (readings: Readings, commanded: 'on' | 'off' | null = null) =>
    leadingFacts(
      {
        ...{ kind: 'jammer', attested: [] },
        commanded: commanded === null ? null : { act: commanded, by: 'xi', at: AT },
      },
      readings,
      'zh',
    );
  t.same(alone({ 'jammer.reported': true }), ['自报开启'], 'no more than it says itself');
  t.same(alone({ 'jammer.reported': false }, 'on'), ['关闭'], 'against every command');
  t.same(alone({}, 'on'), ['仅有指令']);
  t.same(alone({}), []);
});

void t.test('every reading of every kind has words in both languages', async (t) => {
  for (const name of Object.keys(READINGS) as ReadingName[]) {
    const { type } = READINGS[name];
    const value = { flag: true, number: 12.345, text: 'effective', list: ['5G'] }[type];
    for (const language of ['zh', 'en'] as const)
      t.match(readingText(name, value as never, language), /\S/, `${name} ${language}`);
  }
  for (const kind of DEVICE_KINDS) t.same(leadingFacts({ kind, attested: [] }, {}, 'zh'), [], kind);
});

void t.test('every alarm has its words and says what to do', async (t) => {
  t.same(Object.keys(ALARM_ADVICE).sort(), [...ALARM_CODES].sort());
  for (const code of ALARM_CODES)
    for (const language of ['zh', 'en'] as const) {
      t.not(alarmWords(code, language), code);
      t.ok(alarmAdvice(code, language).length > 10, code);
      t.notMatch(alarmAdvice(code, language), /[!！]/, 'without shouting');
    }
  t.equal(alarmAdvice('of-a-newer-room', 'zh'), '');
});

void t.test('the strip has red alarms that stand and that nobody has acknowledged', async (t) => {
  t.ok(isOnStrip(alarm()));
  t.notOk(isOnStrip(alarm({ severity: 'amber' })));
  t.notOk(isOnStrip(alarm({ clearedAt: AT })));
  t.notOk(isOnStrip(alarm({ acknowledged: { by: 'xi', at: AT, note: '已处理' } })));
});

void t.test('a plot stays inside its box, and a gap is no slope', async (t) => {
  const box = { width: 100, height: 20, from: AT, to: AT + 60 * MINUTE };
  t.same(plotLines([], box), { path: '', low: 0, high: 0 });
  t.equal(
    plotLines(
      [
        { at: AT, value: 5 },
        { at: AT + MINUTE, value: 5 },
      ],
      box,
    ).path,
    'M0 10L1.7 10',
  );
  const gap = plotLines(
    [
      { at: AT, value: 1 },
      { at: AT + 30 * MINUTE, value: 2 },
    ],
    box,
  ).path;
  t.equal(gap.match(/M/g)?.length, 2);
  const point = fc.record({
    at: fc.integer({ min: AT - 10 * MINUTE, max: AT + 90 * MINUTE }),
    value: fc.double(),
  });
  fc.assert(
    fc.property(fc.array(point), (points) => {
      const { path } = plotLines(
        points.sort((a, b) => a.at - b.at),
        box,
      );
      for (const [, x = '', y = ''] of path.matchAll(/[ML](\S+?) (-?[\d.e+]+)/g))
        if (!(Number(x) >= 0 && Number(x) <= 100 && Number(y) >= 0 && Number(y) <= 20)) return false;
      return !path.includes('NaN') && !path.includes('Infinity');
    }),
  );
});

let seq = 0;
const mark = (type: DeviceMark['type'], at: number, more: Partial<DeviceMark> = {}): DeviceMark => ({
  ...{ seq: ++seq, at: AT + at, type, deviceId: 'ups', seatId: null, params: {} },
  ...more,
});
const raised = { params: { alarmId: 'al1', code: 'on-battery', severity: 'red' } };

void t.test('bars run from raised to cleared, acts are marks, quiet devices have their row', async (t) => {
  const rows = timelineRows(
    ['ups', 'jammer'],
    [
      mark('alarm-raised', 0, raised),
      mark('alarm-acknowledged', 5, { params: { alarmId: 'al1', code: 'on-battery', by: 'xi' } }),
      mark('alarm-cleared', 9, { params: { alarmId: 'al1', code: 'on-battery' } }),
      mark('alarm-raised', 20, raised),
      mark('mains-lost', 1, { deviceId: null }),
    ],
    [],
  );
  t.match(rows, [
    {
      deviceId: 'ups',
      bars: [
        { from: AT, to: AT + 9 },
        { from: AT + 20, to: null },
      ],
      dots: [{ type: 'alarm-acknowledged' }],
    },
    { deviceId: 'jammer', bars: [], dots: [] },
    { deviceId: null, bars: [{ code: 'mains-lost', to: null }] },
  ]);
});

void t.test('what stood before the first mark has a bar, and none has two', async (t) => {
  const [row] = timelineRows(['ups'], [], [alarm()]);
  t.match(row?.bars, [{ from: AT, to: null }]);
  t.equal(timelineRows(['ups'], [mark('alarm-raised', 0, raised)], [alarm()])[0]?.bars.length, 1);
});

void t.test('the axis has few, round instants and ends with now', async (t) => {
  for (const minutes of [1, 17, 90, 200, 600]) {
    const ticks = axisTicks(AT, AT + minutes * MINUTE);
    t.ok(ticks.length <= 9, `${minutes} min`);
    t.ok(ticks.every((at) => at % MINUTE === 0 && at >= AT));
  }
  t.match(timelineSpan(null, AT), { from: AT - 120 * MINUTE });
  const session = { startsAt: AT, startedAt: AT + MINUTE };
  t.match(timelineSpan(session, AT + 61 * MINUTE), { from: AT - 14 * MINUTE });
  t.match(timelineSpan({ ...session, startedAt: null }, AT), { from: AT - 120 * MINUTE });
});

void t.test('every mark has its sentence', async (t) => {
  const params = {
    code: 'on-battery',
    act: 'off',
    by: 'xi',
    note: '已看',
    reason: '试机',
    what: 'runtime',
    value: '60',
  };
  const types = ['alarm-raised', 'alarm-cleared', 'alarm-acknowledged', 'device-commanded'] as const;
  for (const type of [...types, 'device-acted', 'device-attested', 'mains-lost', 'mains-restored'] as const)
    for (const language of ['zh', 'en'] as const)
      t.notMatch(
        markSentence(mark(type, 0, { params }), () => '席心', language),
        /undefined|^$/,
        type,
      );
});
