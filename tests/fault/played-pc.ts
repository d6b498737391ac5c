// What an exam with faults asks of a PC at a seat, whether it is the kiosk's code alone or a real browser.

import type { CandidateAtWork } from './candidate-at-work.js';

export interface PlayedPc {
  readonly seatId: string;
  readonly isAlive: boolean;
  /** Nobody sits here, and the room is there. */
  readonly isFree: boolean;
  /** For a person who looks for the reason why something stopped. */
  readonly looks: string;
  /** Switches on, or opens the page again. */
  open(): Promise<void>;
  /** The page goes in good order, as with F5. */
  leave(): void | Promise<void>;
  /** The browser dies: no good-bye, and what the storage has not done is lost. */
  kill(): void | Promise<void>;
  /** Ends for good. */
  close(): void | Promise<void>;
  /** @throws Error where none comes */
  pairingCode(): Promise<string>;
  /** @throws Error where the page never shows its seat */
  untilPaired(): Promise<void>;
  /** From the log-in page to the page that waits for the start. @throws Error after `patienceMs` */
  enter(candidateId: string, ticketNo: string, patienceMs: number): Promise<void>;
  /** The candidate does the next thing, if the page takes any. */
  work(candidate: CandidateAtWork): Promise<void>;
  /** The candidate changes an answer now; resolves as soon as the page was told. */
  change(candidate: CandidateAtWork): void | Promise<void>;
  raiseHand(): Promise<void>;
}
