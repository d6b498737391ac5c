// No code of a machine stands where people read: every code of the closed lists has words in both languages, and the check of the
// room says those on its lines, in its printed report and on the terminal.

import t from 'tap';
import { ALARM_CODES } from '../../server/core/alarm-codes.js';
import { DEVICE_FAULTS, DEVICE_KINDS, type ReadingName } from '../../server/core/readings.js';
import type { RehearsalEnd } from '../../server/core/rehearsal-types.js';
import { ADAPTERS } from '../../server/devices/adapters.js';
import { judgeReachable } from '../../server/preflight/camera-judgements.js';
import { judgeAlarms, type StandingAlarm } from '../../server/preflight/device-checks.js';
import { judgeDevice } from '../../server/preflight/device-judgements.js';
import type { Both, Judgement } from '../../server/preflight/line.js';
import { judgePcsRehearsal } from '../../server/preflight/pcs-rehearsal.js';
import { readingWords } from '../../server/preflight/reading-words.js';
import { reportPage } from '../../server/preflight/report-page.js';
import {
  ADAPTER_WORDS,
  ALARM_WORDS,
  FAULT_WORDS,
  READING_VALUE_WORDS,
} from '../../server/protocol/device-words.js';
import type { PreflightReport } from '../../server/protocol/preflight.js';
import { reportText } from '../../scripts/commands/preflight-table.js';
import { REHEARSED } from '../core/support/usual-commands.js';
import { PROBE_FAILURES } from './support/camera-verdicts.js';
import { device } from './support/device-verdicts.js';

const NOW = 1_780_000_000_000;
const CHINESE = /[\u4e00-\u9fff，；：、（）]/;

/** Every closed list whose codes reach a line of the check, with its words. */
const LISTS: Record<string, { codes: readonly string[]; words: Record<string, Both> }> = {
  alarms: { codes: ALARM_CODES, words: ALARM_WORDS },
  faults: { codes: [...DEVICE_FAULTS, 'silent'], words: FAULT_WORDS },
  adapters: { codes: Object.keys(ADAPTERS), words: ADAPTER_WORDS },
};

void t.test(
  'every code of the closed lists has words in both languages, and no word is for nothing',
  async (t) => {
    for (const [list, { codes, words }] of Object.entries(LISTS)) {
      t.same(Object.keys(words).sort(), [...codes].sort(), list);
      for (const code of codes) {
        const { zh, en } = words[code] as Both;
        t.ok(CHINESE.test(zh) || /^[A-Z]+$/.test(zh), `${list} ${code}: ${zh}`);
        t.notMatch(en, CHINESE, `${list} ${code}`);
        t.ok(zh !== code && en.length > 1, `${list} ${code}`);
      }
    }
  },
);

/** A code as machines write it stands by itself: `on-battery` is one, `on battery` is none. */
const saysCode = ({ zh, en }: Both, code: string) => {
  const alone = new RegExp(`(^|[^\\w-])${code}($|[^\\w-])`);
  return alone.test(zh) || (code.includes('-') && alone.test(en));
};
/** What a line shows, in both languages. */
const shown = ({ measured, cause, nextStep }: Judgement): Both => ({
  zh: [measured.zh, cause?.zh, nextStep?.zh].join(' '),
  en: [measured.en, cause?.en, nextStep?.en].join(' '),
});

/** One line of each kind that has codes beneath it, by the code. */
const SHOWN: [code: string, judgement: Judgement][] = [
  ...ALARM_CODES.map((code): [string, Judgement] => {
    const of: StandingAlarm['of'] = code === 'seat-reaches-internet' ? { seat: '07' } : { device: '设备一' };
    return [code, judgeAlarms({ alarms: [{ code, of }] })];
  }),
  ...DEVICE_FAULTS.map((fault): [string, Judgement] => [
    fault,
    judgeDevice(device('ups', {}, { fault }), 'ups', NOW, false, 7_200),
  ]),
  ...PROBE_FAILURES.map((failure): [string, Judgement] => [failure, judgeReachable({ failure, detail: '' })]),
  ...(['stopped', 'time-limit', 'room-needed', 'failed'] satisfies RehearsalEnd[]).map(
    (ended): [string, Judgement] => [
      ended,
      judgePcsRehearsal({ rehearsal: { ...REHEARSED, at: NOW, ended }, now: NOW }),
    ],
  ),
];

void t.test('no line of the check shows a code in place of words', async (t) => {
  for (const [code, judgement] of SHOWN) {
    const both = shown(judgement);
    t.notOk(saysCode(both, code), `${code}: ${both.zh} / ${both.en}`);
    t.match(both.zh, CHINESE, code);
  }
});

void t.test(
  'an alarm is said with the device or seat that it is about, in the words of the alarm feed',
  async (t) => {
    const alarms: StandingAlarm[] = [
      { code: 'on-battery', of: { device: '服务器 UPS' } },
      { code: 'seat-reaches-internet', of: { seat: '07' } },
      { code: 'mains-disagree', of: null },
    ];
    t.same(judgeAlarms({ alarms }).measured, {
      zh: '服务器 UPS 电池供电；07 号 能访问互联网；UPS 与市电触点不一致',
      en: '服务器 UPS: on battery; seat 07: reaches the internet; UPS and mains contact disagree',
    });
  },
);

void t.test('every value of a reading that is a code is said in words', async (t) => {
  for (const [name, values] of Object.entries(READING_VALUE_WORDS))
    for (const [code, words] of Object.entries(values) as [string, Both][]) {
      const { zh, en } = readingWords({ [name as ReadingName]: code });
      t.ok(zh.endsWith(words.zh) && en.endsWith(words.en), `${name} ${code}: ${zh} / ${en}`);
      t.ok(CHINESE.test(words.zh) || words.zh.startsWith('H.'), words.zh);
    }
  for (const kind of DEVICE_KINDS)
    for (const state of ['refused', 'failed']) {
      const { measured } = judgeDevice(device(kind, { 'camera.state': state }), kind, NOW, false, 7_200);
      t.notMatch(measured.zh, new RegExp(state), kind);
    }
});

void t.test('the printed report and the table on the terminal say the same words', async (t) => {
  const made: PreflightReport = {
    ...{ schema: 'kaochang-preflight/1', reportId: '0a1b2c3d-1', at: NOW, roomName: '102考场', version: '1' },
    ...{ by: null, package: null },
    lines: SHOWN.map(([code, judgement], index) => ({
      ...{ id: `device.n${index}`, group: 'devices', title: { zh: '项', en: 'line' }, requirement: 'REQ-A' },
      ...judgement,
      ...{ at: NOW, tookMs: code.length },
    })),
  };
  const page = reportPage(made, 'h', String);
  const table = reportText(made, { files: [], isServed: true, isSigned: true }, false);
  for (const [code, { measured }] of SHOWN) {
    for (const text of [page, table]) t.ok(text.includes(measured.zh), `${code}: ${measured.zh}`);
    if (code.includes('-'))
      for (const text of [page, table]) t.notOk(saysCode({ zh: text, en: '' }, code), code);
  }
});
