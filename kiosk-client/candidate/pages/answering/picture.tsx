// A picture of an item, opened when it is shown. A click or Enter shows it large.

import { useState } from 'preact/hooks';
import type { ItemContent } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { Dialog } from '../../../ui/dialog.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { useFile } from './use-file.js';

/** Times the picture's own width; the first fits the window. */
const ZOOMS = [null, 1.5, 2, 3];

interface PictureProps {
  kiosk: Kiosk;
  sitting: Sitting;
  medium: ItemContent['media'][number];
}

export function Picture({ kiosk, sitting, medium }: PictureProps) {
  const t = useTexts(texts);
  const [url, failed] = useFile(kiosk, sitting, medium);
  const [large, setLarge] = useState(false);
  const { alt, width, height } = medium;
  if (url === null)
    return (
      <span class="picture loading" role="status">
        {failed ? t.pictureFailed : ''}
      </span>
    );
  return (
    <>
      <button
        type="button"
        class="picture"
        aria-label={`${t.enlarge}：${alt}`}
        onClick={() => setLarge(true)}
      >
        <img src={url} alt={alt} width={width} height={height} />
        <small aria-hidden="true">⤢ {t.enlarge}</small>
      </button>
      {large && <Large url={url} alt={alt} width={width} onClose={() => setLarge(false)} />}
    </>
  );
}

interface LargeProps {
  url: string;
  alt: string;
  width: number;
  onClose: () => void;
}

function Large({ url, alt, width, onClose }: LargeProps) {
  const t = useTexts(texts);
  const [step, setStep] = useState(0);
  const zoom = (by: number) => setStep((at) => Math.min(ZOOMS.length - 1, Math.max(0, at + by)));
  return (
    <Dialog label={alt} onClose={onClose} wide>
      <div
        class="large-picture"
        onKeyDown={(event) => {
          if (event.key === '+' || event.key === '=') zoom(1);
          if (event.key === '-') zoom(-1);
        }}
      >
        <div class="buttons">
          <button type="button" onClick={() => zoom(-1)} aria-disabled={step === 0}>
            − {t.zoomOut}
          </button>
          <button type="button" onClick={() => zoom(1)} aria-disabled={step === ZOOMS.length - 1}>
            + {t.zoomIn}
          </button>
          <button type="button" class="primary" data-first onClick={onClose}>
            {t.close} (Esc)
          </button>
        </div>
        <div class="scroll" tabIndex={0}>
          {step === 0 ? (
            <img class="fit" src={url} alt={alt} />
          ) : (
            <img src={url} alt={alt} style={{ width: `${width * (ZOOMS[step] ?? 1)}px` }} />
          )}
        </div>
      </div>
    </Dialog>
  );
}
