// The one next step of the day for whoever works here, with its button and what still stands against it.

import { useLanguage, useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { isWaiting, nextStep, type Hint } from '../day/next-step.js';
import { useDesk } from '../desk.js';
import { ActButton } from '../parts/act-button.js';
import { useNow, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { nextStepTexts, type NextStepTexts } from '../texts/next-step.js';
import { words } from '../texts/words.js';

export function NextStepCard() {
  const view = useView();
  const now = useNow();
  const desk = useDesk();
  const language = useLanguage();
  const t = useTexts(nextStepTexts);
  const w = useTexts(words);
  const step = nextStep(view, view.you.roles, now);
  const who = step.roles.map((role) => w.roles[role]).join(language === 'zh' ? '、' : ', ');
  const { title, hint, button } = t.sentences[step.key](step, who);
  const label = (seatId: string) => view.seats.find((row) => row.seatId === seatId)?.label ?? seatId;
  const say = (one: Hint) => sayHint(one, t, now, (ms) => spell(ms, language), label);
  const green = view.session?.phase === 'ended' && view.session.lagging.length === 0;
  return (
    <section
      class={`next ${isWaiting(step) ? 'waits' : 'acts'}${green ? ' green' : ''}`}
      aria-label={t.heading}
    >
      <h3>{t.heading}</h3>
      <b class="what">{title}</b>
      <p>{hint}</p>
      {[...step.blockedBy, ...step.notes].map((one) => (
        <p key={one.kind} class={step.blockedBy.includes(one) ? 'blocked' : 'note'}>
          {say(one)}
        </p>
      ))}
      {button !== undefined && step.request !== null && (
        <ActButton
          request={step.request}
          kind="primary"
          sure={t.sure[step.key]}
          disabled={step.blockedBy.length > 0}
        >
          {button}
        </ActButton>
      )}
      {button !== undefined && step.request === null && step.place !== null && step.place !== desk.place && (
        <button type="button" class="primary" onClick={() => step.place !== null && desk.go(step.place)}>
          {button}
        </button>
      )}
    </section>
  );
}

function sayHint(
  hint: Hint,
  t: NextStepTexts,
  now: number,
  left: (ms: number) => string,
  label: (seatId: string) => string,
): string {
  switch (hint.kind) {
    case 'from':
      return t.from(timeOfDay(hint.at), left(hint.at - now));
    case 'until':
      return t.until(timeOfDay(hint.at), left(hint.at - now));
    case 'start-at':
      return t.startAt(timeOfDay(hint.at), hint.at <= now ? null : left(hint.at - now));
    case 'paper':
      return t.paper;
    case 'clock':
      return t.clock;
    case 'missing':
      return t.missing(hint.seatIds.map(label).join('、'));
    case 'not-here':
      return t.notHere(hint.count);
    case 'not-ready':
      return t.notReady(hint.count);
  }
}
