// What one thing that needs a person says: its title, and what helps to decide.

import type { Todo } from '../../../server/protocol/staff.js';
import { useTexts, type Language } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { isPlaceOf } from '../map/seat-state.js';
import { useStaffNames, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { alarmAdvice, alarmWords } from '../texts/devices.js';
import { SHAPES, words, type Role } from '../texts/words.js';
import type { TodoTexts } from './todo-texts.js';

/** Title and hints. @param since how long it has waited, as people say it */
export function useSentence(
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

/** Whether a row of the seat map is the one that it is about: by its seat where it names one, else where the candidate sits now. */
export function isAbout(
  row: { candidateId: string | null; seatId: string; movedTo: string | null },
  todo: Todo,
): boolean {
  if (!('candidateId' in todo) || row.candidateId !== todo.candidateId) return false;
  return 'seatId' in todo ? row.seatId === todo.seatId : isPlaceOf(row);
}
