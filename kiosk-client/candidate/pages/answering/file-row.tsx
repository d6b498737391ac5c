// One file that is handed in: its name and size, where it is, and what may be done with it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { seatRefusalText } from '../../../../server/protocol/seat-refusal-texts.js';
import { useLanguage } from '../../../i18n/language.js';
import type { FileCourier, HandedInFile } from '../../uploads/file-courier.js';
import { fileTexts, sizeText } from '../../uploads/texts.js';

interface FileRowProps {
  courier: FileCourier;
  file: HandedInFile;
  online: boolean;
  /** What a picture is called for who cannot see it; null where the file is shown by its name alone. */
  pictureOf: string | null;
  onReplace: () => void;
  onRemove: () => void;
}

export function FileRow({ courier, file, online, pictureOf, onReplace, onRemove }: FileRowProps) {
  const shown = useLanguage();
  const t = fileTexts[shown];
  const [opening, setOpening] = useState<'no' | 'yes' | 'failed'>('no');
  const [removing, setRemoving] = useState(false);
  const state = courier.state(file);
  const keep = useRef<HTMLButtonElement>(null);
  // The button that asked is gone, and the focus with it.
  useEffect(() => {
    if (removing) keep.current?.focus();
  }, [removing]);
  const open = async () => {
    setOpening('yes');
    try {
      saveAs(await courier.bytes(file), file.name);
      setOpening('no');
    } catch {
      setOpening('failed');
    }
  };
  const percent = state.where === 'here' ? Math.floor((state.sentBytes / file.size) * 100) : 0;
  const refusal = state.where === 'here' && state.problem !== null ? seatRefusalText(state.problem) : null;
  return (
    <li class={`file-row ${state.where}`} data-file={file.fileHash} data-where={state.where}>
      <p class="file-name">
        <b>{file.name}</b> <small>{sizeText(file.size)}</small>
      </p>
      {pictureOf !== null && <Preview courier={courier} file={file} alt={pictureOf} />}
      <p class="file-where" role="status">
        {state.where === 'room' && `✓ ${t.inRoom}`}
        {state.where === 'away' && `▲ ${t.away}`}
        {state.where === 'here' &&
          refusal === null &&
          (online ? `↑ ${t.sending(percent)}` : `◐ ${t.waiting}`)}
        {refusal !== null && `▲ ${shown === 'zh' ? refusal.zh : refusal.en}`}
      </p>
      {state.where === 'here' && <progress max={file.size} value={state.sentBytes} aria-hidden="true" />}
      {opening === 'failed' && <p class="warn">{t.openFailed}</p>}
      <p class="file-acts">
        {/* Two buttons, neither of them where the one that asked was: a double click removes nothing. */}
        {removing ? (
          <>
            <button key="sure" type="button" class="danger" onClick={onRemove}>
              {t.removeSure}
            </button>
            <button key="keep" type="button" ref={keep} onClick={() => setRemoving(false)}>
              {t.keep}
            </button>
          </>
        ) : (
          <>
            <button key="open" type="button" onClick={() => void open()} aria-disabled={opening === 'yes'}>
              {opening === 'yes' ? t.opening : t.open}
            </button>
            <button key="replace" type="button" onClick={onReplace}>
              {t.replace}
            </button>
            <button key="remove" type="button" class="file-remove" onClick={() => setRemoving(true)}>
              {t.remove}
            </button>
          </>
        )}
      </p>
    </li>
  );
}

function Preview({ courier, file, alt }: { courier: FileCourier; file: HandedInFile; alt: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    courier.bytes(file).then(
      (bytes) => {
        if (!gone) setUrl((made = URL.createObjectURL(bytes)));
      },
      () => undefined,
    );
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [file.fileHash]);
  return url === null ? null : <img class="file-preview" src={url} alt={alt} />;
}

/** Gives the file to the candidate's programs, under its name. */
function saveAs(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  // The browser reads the address a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
