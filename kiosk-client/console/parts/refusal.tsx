// Why the room did not do it, and what to do next.

import type { Refused } from '../../../server/protocol/staff.js';
import { useLanguage } from '../../i18n/language.js';
import { refusalSentence } from '../texts/refusal.js';

export function Refusal({ refused }: { refused: Refused | null }) {
  const language = useLanguage();
  if (refused === null) return null;
  const { what, next } = refusalSentence(refused, language);
  return (
    <p class="refusal" role="alert">
      <b>{what}</b>
      <span>{next}</span>
    </p>
  );
}
