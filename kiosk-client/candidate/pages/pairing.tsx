// A PC that no seat knows shows its pairing code, large enough to read from the aisle (rule 15).

import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import type { MachineReport } from '../machine-check.js';
import { texts } from '../texts.js';
import { CheckList } from './check-list.js';
import { Frame, Rehearsing } from './frame.js';

interface PairingProps {
  kiosk: Kiosk;
  state: SeatState;
  report: MachineReport | null;
}

export function Pairing({ kiosk, state, report }: PairingProps) {
  const t = useTexts(texts);
  const code = state.pairingCode ?? '';
  return (
    <Frame kiosk={kiosk}>
      <section class="card">
        <Rehearsing kiosk={kiosk} />
        <h1>{t.pairingTitle}</h1>
        <p class="pairing-code" aria-label={code.split('').join(' ')}>
          <span>{code.slice(0, 3)}</span>
          <span>{code.slice(3)}</span>
        </p>
        <p class="hint">{t.pairingHint}</p>
        <CheckList report={report} />
      </section>
    </Frame>
  );
}
