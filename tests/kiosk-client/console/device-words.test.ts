// What pages say of devices: no code of a machine where people read, for every code of the closed lists, in both languages.

import t from 'tap';
import { cameraLook } from '../../../kiosk-client/console/cameras/camera-facts.js';
import { causeWords } from '../../../kiosk-client/console/cameras/texts.js';
import { readingText } from '../../../kiosk-client/console/devices/readings.js';
import { KIND_WORDS } from '../../../kiosk-client/console/devices/words.js';
import {
  actWords,
  adapterWords,
  alarmAdvice,
  alarmWords,
  attestedWords,
  faultWords,
} from '../../../kiosk-client/console/texts/devices.js';
import { rehearsalTexts } from '../../../kiosk-client/console/rehearsal/texts.js';
import { ALARM_CODES } from '../../../server/core/alarm-codes.js';
import type { AttestedWhat } from '../../../server/core/device-types.js';
import { DEVICE_FAULTS, DEVICE_KINDS, type ReadingName } from '../../../server/core/readings.js';
import { GAP_CAUSES } from '../../../server/core/video-types.js';
import { ADAPTER_WORDS, READING_VALUE_WORDS } from '../../../server/protocol/device-words.js';

const CHINESE = /[\u4e00-\u9fff]/;
type Say = (code: string, language: 'zh' | 'en') => string;

const LISTS: Record<string, { codes: readonly string[]; say: Say }> = {
  alarm: { codes: ALARM_CODES, say: alarmWords },
  advice: { codes: ALARM_CODES, say: alarmAdvice },
  fault: { codes: [...DEVICE_FAULTS, 'silent'], say: faultWords },
  adapter: { codes: Object.keys(ADAPTER_WORDS), say: adapterWords },
  act: { codes: ['on', 'off', 'ring'], say: actWords },
  kind: { codes: DEVICE_KINDS, say: (kind, language) => KIND_WORDS[kind as 'ups'][language] },
  gap: { codes: GAP_CAUSES, say: (cause, language) => causeWords(cause as 'unknown', language) },
  rehearsal: {
    codes: ['complete', 'stopped', 'time-limit', 'room-needed', 'failed'],
    say: (end, language) => rehearsalTexts[language].ends[end as 'failed'],
  },
};
/** Names of techniques, the same in both languages. */
const TECHNIQUE = /^(UPS|RTSP|ONVIF|H\.26[45])$/;

for (const [list, { codes, say }] of Object.entries(LISTS))
  void t.test(`every ${list} has words in both languages`, async (t) => {
    for (const code of codes) {
      const [zh, en] = [say(code, 'zh'), say(code, 'en')];
      t.ok(CHINESE.test(zh) || TECHNIQUE.test(zh), `${code}: ${zh}`);
      t.ok(en !== '' && !CHINESE.test(en), `${code}: ${en}`);
      if (code.includes('-')) t.not(en, code);
    }
  });

void t.test('a code of a newer room is shown by its name, and breaks nothing', async (t) => {
  for (const say of [alarmWords, faultWords, adapterWords, actWords])
    for (const code of ['of-tomorrow', 'constructor', '__proto__']) t.equal(say(code, 'zh'), code);
  t.equal(readingText('camera.state', 'constructor', 'zh'), 'constructor');
});

void t.test('values of readings that are codes are words in the device’s drawer too', async (t) => {
  for (const [name, values] of Object.entries(READING_VALUE_WORDS))
    for (const code of Object.keys(values)) {
      const [zh, en] = (['zh', 'en'] as const).map((language) =>
        readingText(name as ReadingName, code, language),
      );
      t.ok(CHINESE.test(zh ?? '') || TECHNIQUE.test(zh ?? ''), `${name} ${code}: ${zh}`);
      t.notMatch(en, CHINESE);
      t.ok(zh !== code, `${name} ${code}`);
    }
});

void t.test('what a person attested is said in words, in the drawer as in the feed', async (t) => {
  const said: [AttestedWhat, string][] = [
    ['jammer-effective', 'effective'],
    ['jammer-effective', 'ineffective'],
    ['camera-text', 'right'],
    ['camera-text', 'wrong'],
  ];
  for (const [what, value] of said) {
    t.notMatch(attestedWords({ what, value }, 'zh'), /[a-z]/, value);
    t.match(attestedWords({ what, value }, 'zh'), CHINESE, value);
  }
});

void t.test('every state of a recording has a word of its own on the tile', async (t) => {
  const words = Object.keys(READING_VALUE_WORDS['camera.state']).map(
    (state) => cameraLook('c', { 'camera.state': state }, [], 1, 'zh').word,
  );
  t.equal(new Set(words).size, words.length);
  t.notOk(words.includes(cameraLook('c', { 'camera.state': 'of-tomorrow' }, [], 1, 'zh').word));
});
