// What a device's readings say to people: the few that matter of its kind, and all of them with their units. Pure.

import { READINGS, type DeviceKind, type ReadingName, type Readings } from '../../../server/core/readings.js';
import { JAMMER_WORDS, jammerWord } from '../../../server/protocol/jammer-word.js';
import { readingValueWords } from '../../../server/protocol/device-words.js';
import { durationWords } from '../../../server/protocol/duration-words.js';
import type { DeviceView } from '../../../server/protocol/staff.js';
import type { Language } from '../../i18n/language.js';
import { bandWords, sourceWords, yesOrNo } from './words.js';

type Device = Pick<DeviceView, 'kind' | 'attested'> & Partial<Pick<DeviceView, 'commanded'>>;

/** At most three short facts for the strip, in the order in which they matter. */
export function leadingFacts(
  { kind, attested, commanded = null }: Device,
  readings: Readings,
  language: Language,
): string[] {
  return FACTS[kind]({ readings, language, attested, commanded }).filter(
    (fact): fact is string => fact !== null,
  );
}

interface Asked {
  readings: Readings;
  language: Language;
  attested: DeviceView['attested'];
  commanded: DeviceView['commanded'];
}

const FACTS: Record<DeviceKind, (asked: Asked) => (string | null)[]> = {
  ups: (asked) => [figure(asked, 'battery.charge'), runtimeFact(asked), figure(asked, 'ups.load')],
  jammer: (asked) => [jammerFact(asked), figure(asked, 'temperature'), figure(asked, 'supply.current')],
  'id-reader': ({ readings, language }) => {
    const reads = readings['reader.reads'];
    if (reads === undefined) return [];
    return [language === 'zh' ? `已读 ${reads} 次` : `${reads} read`];
  },
  contact: ({ readings, language }) => [
    flagFact(readings['contact.mains'], language, ['市电有', '市电无'], ['mains on', 'mains off']),
    flagFact(readings['contact.door-open'], language, ['门开', '门关'], ['door open', 'door shut']),
    flagFact(readings['contact.help'] === true ? true : undefined, language, ['求助', ''], ['help', '']),
  ],
  meter: (asked) => [figure(asked, 'supply.current'), figure(asked, 'supply.power')],
  network: (asked) => {
    const { readings, language } = asked;
    const reached = readings['network.reachable'];
    const missing = readings['network.unreachable']?.length ?? 0;
    const pcs = reached === undefined ? null : `${reached}/${reached + missing}`;
    return [
      pcs === null ? null : language === 'zh' ? `${pcs} 台可达` : `${pcs} PCs`,
      figure(asked, 'network.round-trip'),
    ];
  },
  camera: (asked) => [coveredFact(asked), figure(asked, 'camera.bit-rate')],
};

/** Never a bare per cent: of what it is stands beside it. */
function coveredFact(asked: Asked): string | null {
  const percent = figure(asked, 'video.covered');
  if (percent === null) return null;
  return asked.language === 'zh' ? `已录 ${percent}` : `${percent} recorded`;
}

function flagFact(
  value: boolean | undefined,
  language: Language,
  zh: [yes: string, no: string],
  en: [yes: string, no: string],
): string | null {
  if (value === undefined) return null;
  const [yes, no] = language === 'zh' ? zh : en;
  return value ? yes : no;
}

/** What the device says, or a person where it says nothing; never without who says so. */
function runtimeFact({ readings, language, attested }: Asked): string | null {
  const seconds = readings['battery.runtime'];
  const source = readings['battery.runtime-source'];
  const said = attested.find(({ what }) => what === 'runtime');
  if (seconds === undefined && said === undefined) return null;
  const lasts = durationWords(seconds ?? Number(said?.value))[language];
  const bySomebody = said?.tested === undefined ? 'attested' : 'tested';
  const who = sourceWords(seconds === undefined ? bySomebody : (source ?? 'device'), language);
  return language === 'zh' ? `${lasts}（${who}）` : `${lasts} (${who})`;
}

/** One word from four facts, by what was measured before what is said; nothing where nobody knows anything. */
function jammerFact({ readings, language, attested, commanded }: Asked): string | null {
  const said = attested.find(({ what }) => what === 'jammer-effective')?.value;
  const word = jammerWord({
    commanded: commanded === null ? undefined : commanded.act === 'on',
    reported: readings['jammer.reported'],
    observed: readings['jammer.observed'],
    powered: readings['supply.in-range'],
    attested: said === 'effective',
  });
  if (said === 'ineffective' && word !== 'effective' && word !== 'ineffective' && word !== 'off')
    return language === 'zh' ? '人工确认无效' : 'attested: no effect';
  return word === 'unknown' ? null : JAMMER_WORDS[word][language];
}

function figure({ readings, language }: Asked, name: ReadingName): string | null {
  const value = readings[name];
  return value === undefined ? null : readingText(name, value, language);
}

/** A reading with its unit, as people write it. */
export function readingText(name: ReadingName, value: Readings[ReadingName], language: Language): string {
  if (typeof value === 'boolean') return yesOrNo(value, language);
  if (Array.isArray(value)) {
    const none = language === 'zh' ? '无' : 'none';
    const parts = value.map((one) => bandWords(one, language));
    return parts.length === 0 ? none : parts.join(language === 'zh' ? '、' : ', ');
  }
  if (typeof value !== 'number') return readingValueWords(name, String(value ?? ''))[language];
  return numberText(name, value, language);
}

/** A number of a reading with its unit. */
export function numberText(name: ReadingName, value: number, language: Language): string {
  const { unit } = READINGS[name];
  if (unit === 's') return durationWords(value)[language];
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
  if (unit === '') return String(rounded);
  return unit === '%' ? `${rounded}%` : `${rounded} ${unit}`;
}

/** What the dictionary calls a reading. */
export const readingName = (name: ReadingName, language: Language): string => READINGS[name][language];
