// The answer to an item that asks for files: chosen, dropped or, for screenshots, pasted; shown with where they are; opened again,
// replaced, removed. Naming a file is an ordinary change of the answer; its bytes go out by themselves.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useLanguage } from '../../../i18n/language.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { takeFile, type FileLimits } from '../../uploads/choose-file.js';
import type { HandedInFile } from '../../uploads/file-courier.js';
import { asPng, pastedPicture } from '../../uploads/screenshot.js';
import { fileTexts, sizeText } from '../../uploads/texts.js';
import { FileRow } from './file-row.js';

interface FileAnswerProps {
  kiosk: Kiosk;
  sitting: Sitting;
  item: DealtItem;
}

const NO_LIMITS: FileLimits = { maxCount: 0, maxBytes: 0, types: [] };

export function FileAnswer({ kiosk, sitting, item: { content, number } }: FileAnswerProps) {
  const t = fileTexts[useLanguage()];
  const { itemId } = content;
  const limits = content.files ?? NO_LIMITS;
  const isScreenshot = content.type === 'screenshot';
  const [said, setSaid] = useState<string | null>(null);
  const [reading, setReading] = useState(0);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  /** The file whose place the next one takes. */
  const replacing = useRef<string | null>(null);
  const types = limits.types.map((type) => `.${type}`).join(' ');
  const size = sizeText(limits.maxBytes);
  const now = (): HandedInFile[] => {
    const value = sitting.book.get(itemId)?.value;
    return value !== undefined && 'files' in value ? value.files : [];
  };
  const change = (files: HandedInFile[]) => kiosk.change(itemId, { files }, sitting.book.isMarked(itemId));
  const add = async (chosen: readonly { name: string; bytes: Blob }[]) => {
    setSaid(null);
    setReading((count) => count + 1);
    try {
      for (const one of chosen) {
        const old = replacing.current;
        replacing.current = null;
        const others = now().filter(({ fileHash }) => fileHash !== old);
        const taken = await takeFile(sitting.files, limits, one, others);
        if (!taken.ok) setSaid(t.objection(taken.why, one.name, types, size));
        else if (now().some(({ fileHash }) => fileHash === old))
          change(now().map((file) => (file.fileHash === old ? taken.file : file)));
        else change([...now(), taken.file]);
      }
    } finally {
      setReading((count) => count - 1);
    }
  };
  const paste = async (picture: Blob | null) => {
    if (picture === null) return setSaid(t.noPicture);
    const bytes = await asPng(picture).catch(() => null);
    if (bytes === null) return setSaid(t.noPicture);
    await add([{ name: t.screenshotName(number, now().length + 1), bytes }]);
  };
  useEffect(() => {
    if (!isScreenshot) return;
    const onPaste = (event: ClipboardEvent) => {
      if (document.querySelector('.veil') !== null) return;
      event.preventDefault();
      void paste(pastedPicture(event.clipboardData));
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  });
  const files = now();
  const section = useRef<HTMLElement>(null);
  const before = useRef({ said, count: files.length });
  // What came of the choice may lie below the edge of a small screen.
  useEffect(() => {
    const changed = before.current.said !== said || before.current.count !== files.length;
    before.current = { said, count: files.length };
    if (!changed) return;
    const rows = section.current?.querySelectorAll('.file-row') ?? [];
    const news = said === null ? rows[rows.length - 1] : section.current?.querySelector('[data-said]');
    news?.scrollIntoView({ block: 'nearest' });
  });
  const choose = (old: string | null) => {
    replacing.current = old;
    input.current?.click();
  };
  return (
    <section
      ref={section}
      class={over ? 'file-answer over' : 'file-answer'}
      aria-label={t.files(number)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        replacing.current = null;
        void add(namedFiles(event.dataTransfer?.files));
      }}
    >
      <p class="file-limits">{t.limits(limits.maxCount, size, types)}</p>
      {isScreenshot && <p class="file-paste">{t.pasteHow}</p>}
      <input
        ref={input}
        class="file-input"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        accept={limits.types.map((type) => `.${type}`).join(',')}
        multiple={limits.maxCount > 1}
        onChange={(event) => {
          const field = event.currentTarget;
          void add(namedFiles(field.files));
          // The same file may be chosen again.
          field.value = '';
        }}
      />
      {files.length === 0 ? (
        <p class="file-none">{t.none}</p>
      ) : (
        <ul class="file-list">
          {files.map((file, index) => (
            <FileRow
              key={file.fileHash}
              courier={sitting.files}
              file={file}
              online={kiosk.online}
              pictureOf={isScreenshot ? t.screenshotOf(index + 1) : null}
              onReplace={() => choose(file.fileHash)}
              onRemove={() => change(now().filter(({ fileHash }) => fileHash !== file.fileHash))}
            />
          ))}
        </ul>
      )}
      {files.length < limits.maxCount && (
        <p class="file-add">
          <button type="button" class="primary file-choose" onClick={() => choose(null)}>
            {files.length === 0 ? t.choose : t.chooseMore}
          </button>
          <span>{t.drop}</span>
        </p>
      )}
      {reading > 0 && <p role="status">{t.reading}</p>}
      {sitting.files.storageFailed && (
        <p class="warn" role="alert">
          {t.memoryOnly}
        </p>
      )}
      {said !== null && (
        <p class="refusal" role="alert" data-said>
          <b>{said}</b>
        </p>
      )}
    </section>
  );
}

function namedFiles(files: FileList | null | undefined): { name: string; bytes: Blob }[] {
  return Array.from(files ?? []).map((bytes) => ({ name: bytes.name, bytes }));
}
