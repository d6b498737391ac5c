// The paper: header, navigator, one item at a time, what to do next. Works with keys alone.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeatState } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { emptyValue } from '../../exam/answer-values.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { useChanges } from '../use-kiosk.js';
import { CaseItems } from './case-items.js';
import { CasePart } from './case-part.js';
import { FontSize, useFontSize } from './font-size.js';
import { HandButton } from './hand-button.js';
import { Header } from './header.js';
import { Item } from './item.js';
import { actOfKey, choose, isHeldTooLong } from './keys.js';
import { Navigator } from './navigator.js';
import { ReminderStrip } from './reminder-strip.js';
import { SubmitDialog } from './submit-dialog.js';

interface AnsweringProps {
  kiosk: Kiosk;
  state: SeatState;
}

export function Answering({ kiosk, state }: AnsweringProps) {
  useChanges(kiosk);
  const { sitting } = kiosk;
  return sitting === null || sitting.paper === null ? null : (
    <Paper kiosk={kiosk} state={state} sitting={sitting} />
  );
}

function Paper({ kiosk, state, sitting }: AnsweringProps & { sitting: Sitting }) {
  const t = useTexts(texts);
  const { book, paper, exam } = sitting;
  const items = paper?.items ?? [];
  // What is shown is kept apart from what is drawn: keys come faster than drawing, and each is for the item shown then.
  const shown = useRef(exam.itemId ?? items[0]?.content.itemId ?? '');
  const [, draw] = useState('');
  const [handingIn, setHandingIn] = useState(false);
  const [size, setSize] = useFontSize();
  const article = useRef<HTMLElement>(null);
  const indexShown = () =>
    Math.max(
      0,
      items.findIndex(({ content }) => content.itemId === shown.current),
    );
  const itemShown = () => items[indexShown()] as DealtItem;
  const index = indexShown();
  const item = itemShown();
  const id = item.content.itemId;

  const goTo = (to: number) => {
    const target = items[Math.min(items.length - 1, Math.max(0, to))];
    if (target === undefined) return;
    shown.current = target.content.itemId;
    draw(shown.current);
    kiosk.show(shown.current);
  };
  // With the drawing itself, not after it: on a slow PC a key may come between the two, and would go to the wrong place.
  useLayoutEffect(() => {
    (article.current?.querySelector('.answer-part') ?? article.current)?.scrollTo(0, 0);
    focusItem(article.current);
  }, [id]);
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector('.veil') !== null) return;
      const target = event.target as HTMLElement;
      // In a text of several lines every key is the text's own.
      if (target.tagName === 'TEXTAREA') return;
      const act = actOfKey(event, target.tagName === 'INPUT');
      if (isHeldTooLong(event, act, target.matches('[aria-checked]'))) return event.preventDefault();
      if (act === null) return;
      event.preventDefault();
      if (act.act === 'move') goTo(indexShown() + act.by);
      else if (act.act === 'mark') toggleMark(kiosk, sitting, itemShown());
      else if (act.act === 'focus-option') focusOption(article.current, act.by);
      else chooseAt(kiosk, sitting, itemShown(), act.index);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  const open = items.filter(({ content }) => !book.isAnswered(content.itemId));
  const isMarked = book.isMarked(id);
  return (
    <div class={`paper size-${size}`}>
      <Header kiosk={kiosk} state={state} sitting={sitting} />
      <div class="paper-middle">
        <Navigator sitting={sitting} shown={id} onGoTo={goTo} />
        <article
          ref={article}
          class={item.within === null ? undefined : 'split'}
          aria-label={t.itemLabel(item.number, book.isAnswered(id), isMarked)}
        >
          {item.within !== null && (
            <CasePart
              key={item.within.content.itemId}
              kiosk={kiosk}
              sitting={sitting}
              content={item.within.content}
            />
          )}
          <div class="answer-part">
            <ReminderStrip kiosk={kiosk} state={state} />
            {item.within !== null && <CaseItems sitting={sitting} item={item} onGoTo={goTo} />}
            <Item key={id} kiosk={kiosk} sitting={sitting} item={item} onDone={() => goTo(index + 1)} />
            {item.options.length > 0 && <p class="keys-hint">{t.keys}</p>}
          </div>
        </article>
      </div>
      <footer class="paper-bottom">
        <button type="button" aria-disabled={index === 0} onClick={() => goTo(index - 1)}>
          ← {t.previous}
        </button>
        <button
          type="button"
          class="primary"
          aria-disabled={index === items.length - 1}
          onClick={() => goTo(index + 1)}
        >
          {t.next} →
        </button>
        <button
          type="button"
          class={isMarked ? 'mark on' : 'mark'}
          aria-pressed={isMarked}
          onClick={() => toggleMark(kiosk, sitting, item)}
        >
          <i aria-hidden="true">◥</i> {isMarked ? t.unmark : t.mark}
        </button>
        <FontSize size={size} onSize={setSize} />
        <HandButton kiosk={kiosk} state={state} />
        <span class="open-count">{t.unanswered(open.length)}</span>
        <button type="button" class="hand-in" onClick={() => setHandingIn(true)}>
          {t.submit}
        </button>
      </footer>
      {handingIn && (
        <SubmitDialog
          kiosk={kiosk}
          sitting={sitting}
          state={state}
          onGoTo={(to) => {
            setHandingIn(false);
            goTo(to);
          }}
          onClose={() => setHandingIn(false)}
        />
      )}
    </div>
  );
}

function toggleMark(kiosk: Kiosk, { book }: Sitting, { content }: DealtItem): void {
  const before = book.get(content.itemId);
  kiosk.change(content.itemId, before?.value ?? emptyValue(content), !(before?.marked ?? false));
}

function chooseAt(kiosk: Kiosk, { book }: Sitting, { content, options }: DealtItem, index: number): void {
  const option = options[index];
  if (option === undefined) return;
  const before = book.get(content.itemId);
  const chosen = before !== undefined && 'options' in before.value ? before.value.options : [];
  const dealt = options.map(({ id }) => id);
  const value = { options: choose(content.type, chosen, option.id, dealt) };
  kiosk.change(content.itemId, value, before?.marked ?? false);
}

/** The keys go on where the item begins: at the chosen or first option, or in the first blank. */
function focusItem(article: HTMLElement | null): void {
  const target =
    article?.querySelector<HTMLElement>('[role][aria-checked="true"]') ??
    article?.querySelector<HTMLElement>(
      '[role][aria-checked], input[data-blank], textarea, .file-acts button, .file-choose',
    );
  target?.focus({ preventScroll: true });
}

function focusOption(article: HTMLElement | null, by: -1 | 1): void {
  const options = [...(article?.querySelectorAll<HTMLElement>('[role][aria-checked]') ?? [])];
  if (options.length === 0) return;
  const at = options.indexOf(document.activeElement as HTMLElement);
  options[(at + by + options.length) % options.length]?.focus();
}
