// What a reader gave, in a sentence, and what the proctor does next. It says how the document compares with the roster; it never
// says that the document is genuine.

import { useEffect, useRef } from 'preact/hooks';
import { useLanguage, useTexts, type Language, type Texts } from '../../i18n/language.js';
import { dayAndTime } from '../../ui/time.js';
import { refusalSentence } from '../texts/refusal.js';
import { words } from '../texts/words.js';
import type { Reading } from './use-readings.js';

interface ReadingTexts {
  asking: Said;
  noise: Said;
  badCheckDigit: Said;
  noNumber: Said;
  notOnRoster: Said;
  match: (name: string, seat: string) => Said;
  already: (name: string, seat: string) => Said;
  turnedAway: (name: string) => Said;
  otherName: (name: string, seat: string) => Said;
  otherSession: (name: string, subject: string, at: string) => Said;
  another: (name: string, seat: string) => Said;
  ticket: (name: string, seat: string) => Said;
  goThere: string;
}
/** What is, and what to do next. */
type Said = [what: string, next: string];

const texts: Texts<ReadingTexts> = {
  zh: {
    asking: ['正在核对证件…', ''],
    noise: [
      '读卡器送来的不是证件号码',
      '请把身份证放平再读一次；仍不行，按姓名或准考证号查找，人工核对证件。',
    ],
    badCheckDigit: [
      '证件号码的校验位不对，没有读全或读错了',
      '请再读一次；仍不行，按姓名查找，人工核对证件上的号码。',
    ],
    noNumber: ['没有读到证件号码', '请把身份证放平再读一次；仍不行，按姓名或准考证号查找，人工核对证件。'],
    notOnRoster: [
      '名册上没有这个证件号码',
      '请核对准考证上的考点、考场；确属本考场的，按准考证号查找，记录后报告主考。',
    ],
    match: (name, seat) => [
      `证件号码与名册相符：${name}，${seat}`,
      '请核对证件照片、本人与屏幕照片是否同一人，再勾选。',
    ],
    already: (name, seat) => [
      `${name}（${seat}）已经核验入场`,
      '如是再次进出，不用重复核验；如证件不是本人的，请报告主考。',
    ],
    turnedAway: (name) => [`${name} 先前没有准入`, '如已补齐证件，请点“更正”后重新核验。'],
    otherName: (name, seat) => [
      `号码相符，姓名与名册不同：名册为 ${name}，${seat}`,
      '请对照证件与准考证；确是本人的，记录后报告主考。',
    ],
    otherSession: (name, subject, at) => [
      `${name} 不是本场考生，报名的是 ${at}《${subject}》`,
      '请核对准考证上的场次，告诉考生何时再来。',
    ],
    another: (name, seat) => [`读卡器上是另一人：${name}，${seat}`, '先办完此人，再转到。'],
    ticket: (name, seat) => [`准考证已扫：${name}，${seat}`, '请再核对身份证件。'],
    goThere: '转到此人',
  },
  en: {
    asking: ['Comparing the document…', ''],
    noise: [
      'What the reader sent is no document number',
      'Lay the card flat and read it again; else find by name or ticket, and compare by eye.',
    ],
    badCheckDigit: [
      'The check digit of this number is wrong: it was not read to the end, or wrongly',
      'Read it again; else find by name, and compare the number by eye.',
    ],
    noNumber: [
      'No document number was read',
      'Lay the card flat and read it again; else find by name or ticket, and compare by eye.',
    ],
    notOnRoster: [
      'Nobody on the roster has this number',
      'Look at site and room on the ticket. Who belongs here is found by ticket; write it down and tell the chief.',
    ],
    match: (name, seat) => [
      `The number is the roster’s: ${name}, ${seat}`,
      'Compare the card, the person and the photo on the screen, then tick.',
    ],
    already: (name, seat) => [
      `${name} (${seat}) is already checked in`,
      'Nothing to do if they come back in. If the card is another person’s, tell the chief.',
    ],
    turnedAway: (name) => [
      `${name} was refused before`,
      'If the documents are complete now, press Correct and check again.',
    ],
    otherName: (name, seat) => [
      `The number fits, the name does not: the roster has ${name}, ${seat}`,
      'Compare card and ticket; if it is this person, write it down and tell the chief.',
    ],
    otherSession: (name, subject, at) => [
      `${name} is not of this session but of ${subject} at ${at}`,
      'Look at the session on the ticket, and say when to come back.',
    ],
    another: (name, seat) => [
      `Another person is at the reader: ${name}, ${seat}`,
      'Finish this person first, then go there.',
    ],
    ticket: (name, seat) => [`Ticket read: ${name}, ${seat}`, 'Now the identity document.'],
    goThere: 'Show this person',
  },
};

interface ReadingStripProps {
  reading: Reading;
  /** The session that is shown. */
  sessionId: string | null;
  /** Goes to the person, where the page did not go by itself. */
  goTo: (() => void) | null;
}

/** One strip above the card. */
export function ReadingStrip({ reading, sessionId, goTo }: ReadingStripProps) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  const { tone, said } = sentenceOf(reading, goTo !== null, { t, seat: w.seat, language, sessionId });
  const [what, next] = said;
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => strip.current?.scrollIntoView({ block: 'nearest' }), [reading]);
  return (
    <div ref={strip} class={`reading ${tone}`} role="status" data-reading={tone}>
      <i aria-hidden="true">{SHAPES[tone]}</i>
      <div>
        <b>{what}</b>
        {next !== '' && <p>{next}</p>}
      </div>
      {goTo !== null && (
        <button type="button" onClick={goTo}>
          {t.goThere}
        </button>
      )}
    </div>
  );
}

type Tone = 'ok' | 'warn' | 'alarm' | 'grey';
const SHAPES: Record<Tone, string> = { ok: '✓', warn: '▲', alarm: '✕', grey: '·' };

interface InWords {
  t: ReadingTexts;
  seat: (label: string) => string;
  language: Language;
  sessionId: string | null;
}

function sentenceOf(
  reading: Reading,
  isAnother: boolean,
  { t, seat: seatWords, language, sessionId }: InWords,
): { tone: Tone; said: Said } {
  switch (reading.kind) {
    case 'asking':
      return { tone: 'grey', said: t.asking };
    case 'noise':
      return { tone: 'warn', said: t.noise };
    case 'refused': {
      const { what, next } = refusalSentence(reading.refused, language);
      return { tone: 'alarm', said: [what, next] };
    }
    case 'ticket':
      return { tone: 'ok', said: t.ticket(reading.name, seatWords(reading.seat)) };
    default:
  }
  const { attendance } = reading;
  const { outcome, because, session, differing } = reading.found;
  const name = reading.found.name ?? '';
  const seat = reading.found.seat === null ? '' : seatWords(reading.found.seat);
  if (outcome === 'unreadable')
    return { tone: 'warn', said: because === 'check-digit' ? t.badCheckDigit : t.noNumber };
  if (outcome === 'not-on-roster' || session === null) return { tone: 'alarm', said: t.notOnRoster };
  if (session.sessionId !== sessionId)
    return {
      tone: 'alarm',
      said: t.otherSession(name, session.subject, dayAndTime(session.startsAt)),
    };
  if (isAnother) return { tone: 'grey', said: t.another(name, seat) };
  if (differing.length > 0) return { tone: 'warn', said: t.otherName(name, seat) };
  if (attendance === 'admitted') return { tone: 'warn', said: t.already(name, seat) };
  if (attendance === 'refused') return { tone: 'warn', said: t.turnedAway(name) };
  return { tone: 'ok', said: t.match(name, seat) };
}
