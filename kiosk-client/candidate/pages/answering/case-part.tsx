// The situation of a case beside its items: what happened, what there is to read, what to take. Files are opened on this PC and
// saved by the browser; nothing goes over the network for it.

import { useState } from 'preact/hooks';
import type { CaseMaterial, ItemContent } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { AudioPlayer } from './audio-player.js';
import { Picture } from './picture.js';
import { RichText } from './rich-text.js';

interface CasePartProps {
  kiosk: Kiosk;
  sitting: Sitting;
  content: ItemContent;
}

export function CasePart({ kiosk, sitting, content }: CasePartProps) {
  const t = useTexts(texts);
  const picture = (name: string) => {
    const medium = content.media.find((one) => one.name === name);
    return medium === undefined ? null : <Picture kiosk={kiosk} sitting={sitting} medium={medium} />;
  };
  return (
    <section class="case-part" aria-label={t.caseLabel} tabIndex={0}>
      <p class="tag">
        {t.caseLabel}（{t.points(content.points, null)}）
      </p>
      {content.audio !== undefined && (
        <AudioPlayer kiosk={kiosk} sitting={sitting} itemId={content.itemId} audio={content.audio} />
      )}
      <RichText class="stem" html={content.stem ?? ''} picture={picture} />
      {content.case?.materials.map((material) => (
        <section key={material.title} class="material">
          <h3>{material.title}</h3>
          {material.html !== null && <RichText class="stem" html={material.html} picture={picture} />}
          {material.file !== null && <Download kiosk={kiosk} sitting={sitting} file={material.file} />}
        </section>
      ))}
    </section>
  );
}

/** The browser needs the address until it has begun to save. */
const FORGET_AFTER_MS = 60_000;

interface DownloadProps {
  kiosk: Kiosk;
  sitting: Sitting;
  file: NonNullable<CaseMaterial['file']>;
}

function Download({ kiosk, sitting, file }: DownloadProps) {
  const t = useTexts(texts);
  const [state, setState] = useState<'idle' | 'opening' | 'saved' | 'failed'>('idle');
  const save = async () => {
    setState('opening');
    try {
      const url = URL.createObjectURL(await kiosk.sittings.file(sitting, file));
      const link = document.createElement('a');
      link.href = url;
      link.download = file.name;
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), FORGET_AFTER_MS);
      setState('saved');
    } catch {
      setState('failed');
    }
  };
  return (
    <p class="download">
      <button type="button" aria-disabled={state === 'opening'} onClick={() => void save()}>
        ⬇ {t.download} {file.name}
        <small>{sizeText(file.bytes)}</small>
      </button>
      <span role="status">
        {state === 'saved' && t.downloaded}
        {state === 'failed' && <b class="bad">{t.downloadFailed}</b>}
      </span>
    </p>
  );
}

/** @param bytes size of a file */
export function sizeText(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
