// A small form that gives one command: fields, one button, the refusal beside it; empty again when it was carried out.

import type { ComponentChildren } from 'preact';
import type { StaffRequest } from '../../../server/protocol/staff.js';
import { useTexts } from '../../i18n/language.js';
import { useAct } from '../room/use-console.js';
import { words } from '../texts/words.js';
import { Refusal } from './refusal.js';

export interface CommandFormProps {
  /** Null as long as something is missing. */
  request: StaffRequest | null;
  button: string;
  kind?: 'primary' | 'danger';
  done: () => void;
  /** Shows a second button that leaves the form. */
  cancel?: (() => void) | undefined;
  children: ComponentChildren;
}

export function CommandForm({ request, button, kind = 'primary', done, cancel, children }: CommandFormProps) {
  const w = useTexts(words);
  const { busy, refused, act } = useAct();
  return (
    <form
      class="command"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (request !== null) void act(request).then((carriedOut) => carriedOut && done());
      }}
    >
      {children}
      <Refusal refused={refused} />
      <div class="row">
        <button type="submit" class={kind} disabled={busy || request === null}>
          {button}
        </button>
        {cancel !== undefined && (
          <button type="button" onClick={cancel}>
            {w.cancel}
          </button>
        )}
      </div>
    </form>
  );
}
