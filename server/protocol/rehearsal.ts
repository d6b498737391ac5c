// The wire between the room and the pages that play candidates of a practice session beside it (`/rehearsal/pc`), and what
// staff see of such a rehearsal. The candidates themselves speak kaochang.seat.v1, like any.

import { Type, type Static } from '@sinclair/typebox';
import type { RehearsalEnd, RehearsalStage, RoomRehearsal } from '../core/rehearsal-types.js';

export const REHEARSAL_SUBPROTOCOL = 'kaochang.rehearsal.v1';
/** One PC plays no more than so many candidates. */
export const MOST_SEATS_A_PC = 50;
/** And all PCs together no more than these. */
export const MOST_SEATS = 2_000;
/** What a whole share's figures and answers take at most. */
export const MAX_REHEARSAL_FRAME_BYTES = 8 * 2 ** 20;

const strict = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const Millis = Type.Number({ minimum: 0, maximum: 86_400_000 });
const Id = Type.String({ minLength: 1, maxLength: 200 });
const Problems = Type.Array(Type.String({ maxLength: 500 }), { maxItems: 50 });
const Index = Type.Integer({ minimum: 0, maximum: MOST_SEATS_A_PC - 1 });

const JoinSchema = Type.Object(
  { t: Type.Literal('join'), word: Type.String({ pattern: '^[0-9a-f]{32}$' }) },
  strict,
);
/** One simulated PC shows its pairing code. */
const CodeSchema = Type.Object(
  { t: Type.Literal('code'), index: Index, code: Type.String({ pattern: '^[0-9]{6}$' }) },
  strict,
);
const ProgressSchema = Type.Object(
  {
    t: Type.Literal('progress'),
    /** How many have come at least so far. */
    connected: Count,
    fetched: Count,
    ready: Count,
    answering: Count,
    done: Count,
    /** How many go on: the others failed. */
    alive: Count,
    saves: Count,
    saveP99Ms: Millis,
  },
  strict,
);
const FiguresSchema = Type.Object(
  {
    t: Type.Literal('figures'),
    handedIn: Count,
    acknowledged: Count,
    /** Acknowledged answers that the room did not give back to a PC that returned. */
    lost: Count,
    refused: Count,
    problems: Problems,
    /** Every duration, by phase, milliseconds. */
    tookMs: Type.Record(
      Type.String({ pattern: '^[a-zA-Z]{1,20}$' }),
      Type.Array(Millis, { maxItems: 100_000 }),
      {
        maxProperties: 20,
      },
    ),
    /** The newest acknowledged answer of each candidate and item: the room looks it up in the journal of the practice session. */
    held: Type.Array(
      Type.Object({ candidateId: Id, itemId: Id, lease: Count, rev: Count, value: Type.Unknown() }, strict),
      { maxItems: 20_000 },
    ),
  },
  strict,
);

export const RehearsalPageSchema = Type.Union([JoinSchema, CodeSchema, ProgressSchema, FiguresSchema]);
/** What a page says. */
export type RehearsalPageMessage = Static<typeof RehearsalPageSchema>;
export type RehearsalProgress = Static<typeof ProgressSchema>;
export type RehearsalFiguresMessage = Static<typeof FiguresSchema>;

/** What the room says to a page. A page whose connection ends stops at once. */
export type RehearsalRoomMessage =
  /** Connect so many PCs. `limitMs`: stop by yourself after so long, whatever happens. */
  | { t: 'play'; seats: number; seed: number; reconnects: number; limitMs: number }
  /** All are paired: fetch the sealed paper. Ticket numbers by index; null where a PC got no seat. */
  | { t: 'seated'; tickets: (string | null)[] }
  /** Everybody is checked in: log in, wait for the start, sit the exam, hand in. */
  | { t: 'log-in' }
  /** It is over: send the figures, however far they are, and stop. */
  | { t: 'stop' };

/** What staff ask for; null = as many as fit: twice the seats of the room, two minutes. */
export const BeginRehearsalSchema = Type.Object(
  {
    /** Simulated candidates over all PCs. */
    seats: Type.Union([Type.Integer({ minimum: 1, maximum: MOST_SEATS }), Type.Null()]),
    /** Of answering. */
    minutes: Type.Union([Type.Number({ minimum: 0.1, maximum: 30 }), Type.Null()]),
  },
  strict,
);
export type BeginRehearsal = Static<typeof BeginRehearsalSchema>;

/** A rehearsal that is under way, as far as it is. */
export interface RehearsalRun {
  runId: string;
  stage: RehearsalStage;
  seats: number;
  /** Room time at which it ends at the latest. */
  endsBy: number;
  pcs: {
    label: string;
    seats: number;
    connected: number;
    ready: number;
    answering: number;
    done: number;
    saves: number;
    saveP99Ms: number;
    /** Joined and not gone. */
    here: boolean;
  }[];
}

/** The rehearsal on the room's own PCs as staff see it. */
export interface RehearsalView {
  /** Null while none is under way. */
  run: RehearsalRun | null;
  /** The last one that was recorded. */
  last: (RoomRehearsal & { at: number }) | null;
  /** PCs that would take part now. */
  idlePcs: number;
  /** Seats of the room, without spare ones. */
  roomSeats: number;
}

export type { RehearsalEnd, RehearsalStage, RoomRehearsal };
