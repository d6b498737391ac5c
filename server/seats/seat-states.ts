// Encodes what a seat's page shows. What all seats of a session share is encoded once; nothing here is an answer or a key.

import type { SeatId, SessionId, State } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { SeatState } from '../protocol/seat.js';
import type { SeatHost } from './host.js';

/** A frame and the part of it that does not change by time alone. */
export interface EncodedState {
  text: string;
  shown: string;
}

type SessionPart = NonNullable<SeatState['session']>;

export class SeatStates {
  readonly #sessions = new Map<SessionId, string>();

  constructor(private readonly host: SeatHost) {}

  /** To be called when anything but a candidate's own part may have changed. */
  forgetShared(): void {
    this.#sessions.clear();
  }

  /** The page of a PC that no seat knows. */
  unpaired(state: State, pairingCode: string): EncodedState {
    const now = this.host.room.now();
    const shown = fields({ stage: 'unpaired', ...roomPart(state, false), seatLabel: null, pairingCode });
    return { shown, text: `{"t":"state",${shown},"session":null,"candidate":null,"now":${now}}` };
  }

  /** The page of a paired seat. */
  paired(state: State, seatId: SeatId): EncodedState {
    const now = this.host.room.now();
    const { stage, sessionId, candidate } = this.host.seatFacts(state, seatId, now);
    const practice = sessionId !== null && (entryOf(state.sessions, sessionId)?.plan.practice ?? false);
    const head = fields({
      stage,
      ...roomPart(state, practice),
      seatLabel: entryOf(state.seats, seatId)?.label ?? seatId,
      pairingCode: null,
    });
    const session = sessionId === null ? 'null' : this.#session(state, sessionId);
    const before = `${head},"session":${session},"candidate":`;
    if (candidate === null)
      return { shown: `${before}null`, text: `{"t":"state",${before}null,"now":${now}}` };
    const { photo, remainingMs, ...rest } = candidate;
    const part = fields({ ...rest, photoUrl: photo === null ? null : this.host.photoUrl(photo) });
    // While the clock runs `endsAt` says it all and `remainingMs` changes by itself.
    const stands = rest.endsAt === null ? remainingMs : '';
    return {
      shown: `${before}{${part}}${stands}`,
      text: `{"t":"state",${before}{${part},"remainingMs":${remainingMs}},"now":${now}}`,
    };
  }

  #session(state: State, sessionId: SessionId): string {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const session = entryOf(state.sessions, sessionId);
    if (session === undefined) return 'null';
    const { plan } = session;
    const part: SessionPart = {
      sessionId,
      packageId: state.package?.packageId ?? '',
      certificate: plan.certificate,
      level: plan.level,
      subject: plan.subject.name,
      mode: plan.subject.mode,
      minutes: plan.subject.minutes,
      startsAt: plan.startsAt + session.startDelayMs,
      startedAt: session.startedAt,
      remindersBeforeEndMs: plan.policy.remindersBeforeEndMs,
      earlyLeaveBeforeEndMs: plan.policy.earlyLeaveBeforeEndMs,
      parts: [...this.host.parts(sessionId)],
      audio: plan.papers.some(({ audio }) => audio === true),
    };
    const text = JSON.stringify(part);
    this.#sessions.set(sessionId, text);
    return text;
  }
}

function roomPart(
  state: State,
  practice: boolean,
): Pick<SeatState, 'roomName' | 'helpTelephone' | 'practice'> {
  return {
    roomName: state.package?.roomName ?? '',
    helpTelephone: state.package?.helpTelephone ?? '',
    practice,
  };
}

/** The fields of an object as JSON, without the braces. */
function fields(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
