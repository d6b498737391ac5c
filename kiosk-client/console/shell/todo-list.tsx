// What needs a person, oldest first; each with the one thing that is usually done.

import type { Todo } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Language, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { leads, mayAcknowledge, proctors } from '../day/places.js';
import { useDesk } from '../desk.js';
import { ActButton } from '../parts/act-button.js';
import { useNow, useStaffNames, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { Acknowledge } from './acknowledge.js';
import { isOnStrip } from './alarm-strip.js';
import { alarmAdvice, alarmWords } from '../texts/devices.js';
import { SHAPES, words, type Role } from '../texts/words.js';

interface TodoTexts {
  heading: (count: number) => string;
  none: string;
  waits: (time: string) => string;
  hand: string;
  there: string;
  doubt: string;
  alone: string;
  aloneHint: (time: string, unsent: number) => string;
  unsent: string;
  unsentHint: (unsent: number) => string;
  swap: string;
  look: string;
  extension: (minutes: string) => string;
  asked: (reason: string) => string;
  agreed: (role: string, name: string) => string;
  missing: (roles: string, left: string) => string;
  and: string;
  agree: string;
  disagree: string;
  gap: (time: string) => string;
  gapHint: string;
  giveBack: string;
  clock: string;
  clockHint: (doubt: string) => string;
  suspended: string;
  suspendedHint: (at: string, left: string) => string;
  mains: string;
  mainsHint: (at: string) => string;
  mainsShort: string;
  mainsBack: string;
  alarmStands: (time: string) => string;
  alarmOver: string;
  pairing: (code: string) => string;
  pairingHint: (address: string) => string;
  pair: string;
  decide: string;
}

const texts: Texts<TodoTexts> = {
  zh: {
    heading: (count) => `需要处理（${count}）`,
    none: '没有需要处理的事',
    waits: (time) => `已等待 ${time}`,
    hand: '举手',
    there: '已到位',
    doubt: '记录',
    alone: '单机作答',
    aloneHint: (time, unsent) => `断开 ${time}，作答没有中断${unsent > 0 ? `，${unsent} 项待送` : ''}`,
    unsent: '有未送达',
    unsentHint: (unsent) => `${unsent} 项超过 10 秒没有送达，请看网线`,
    swap: '换到备用机',
    look: '查看',
    extension: (minutes) => `补时 ${minutes}`,
    asked: (reason) => `原因：${reason}`,
    agreed: (role, name) => `${role} ${name} 已同意`,
    and: '、',
    missing: (roles, left) => `等待${roles}同意，剩 ${left}`,
    agree: '同意',
    disagree: '处理',
    gap: (time) => `机器停了 ${time}`,
    gapHint: '考生机自己的记录，可申请补时',
    giveBack: '申请补时',
    clock: '服务器时钟有疑问',
    clockHint: (doubt) => `疑似偏差 ${doubt}，由主考核对`,
    suspended: '考试中断，等待决定',
    suspendedHint: (at, left) => `${at} 之前决定，剩 ${left}`,
    mains: '市电中断',
    mainsHint: (at) => `${at} 前市电没有恢复，即到临界时间`,
    mainsShort: 'UPS 供电中',
    mainsBack: '市电已恢复',
    alarmStands: (time) => `已持续 ${time}`,
    alarmOver: '已自行恢复，等待确认',
    pairing: (code) => `新考生机 ${code}`,
    pairingHint: (address) => `地址 ${address}`,
    pair: '去配对',
    decide: '去处理',
  },
  en: {
    heading: (count) => `Needs a person (${count})`,
    none: 'Nothing waits for anybody',
    waits: (time) => `waiting for ${time}`,
    hand: 'Hand up',
    there: 'I am there',
    doubt: 'Note',
    alone: 'works alone',
    aloneHint: (time, unsent) =>
      `off for ${time}; answering goes on${unsent > 0 ? `, ${unsent} to send` : ''}`,
    unsent: 'unsent',
    unsentHint: (unsent) => `${unsent} for over 10 s: look at the cable`,
    swap: 'Move to a spare',
    look: 'Look',
    extension: (minutes) => `${minutes} back`,
    asked: (reason) => `Reason: ${reason}`,
    agreed: (role, name) => `${role} ${name} agreed`,
    and: ' and ',
    missing: (roles, left) => `${roles} to agree, ${left} left`,
    agree: 'Agree',
    disagree: 'Look',
    gap: (time) => `the PC stood still for ${time}`,
    gapHint: 'By the PC’s own log; time may be asked for',
    giveBack: 'Ask for time',
    clock: 'The server’s clock is in doubt',
    clockHint: (doubt) => `Perhaps ${doubt} off; the chief checks`,
    suspended: 'Interrupted: a decision is needed',
    suspendedHint: (at, left) => `before ${at}, ${left} left`,
    mains: 'Mains power lost',
    mainsHint: (at) => `The critical moment is ${at}`,
    mainsShort: 'The UPS feeds the room',
    mainsBack: 'Mains is back',
    alarmStands: (time) => `for ${time}`,
    alarmOver: 'over by itself; to be acknowledged',
    pairing: (code) => `New PC ${code}`,
    pairingHint: (address) => `address ${address}`,
    pair: 'Pair',
    decide: 'Go there',
  },
};

const TONES: Record<Todo['kind'], string> = {
  hand: 'info',
  alone: 'warn',
  unsent: 'alarm',
  extension: 'info',
  gap: 'warn',
  clock: 'alarm',
  suspended: 'alarm',
  mains: 'alarm',
  alarm: 'warn',
  pairing: 'info',
};

export function TodoList() {
  const { todo, you, alarms } = useView();
  const t = useTexts(texts);
  const above = new Set(alarms.filter(isOnStrip).map(({ alarmId }) => alarmId));
  const mine = todo.filter((one) => {
    if (one.kind === 'alarm') return !above.has(one.alarmId);
    return one.kind !== 'pairing' || you.roles.includes('sysadmin');
  });
  return (
    <section class="todos" aria-label={t.heading(mine.length)}>
      <h3>{t.heading(mine.length)}</h3>
      {mine.length === 0 && <p class="muted">{t.none}</p>}
      {mine.map((one) => (
        <Card key={keyOf(one)} todo={one} t={t} />
      ))}
    </section>
  );
}

function keyOf(todo: Todo): string {
  if (todo.kind === 'extension') return todo.requestId;
  if (todo.kind === 'pairing') return todo.pairingCode;
  if (todo.kind === 'alarm') return todo.alarmId;
  return 'candidateId' in todo ? `${todo.kind} ${todo.candidateId} ${todo.seatId}` : todo.kind;
}

function toneOf(todo: Todo): string {
  if (todo.kind !== 'alarm') return TONES[todo.kind];
  return todo.cleared ? 'over' : todo.severity === 'red' ? 'alarm' : TONES.alarm;
}

function Card({ todo, t }: { todo: Todo; t: TodoTexts }) {
  const now = useNow();
  const language = useLanguage();
  const since = spell(now - todo.since, language);
  const { title, hint } = useSentence(todo, t, now, since, language);
  return (
    <article class={`todo ${toneOf(todo)}`} data-kind={todo.kind}>
      <b>{title}</b>
      {hint.map((text) => (
        <span class="muted" key={text}>
          {text}
        </span>
      ))}
      <div class="row">
        <Buttons todo={todo} t={t} />
      </div>
    </article>
  );
}

function useSentence(
  todo: Todo,
  t: TodoTexts,
  now: number,
  since: string,
  language: Language,
): { title: string; hint: string[] } {
  const { seats, devices } = useView();
  const nameOf = useStaffNames();
  const w = useTexts(words);
  const row = 'candidateId' in todo ? seats.find((one) => isAbout(one, todo)) : undefined;
  const who = row === undefined ? '' : `${w.seat(row.label)} ${row.name ?? ''}`;
  switch (todo.kind) {
    case 'hand':
      return { title: `${SHAPES.hand} ${who} ${t.hand}`, hint: [t.waits(since)] };
    case 'alone':
      return { title: `${SHAPES.alone} ${who} ${t.alone}`, hint: [t.aloneHint(since, todo.unsent)] };
    case 'unsent':
      return { title: `${SHAPES.unsent} ${who} ${t.unsent}`, hint: [t.unsentHint(todo.unsent)] };
    case 'extension':
      return {
        title: `${who} ${t.extension(spell(todo.ms, language))}`,
        hint: [
          t.asked(todo.reason),
          ...halves(todo, t, w.roles, nameOf, spell(todo.expiresAt - now, language)),
        ],
      };
    case 'gap':
      return { title: `${who} ${t.gap(spell(todo.gapMs, language))}`, hint: [t.gapHint] };
    case 'clock':
      return {
        title: t.clock,
        hint: todo.doubtMs === null ? [] : [t.clockHint(spell(todo.doubtMs, language))],
      };
    case 'suspended':
      return {
        title: t.suspended,
        hint: [t.suspendedHint(timeOfDay(todo.closesAt), spell(todo.closesAt - now, language))],
      };
    case 'mains':
      return {
        title: t.mains,
        hint: [todo.criticalAt === null ? t.mainsShort : t.mainsHint(timeOfDay(todo.criticalAt))],
      };
    case 'alarm': {
      const { deviceId, seatId, code, cleared } = todo;
      const label = seats.find((one) => one.seatId === seatId)?.label;
      const name = devices.find((one) => one.deviceId === deviceId)?.name ?? deviceId ?? '';
      return {
        title: `${label === undefined ? name : w.seat(label)} ${alarmWords(code, language)}`,
        hint: cleared ? [t.alarmOver] : [t.alarmStands(since), alarmAdvice(code, language)],
      };
    }
    case 'pairing':
      return { title: t.pairing(todo.pairingCode), hint: [t.pairingHint(todo.address), t.waits(since)] };
  }
}

function halves(
  { chief, second }: Extract<Todo, { kind: 'extension' }>,
  t: TodoTexts,
  roles: Record<Role, string>,
  nameOf: (staffId: string) => string,
  left: string,
): string[] {
  const list: string[] = [];
  if (chief !== null) list.push(t.agreed(roles.chief, nameOf(chief)));
  if (second !== null) list.push(t.agreed(roles.inspector, nameOf(second)));
  const missing = [chief === null ? roles.chief : '', second === null ? roles.inspector : ''].filter(Boolean);
  return [...list, t.missing(missing.join(t.and), left)];
}

function isAbout(
  row: { candidateId: string | null; seatId: string; movedTo: string | null },
  todo: Todo,
): boolean {
  if (!('candidateId' in todo) || row.candidateId !== todo.candidateId) return false;
  return 'seatId' in todo ? row.seatId === todo.seatId : row.movedTo === null;
}

function Buttons({ todo, t }: { todo: Todo; t: TodoTexts }) {
  const { session, you, seats } = useView();
  const desk = useDesk();
  const { roles } = you;
  const go = (text: string, place: Parameters<typeof desk.go>[0]) => (
    <button type="button" class="primary" onClick={() => desk.go(place)}>
      {text}
    </button>
  );
  const look = (seatId: string, plain = false) => (
    <button type="button" class={plain ? '' : 'primary'} onClick={() => desk.openSeat(seatId)}>
      {t.look}
    </button>
  );
  switch (todo.kind) {
    case 'hand': {
      if (session === null || !proctors(roles)) return look(todo.seatId, true);
      const { candidateId, seatId } = todo;
      return (
        <>
          <ActButton
            request={{ type: 'answer-hand', sessionId: session.sessionId, candidateId }}
            kind="primary"
          >
            {t.there}
          </ActButton>
          <button type="button" onClick={() => desk.openSeat(seatId, 'incident')}>
            {t.doubt}
          </button>
        </>
      );
    }
    case 'alone':
    case 'unsent':
      return proctors(roles) ? (
        <>
          <button type="button" class="primary" onClick={() => desk.openSeat(todo.seatId, 'swap')}>
            {t.swap}
          </button>
          {look(todo.seatId, true)}
        </>
      ) : (
        look(todo.seatId)
      );
    case 'extension': {
      const isMine = (leads(roles) && todo.chief === null) || (isSecond(roles) && todo.second === null);
      if (session !== null && isMine)
        return (
          <>
            <ActButton
              kind="primary"
              request={{
                type: 'approve-extension',
                sessionId: session.sessionId,
                requestId: todo.requestId,
                orgCode: null,
              }}
            >
              {t.agree}
            </ActButton>
            <button type="button" onClick={() => desk.go('time')}>
              {t.disagree}
            </button>
          </>
        );
      const seat = seats.find((row) => isAbout(row, todo));
      return seat === undefined ? null : look(seat.seatId, true);
    }
    case 'gap':
      return proctors(roles) || roles.includes('inspector') ? (
        <button type="button" class="primary" onClick={() => desk.openSeat(todo.seatId, 'time')}>
          {t.giveBack}
        </button>
      ) : (
        look(todo.seatId, true)
      );
    case 'clock':
      return leads(roles) ? go(t.decide, 'lead') : null;
    case 'suspended':
      return leads(roles) ? go(t.decide, 'lead') : isSecond(roles) ? go(t.decide, 'time') : null;
    case 'mains':
      return proctors(roles) || roles.includes('sysadmin') ? (
        <ActButton request={{ type: 'report-mains', present: true }}>{t.mainsBack}</ActButton>
      ) : null;
    case 'alarm':
      return mayAcknowledge(roles) ? <Acknowledge alarmId={todo.alarmId} /> : null;
    case 'pairing':
      return go(t.pair, 'pairing');
  }
}

const isSecond = (roles: readonly Role[]) => roles.includes('inspector') || roles.includes('org-technician');
