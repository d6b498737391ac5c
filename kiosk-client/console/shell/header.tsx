// Which room, which exam, how far it is, and the clock: the largest thing on the page.

import { useTexts, type Texts } from '../../i18n/language.js';
import { countdown, timeOfDay } from '../../ui/time.js';
import type { SessionView } from '../../../server/protocol/staff.js';
import { useNow, useView } from '../room/use-console.js';
import { words, type Phase } from '../texts/words.js';

interface HeaderTexts {
  theory: string;
  practical: string;
  practice: string;
  noExam: string;
  expected: (count: number) => string;
  here: (count: number) => string;
  answering: (count: number) => string;
  absent: (count: number) => string;
  refused: (count: number) => string;
  handedIn: (count: number) => string;
  toStart: string;
  sinceStart: string;
  toEnd: string;
  toHandOver: string;
  now: string;
  starts: (at: string) => string;
  ends: (at: string) => string;
  latest: (at: string) => string;
}

const texts: Texts<HeaderTexts> = {
  zh: {
    theory: '理论',
    practical: '实操',
    practice: '演练',
    noExam: '没有安排考试',
    expected: (count) => `${count} 人应考`,
    here: (count) => `${count} 人已入场`,
    answering: (count) => `${count} 人在考`,
    absent: (count) => `${count} 人缺考`,
    refused: (count) => `${count} 人未准入`,
    handedIn: (count) => `${count} 人已交卷`,
    toStart: '距开考',
    sinceStart: '已过开考时间',
    toEnd: '距结束',
    toHandOver: '距回收截止',
    now: '现在',
    starts: (at) => `开考 ${at}`,
    ends: (at) => `结束 ${at}`,
    latest: (at) => `最晚 ${at}`,
  },
  en: {
    theory: 'theory',
    practical: 'practical',
    practice: 'Practice',
    noExam: 'No exam is planned',
    expected: (count) => `${count} expected`,
    here: (count) => `${count} checked in`,
    answering: (count) => `${count} sitting`,
    absent: (count) => `${count} absent`,
    refused: (count) => `${count} refused`,
    handedIn: (count) => `${count} handed in`,
    toStart: 'to start',
    sinceStart: 'past the start',
    toEnd: 'to end',
    toHandOver: 'to hand-over',
    now: 'now',
    starts: (at) => `start ${at}`,
    ends: (at) => `end ${at}`,
    latest: (at) => `latest ${at}`,
  },
};

const TONES: Record<Phase, string> = {
  installed: 'grey',
  sealed: 'grey',
  open: 'info',
  running: 'ok',
  paused: 'warn',
  suspended: 'alarm',
  ended: 'info',
  collected: 'grey',
  'handed-over': 'grey',
};

export function Header() {
  const { roomName, siteName, session } = useView();
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <header class="head">
      <div class="where">
        <div class="line">
          <b>{roomName || siteName}</b>
          {session !== null && (
            <span class="muted">
              {session.certificate}（{session.level}）· {session.subject}
            </span>
          )}
        </div>
        <div class="line">
          {session === null ? (
            <span class="muted">{t.noExam}</span>
          ) : (
            <>
              <span class={`pill ${TONES[session.phase]}`}>{w.phases[session.phase]}</span>
              {session.practice && <span class="pill warn">{t.practice}</span>}
              <span class="muted">{countsOf(session, t).join(' · ')}</span>
            </>
          )}
        </div>
      </div>
      <Clock session={session} t={t} />
    </header>
  );
}

function countsOf({ counts, phase }: SessionView, t: HeaderTexts): string[] {
  const before = phase === 'installed' || phase === 'sealed' || phase === 'open';
  const list = [t.expected(counts.expected)];
  if (before) {
    if (phase === 'open') list.push(t.here(counts.admitted));
  } else list.push(t.answering(counts.answering));
  if (counts.absent > 0) list.push(t.absent(counts.absent));
  if (counts.refused > 0) list.push(t.refused(counts.refused));
  if (counts.handedIn > 0) list.push(t.handedIn(counts.handedIn));
  return list;
}

function Clock({ session, t }: { session: SessionView | null; t: HeaderTexts }) {
  const now = useNow();
  const w = useTexts(words);
  const aim = session === null ? null : aimOf(session, t);
  // Nobody has pressed yet: how late it is says more than a row of zeros.
  const isLate = aim !== null && aim.at === session?.startsAt && aim.at < now;
  const facts: string[] = [];
  if (aim !== null) facts.push(`${t.now} ${timeOfDay(now)}`);
  if (session !== null && session.startedAt === null) facts.push(t.starts(timeOfDay(session.startsAt)));
  if (session !== null && session.startedAt !== null && session.endsAt !== null) {
    facts.push(t.ends(timeOfDay(session.endsAt)));
    if (session.lastEndsAt !== null && session.lastEndsAt > session.endsAt)
      facts.push(t.latest(timeOfDay(session.lastEndsAt)));
  }
  const label = isLate
    ? t.sinceStart
    : (aim?.label ?? (session?.phase === 'paused' ? w.phases.paused : t.now));
  return (
    <div class="clock" role="timer">
      <div class="line">
        <span class="muted">{label}</span>
        <b>{aim === null ? timeOfDay(now) : countdown(isLate ? now - aim.at : aim.at - now)}</b>
      </div>
      <div class="muted">{facts.join('　')}</div>
    </div>
  );
}

function aimOf(session: SessionView, t: HeaderTexts): { label: string; at: number } | null {
  const { phase, startsAt, endsAt, handOverUntil } = session;
  if (phase === 'installed' || phase === 'sealed' || phase === 'open')
    return { label: t.toStart, at: startsAt };
  if (phase === 'running' && endsAt !== null) return { label: t.toEnd, at: endsAt };
  if (phase === 'ended' && handOverUntil !== null) return { label: t.toHandOver, at: handOverUntil };
  return null;
}
