// The answer to a short text or an essay: a field that belongs to the browser while an input method composes, how much is
// written, and the way to earlier versions. The browser keeps its own undo: this sets the text behind its back only
// where nothing was written here yet, when an earlier PC of the candidate delivers late.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../../../i18n/language.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import type { TextVersion } from '../../exam/text-versions.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { countCharacters, countWords, excess } from './text-count.js';
import { openText, type TextEditor } from './text-editor.js';
import { TextHistory } from './text-history.js';

interface TextAnswerProps {
  kiosk: Kiosk;
  sitting: Sitting;
  item: DealtItem;
}

export function TextAnswer({ kiosk, sitting, item: { content, number } }: TextAnswerProps) {
  const t = useTexts(texts);
  const { itemId } = content;
  const { maxLength, words } = content.text ?? { maxLength: 0, words: null };
  const editor = useRef<TextEditor | null>(null);
  editor.current ??= openText(kiosk, sitting, itemId);
  useEffect(() => () => editor.current?.close(), []);
  const first = useRef(editor.current.text());
  const field = useRef<HTMLTextAreaElement>(null);
  const composing = useRef(false);
  const [shown, setShown] = useState(first.current);
  const [full, setFull] = useState(false);
  const [looking, setLooking] = useState(false);
  const take = (area: HTMLTextAreaElement) => {
    setShown(area.value);
    if (composing.current) return;
    setFull(shorten(area, maxLength));
    setShown(area.value);
    editor.current?.typed(area.value);
  };
  const restore = (version: TextVersion) => {
    setLooking(false);
    const area = field.current;
    if (area === null) return;
    composing.current = false;
    editor.current?.restore(version);
    area.focus();
    replaceText(area, 0, area.value.length, version.text);
    take(area);
  };
  useEffect(() => {
    const text = editor.current?.text() ?? '';
    if (field.current === null || composing.current || field.current.value === text) return;
    setShown((field.current.value = text));
  });
  const written = countWords(shown);
  const versions = sitting.book.versions(itemId);
  return (
    <section class="text-answer">
      <textarea
        ref={field}
        class={content.type === 'essay' ? 'essay' : 'short-text'}
        defaultValue={first.current}
        rows={content.type === 'essay' ? 12 : 5}
        aria-label={t.textLabel(number)}
        autocomplete="off"
        spellcheck={false}
        data-text
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
          editor.current?.left();
        }}
      />
      <p class="text-foot">
        <span class={isBeyond(written, words) ? 'count beyond' : 'count'} data-words={written}>
          {t.written(written)}
          {words !== null &&
            (words.min !== null || words.max !== null) &&
            `　${t.wordsAsked(words.min, words.max)}`}
        </span>
        <span class={full ? 'limit full' : 'limit'} role={full ? 'alert' : undefined}>
          {full ? t.textFull(maxLength) : t.characters(countCharacters(shown), maxLength)}
        </span>
        <button
          type="button"
          class="quiet"
          aria-disabled={versions.length === 0}
          onClick={() => {
            editor.current?.left();
            if (sitting.book.versions(itemId).length > 0) setLooking(true);
          }}
        >
          {t.versions(versions.length)}
        </button>
      </p>
      {looking && (
        <TextHistory
          versions={sitting.book.versions(itemId)}
          present={editor.current.text()}
          onRestore={restore}
          onClose={() => setLooking(false)}
        />
      )}
    </section>
  );
}

function isBeyond(written: number, words: { min: number | null; max: number | null } | null): boolean {
  return words !== null && words.max !== null && written > words.max;
}

/** Takes out what came too much. @returns whether there was too much */
function shorten(area: HTMLTextAreaElement, maxLength: number): boolean {
  const range = excess(area.value, area.selectionEnd, maxLength);
  if (range === null) return false;
  replaceText(area, range.from, range.to, '');
  return true;
}

/** As if it were typed, so that undo goes over it; where the browser cannot, undo forgets what was before. */
function replaceText(area: HTMLTextAreaElement, from: number, to: number, text: string): void {
  const wanted = area.value.slice(0, from) + text + area.value.slice(to);
  if (document.activeElement === area) {
    area.setSelectionRange(from, to);
    document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
  }
  if (area.value === wanted) return;
  area.value = wanted;
  area.setSelectionRange(from + text.length, from + text.length);
}
