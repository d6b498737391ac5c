// Rules and what happens if they are broken, read before the exam (REQ-D05).

import { useState } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';
import { Refusal, type Failure } from './refusal.js';

export function Rules({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const confirm = async () => {
    const answer = await kiosk.confirm('rules');
    if (!answer?.ok) setFailure(answer);
  };
  return (
    <Frame kiosk={kiosk}>
      <section class="card rules">
        <h1>{t.rulesTitle}</h1>
        <h2>{t.rulesHeading}</h2>
        <ol>
          {t.rules.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ol>
        <h2>{t.violationsHeading}</h2>
        <ol>
          {t.violations.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ol>
        {failure !== undefined && <Refusal failure={failure} />}
        <button type="button" class="primary large" onClick={() => void confirm()}>
          {t.rulesRead}
        </button>
      </section>
    </Frame>
  );
}
