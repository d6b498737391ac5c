// When typing is handed over: after a rest, while it goes on for long, when the field is left, and before writing stops. It
// knows when, not what.

import type { Kiosk } from '../../kiosk.js';

const LONGEST_MS = 5_000;

export interface TypingRest {
  /** Whether something is typed and not yet handed over. */
  isHeld(): boolean;
  /** A key was pressed, and no composition of an input method is going on. */
  typed(): void;
  /** Hands over now what is not yet handed over. */
  flush(): void;
  /** The last `flush`. */
  close(): void;
}

/** @param idleMs the rest, milliseconds @param handOver is told the room time of the last key */
export function typingRest(kiosk: Kiosk, idleMs: number, handOver: (madeAt: number) => void): TypingRest {
  let typedAt: number | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let longest: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(idle);
    clearTimeout(longest);
    idle = longest = undefined;
    if (typedAt === null) return;
    // The time of the last key, not of this moment: it may be the end that makes us hand over.
    const madeAt = typedAt;
    typedAt = null;
    handOver(madeAt);
  };
  const closeEditor = kiosk.openEditor(flush);
  return {
    isHeld: () => typedAt !== null,
    typed: () => {
      typedAt = kiosk.clock.now();
      clearTimeout(idle);
      idle = setTimeout(flush, idleMs);
      longest ??= setTimeout(flush, LONGEST_MS);
    },
    flush,
    close: () => {
      flush();
      closeEditor();
    },
  };
}
