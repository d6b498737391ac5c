// A button that gives one command; where it cannot be taken back, it says so and is pressed a second time.

import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { StaffRequest } from '../../../server/protocol/staff.js';
import { useTexts } from '../../i18n/language.js';
import { useAct } from '../room/use-console.js';
import { words } from '../texts/words.js';
import { focusOnce } from './fields.js';
import { Refusal } from './refusal.js';

export interface ActButtonProps {
  request: StaffRequest;
  /** Asked before; nothing is asked where it is absent. */
  sure?: string | undefined;
  kind?: 'primary' | 'danger' | 'plain';
  disabled?: boolean;
  done?: () => void;
  children: ComponentChildren;
}

export function ActButton({
  request,
  sure,
  kind = 'plain',
  disabled = false,
  done,
  children,
}: ActButtonProps) {
  const w = useTexts(words);
  const { busy, refused, act } = useAct();
  const [asked, setAsked] = useState(false);
  const give = async () => {
    setAsked(false);
    if (await act(request)) done?.();
  };
  return (
    <div class="act">
      {asked ? (
        <div class="sure">
          <p>{sure}</p>
          <button
            type="button"
            class={kind}
            ref={focusOnce}
            // The key that asked may still be held down.
            onKeyDown={(event) => event.repeat && event.preventDefault()}
            onClick={() => void give()}
          >
            {w.confirm}
          </button>
          <button type="button" onClick={() => setAsked(false)}>
            {w.cancel}
          </button>
        </div>
      ) : (
        <button
          type="button"
          class={kind}
          disabled={busy || disabled}
          onClick={() => (sure === undefined ? void give() : setAsked(true))}
        >
          {children}
        </button>
      )}
      <Refusal refused={refused} />
    </div>
  );
}
