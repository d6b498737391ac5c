// A sheet over the page for what a person has to decide or has to have read: keeps the focus inside, gives it back afterwards.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface DialogProps {
  label: string;
  /** Called on Esc; where absent, Esc does nothing. */
  onClose?: () => void;
  wide?: boolean;
  children: ComponentChildren;
}

export function Dialog({ label, onClose, wide = false, children }: DialogProps) {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const first = sheet.current?.querySelector<HTMLElement>('[data-first]') ?? focusable(sheet.current)[0];
    (first ?? sheet.current)?.focus();
    return () => before?.focus();
  }, []);
  return (
    <div class="veil">
      <div
        class={wide ? 'sheet wide' : 'sheet'}
        role="dialog"
        aria-modal="true"
        aria-label={label}
        tabIndex={-1}
        ref={sheet}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') onClose?.();
          if (event.key === 'Tab') keepInside(event, sheet.current);
        }}
      >
        {children}
      </div>
    </div>
  );
}

function focusable(root: HTMLElement | null): HTMLElement[] {
  return root === null
    ? []
    : [...root.querySelectorAll<HTMLElement>('button:not([disabled]), input, a[href], [tabindex="0"]')];
}

function keepInside(event: KeyboardEvent, root: HTMLElement | null): void {
  const all = focusable(root);
  const first = all[0];
  const last = all[all.length - 1];
  if (first === undefined || last === undefined) return event.preventDefault();
  const at = all.indexOf(document.activeElement as HTMLElement);
  // On the text itself there is nothing before it inside.
  const leaving = event.shiftKey ? at <= 0 : at === all.length - 1;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
