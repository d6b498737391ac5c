// One blank inside a stem. The browser owns its text while an input method composes; what is finished is handed on.

import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from '../../../i18n/language.js';
import { texts } from '../../texts.js';
import type { Blanks } from './blank-editor.js';

interface BlankFieldProps {
  blanks: Blanks;
  index: number;
  count: number;
  /** In code points; where the paper says 0 there is no such blank. */
  maxLength: number;
  onDone: () => void;
}

export function BlankField({ blanks, index, count, maxLength, onDone }: BlankFieldProps) {
  const t = useTexts(texts);
  const composing = useRef(false);
  const first = useRef(blanks.text(index));
  const shown = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const text = blanks.text(index);
    if (shown.current !== null && !composing.current && shown.current.value !== text)
      shown.current.value = text;
  });
  const take = (field: HTMLInputElement) => {
    if (composing.current) return;
    const text = shortened(field.value, maxLength);
    if (text !== field.value) field.value = text;
    blanks.typed(index, text);
  };
  return (
    <input
      ref={shown}
      class={`blank${maxLength > 60 ? ' longest' : maxLength > 24 ? ' long' : ''}`}
      defaultValue={first.current}
      aria-label={t.blankLabel(index + 1)}
      autocomplete="off"
      spellcheck={false}
      data-blank={index}
      onCompositionStart={() => (composing.current = true)}
      onCompositionEnd={(event) => {
        composing.current = false;
        take(event.currentTarget);
      }}
      onInput={(event) => take(event.currentTarget)}
      onBlur={(event) => {
        // Some input methods end without a word when the field is left.
        composing.current = false;
        take(event.currentTarget);
        blanks.left();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.isComposing || composing.current) return;
        event.preventDefault();
        const next = event.currentTarget
          .closest('article')
          ?.querySelector<HTMLInputElement>(`[data-blank="${index + 1}"]`);
        if (index + 1 < count && next != null) next.focus();
        else onDone();
      }}
    />
  );
}

/** At most `maxLength` code points after NFC, as the room counts. */
export function shortened(text: string, maxLength: number): string {
  const points = [...text.normalize('NFC')];
  return points.length <= maxLength ? text : points.slice(0, maxLength).join('');
}
