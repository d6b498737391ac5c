// One item: what it is worth, the stem, and the way to answer it.

import { useTexts } from '../../../i18n/language.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { AudioPlayer } from './audio-player.js';
import { BlankEditor } from './blank-editor.js';
import { BlankField } from './blank-field.js';
import { FileAnswer } from './file-answer.js';
import { choose } from './keys.js';
import { Picture } from './picture.js';
import { RichText } from './rich-text.js';
import { TextAnswer } from './text-answer.js';

interface ItemProps {
  kiosk: Kiosk;
  sitting: Sitting;
  item: DealtItem;
  /** The last blank was left by Enter. */
  onDone: () => void;
}

export function Item({ kiosk, sitting, item, onDone }: ItemProps) {
  const t = useTexts(texts);
  const { content, sectionTitle, instructions, number } = item;
  const picture = (name: string) => {
    const medium = content.media.find((one) => one.name === name);
    return medium === undefined ? null : <Picture kiosk={kiosk} sitting={sitting} medium={medium} />;
  };
  return (
    <>
      <p class="tag">
        {t.itemTag(sectionTitle, number)}（{t.points(content.points, content.scoringNote)}）
      </p>
      {instructions !== '' && <p class="instructions">{instructions}</p>}
      {content.audio !== undefined && (
        <AudioPlayer kiosk={kiosk} sitting={sitting} itemId={content.itemId} audio={content.audio} />
      )}
      {content.type === 'fill-in' ? (
        <BlankEditor kiosk={kiosk} sitting={sitting} item={item}>
          {(blanks) => (
            <RichText
              class="stem roomy"
              html={content.stem ?? ''}
              picture={picture}
              blank={(n) => (
                <BlankField
                  blanks={blanks}
                  index={n - 1}
                  count={content.blanks.length}
                  maxLength={content.blanks[n - 1]?.maxLength ?? 0}
                  onDone={onDone}
                />
              )}
            />
          )}
        </BlankEditor>
      ) : content.text !== undefined ? (
        <>
          <RichText class="stem" html={content.stem ?? ''} picture={picture} />
          <TextAnswer kiosk={kiosk} sitting={sitting} item={item} />
        </>
      ) : content.files !== undefined ? (
        <>
          <RichText class="stem" html={content.stem ?? ''} picture={picture} />
          <FileAnswer kiosk={kiosk} sitting={sitting} item={item} />
        </>
      ) : (
        <>
          <RichText class="stem" html={content.stem ?? ''} picture={picture} />
          <Options kiosk={kiosk} sitting={sitting} item={item} picture={picture} />
        </>
      )}
    </>
  );
}

interface OptionsProps extends Omit<ItemProps, 'onDone'> {
  picture: Parameters<typeof RichText>[0]['picture'];
}

function Options({ kiosk, sitting: { book }, item: { content, options }, picture }: OptionsProps) {
  const t = useTexts(texts);
  const { itemId, type } = content;
  const row = book.get(itemId);
  const chosen = row !== undefined && 'options' in row.value ? row.value.options : [];
  const many = type === 'multiple';
  const dealt = options.map(({ id }) => id);
  return (
    <div class="options" role={many ? 'group' : 'radiogroup'} aria-label={many ? t.chooseMany : t.chooseOne}>
      {options.map(({ id, letter, html }) => (
        <button
          key={id}
          type="button"
          role={many ? 'checkbox' : 'radio'}
          aria-checked={chosen.includes(id)}
          class={`option${chosen.includes(id) ? ' chosen' : ''}${many ? ' many' : ''}`}
          onClick={({ detail }) => {
            // The second click of a double click would take back what the first has chosen.
            if (detail > 1) return;
            kiosk.change(itemId, { options: choose(type, chosen, id, dealt) }, row?.marked ?? false);
          }}
        >
          <i aria-hidden="true">{letter}</i>
          <RichText class="option-text" html={html} picture={picture} inline />
        </button>
      ))}
    </div>
  );
}
