// What needs a person, oldest first; each with the one thing that is usually done.

import type { Todo } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { useNow, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { isOnStrip } from './alarm-strip.js';
import { Buttons } from './todo-buttons.js';
import { useSentence } from './todo-sentence.js';
import { todoTexts, type TodoTexts } from './todo-texts.js';

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
  const t = useTexts(todoTexts);
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
