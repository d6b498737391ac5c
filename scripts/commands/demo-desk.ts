// What the simulated staff do in the demo for whoever waits at a person's seat: pair the PC, check in, answer a hand. Only for
// what waits; nothing is done ahead of the person.

import type { Outcome } from '../../server/protocol/staff.js';
import type { DayCrew } from '../../server/rehearsal/day-crew.js';

export interface DemoDeskOptions {
  crew: DayCrew;
  /** Those whom a person plays. */
  persons: readonly { candidateId: string; name: string; seatId: string }[];
  /** True for a code on the screen of a played PC. */
  isPlayed: (pairingCode: string) => boolean;
  say: (text: string) => void;
  /** Says why something was refused. */
  tell: (outcome: Outcome) => void;
}

export class DemoDesk {
  readonly #codesGiven = new Set<string>();

  constructor(private readonly options: DemoDeskOptions) {}

  /** On the screens of PCs at which a person may sit, oldest first. */
  waitingCodes(): string[] {
    return this.options.crew.view.todo
      .flatMap((one) => (one.kind === 'pairing' ? [one.pairingCode] : []))
      .filter((code) => !this.options.isPlayed(code) && !this.#codesGiven.has(code));
  }

  /** A person's seats first, in order, then a free spare one. @returns how many were paired */
  async pairWaiting(): Promise<number> {
    const { seats, session } = this.options.crew.view;
    const ours = this.options.persons.map(({ seatId }) => seatId);
    const free = seats.filter(({ look, spare }) => look === 'unpaired' && !spare);
    const spare = seats.filter((seat) => seat.look === 'unpaired' && seat.spare);
    const places = [...free.filter(({ seatId }) => ours.includes(seatId)), ...spare];
    let paired = 0;
    for (const code of this.waitingCodes()) {
      const place = places[paired];
      if (place === undefined) break;
      const outcome = await this.options.crew.pair(code, place.seatId);
      if (!outcome.ok) {
        this.options.tell(outcome);
        break;
      }
      paired += 1;
      this.#codesGiven.add(code);
      this.options.say(`编号 ${code} → ${place.label} 号考位 / code ${code} → seat ${place.label}`);
    }
    if (paired > 0 && session?.seal.orgConfirmed === true && session.seal.brokenBy === null)
      this.options.say('配对改动了安装，封场已失效 / Pairing changed the installation and broke the seal');
    return paired;
  }

  /** Those whose PC is there. @returns how many came in */
  async admitWaiting(): Promise<number> {
    const { session, seats } = this.options.crew.view;
    if (!['open', 'running', 'paused'].includes(session?.phase ?? '')) return 0;
    let admitted = 0;
    for (const { candidateId, name } of this.options.persons) {
      const row = seats.find((seat) => seat.candidateId === candidateId);
      if (row === undefined || row.look === 'unpaired' || row.attendance !== 'expected') continue;
      const outcome = await this.options.crew.admit(candidateId);
      if (outcome.ok) {
        admitted += 1;
        this.options.say(`${name} 已核验入场（${row.label} 号） / ${name} is checked in (seat ${row.label})`);
      } else this.options.tell(outcome);
    }
    return admitted;
  }

  /** All that are up. @returns how many */
  async answerHands(): Promise<number> {
    const hands = this.options.crew.view.todo.flatMap((one) => (one.kind === 'hand' ? [one] : []));
    for (const { candidateId, seatId } of hands) {
      this.options.tell(await this.options.crew.answerHand(candidateId));
      const label = this.labels([seatId]);
      this.options.say(`${label} 号的举手已处理 / the hand at seat ${label} is answered`);
    }
    return hands.length;
  }

  /** As the desks are labelled. */
  labels(seatIds: readonly string[]): string {
    const { seats } = this.options.crew.view;
    return seatIds.map((id) => seats.find(({ seatId }) => seatId === id)?.label ?? id).join('、');
  }
}
