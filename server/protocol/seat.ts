// kaochang.seat.v1: what a candidate's PC and the room say to each other, as JSON text frames over one WebSocket.
// Schemas are the contract; types are derived from them. The browser imports types only.

import { Type, type Static } from '@sinclair/typebox';
import { FILE_NAME, MAX_FILE_BYTES } from './uploads.js';

export const SEAT_SUBPROTOCOL = 'kaochang.seat.v1';
export const SEAT_PROTOCOL_VERSION = 1;

const strict = { additionalProperties: false } as const;
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' });
const MessageId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Instant = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });
const LeaseNo = Type.Integer({ minimum: 1, maximum: 1000 });

/** A file that an answer names; its bytes come by themselves, see uploads.ts. */
const HandedInFileSchema = Type.Object(
  {
    fileHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    size: Type.Integer({ minimum: 1, maximum: MAX_FILE_BYTES }),
    name: Type.String({ minLength: 1, maxLength: 200, pattern: FILE_NAME }),
    type: Type.String({ maxLength: 100, pattern: '^[\\x20-\\x7e]*$' }),
  },
  strict,
);

export const AnswerValueSchema = Type.Union([
  Type.Object({ options: Type.Array(Id, { maxItems: 26 }) }, strict),
  Type.Object({ blanks: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 50 }) }, strict),
  /** Four UTF-16 units for each of the most characters that a paper may allow. */
  Type.Object({ text: Type.String({ maxLength: 40_000 }) }, strict),
  Type.Object({ files: Type.Array(HandedInFileSchema, { maxItems: 20 }) }, strict),
]);

/** What the browser tells of its PC; it leaves out what it does not tell. Older browsers tell less. */
export const MachineFactsSchema = Type.Object(
  {
    /** GiB, rounded to a power of two; an older browser says 8 of any more. */
    memoryGib: Type.Optional(Type.Number({ minimum: 0, maximum: 1_024 })),
    cores: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_096 })),
    /** Device pixels of the whole screen. */
    screen: Type.Optional(
      Type.Object(
        {
          width: Type.Integer({ minimum: 0, maximum: 100_000 }),
          height: Type.Integer({ minimum: 0, maximum: 100_000 }),
        },
        strict,
      ),
    ),
    quotaBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    /** Median of small requests to the room. */
    roundTripMs: Type.Optional(Type.Number({ minimum: 0, maximum: 600_000 })),
    throughputMbit: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
    /** A Chinese sentence came whole out of an input method. */
    inputMethod: Type.Optional(Type.Boolean()),
    /** What was written down before a restart was there after it. */
    survivedReboot: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type MachineFacts = Static<typeof MachineFactsSchema>;

const MachineCheckSchema = Type.Object(
  {
    browser: Type.String({ maxLength: 300 }),
    screen: Type.String({ maxLength: 40 }),
    storageOk: Type.Boolean(),
    cryptoOk: Type.Boolean(),
    passed: Type.Boolean(),
    /** The headphones were tried: the beeps were heard. Absent where nothing was tried. */
    audioOk: Type.Optional(Type.Boolean()),
    /** For the check of the room before the exam. */
    facts: Type.Optional(MachineFactsSchema),
  },
  strict,
);

/** First message on every connection. `pcSecret` is made by the PC and kept in its IndexedDB; its hash is the PC's id. */
export const HelloSchema = Type.Object(
  {
    t: Type.Literal('hello'),
    v: Type.Integer(),
    client: Type.String({ maxLength: 40 }),
    pcSecret: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** What the PC believes room time to be now (its last offset carried on by its monotonic clock), or null. */
    roomNow: Type.Union([Instant, Type.Null()]),
    /** A rehearsal's PC says so in every hello; a room in which anything real is at stake sends it away. */
    simulated: Type.Optional(Type.Literal(true)),
  },
  strict,
);

export const SeatRequestSchemas = {
  check: Type.Object({ t: Type.Literal('check'), id: MessageId, check: MachineCheckSchema }, strict),
  'log-in': Type.Object(
    {
      t: Type.Literal('log-in'),
      id: MessageId,
      ticketNo: Type.String({ minLength: 1, maxLength: 64 }),
      password: Type.String({ maxLength: 64 }),
    },
    strict,
  ),
  confirm: Type.Object(
    {
      t: Type.Literal('confirm'),
      id: MessageId,
      candidateId: Id,
      lease: LeaseNo,
      what: Type.Union([Type.Literal('identity'), Type.Literal('rules')]),
    },
    strict,
  ),
  save: Type.Object(
    {
      t: Type.Literal('save'),
      id: MessageId,
      candidateId: Id,
      lease: LeaseNo,
      itemId: Id,
      rev: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      value: AnswerValueSchema,
      marked: Type.Boolean(),
      madeAt: Instant,
      /** Earlier versions that the candidate brought back since the last save that the room took: which became which. */
      restores: Type.Optional(
        Type.Array(
          Type.Object(
            {
              rev: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
              ofRev: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
            },
            strict,
          ),
          { maxItems: 20 },
        ),
      ),
    },
    strict,
  ),
  submit: Type.Object(
    { t: Type.Literal('submit'), id: MessageId, candidateId: Id, lease: LeaseNo, madeAt: Instant },
    strict,
  ),
  hand: Type.Object(
    { t: Type.Literal('hand'), id: MessageId, candidateId: Id, lease: LeaseNo, up: Type.Boolean() },
    strict,
  ),
  gap: Type.Object(
    { t: Type.Literal('gap'), id: MessageId, candidateId: Id, lease: LeaseNo, from: Instant, to: Instant },
    strict,
  ),
  /** A recording began to play, for the `count`th time over all PCs of the candidate. */
  play: Type.Object(
    {
      t: Type.Literal('play'),
      id: MessageId,
      candidateId: Id,
      lease: LeaseNo,
      itemId: Id,
      count: Type.Integer({ minimum: 1, maximum: 10_000 }),
    },
    strict,
  ),
  /** A round of so many probes of the internet was made (REQ-A04); `reached`: at least one came through. */
  internet: Type.Object(
    {
      t: Type.Literal('internet'),
      id: MessageId,
      reached: Type.Boolean(),
      probes: Type.Integer({ minimum: 1, maximum: 100 }),
    },
    strict,
  ),
  'nothing-unsent': Type.Object(
    { t: Type.Literal('nothing-unsent'), id: MessageId, candidateId: Id, lease: LeaseNo },
    strict,
  ),
} as const;

/** Not answered by an acknowledgement but by `beat`; volatile, never journaled. */
export const BeatSchema = Type.Object(
  {
    t: Type.Literal('beat'),
    /** The PC's monotonic clock when it sent this; comes back unchanged to measure the round trip. */
    sent: Type.Number(),
    unsent: Type.Integer({ minimum: 0, maximum: 100_000 }),
    oldestUnsentMs: Type.Integer({ minimum: 0 }),
  },
  strict,
);

export const SeatMessageSchema = Type.Union([HelloSchema, BeatSchema, ...Object.values(SeatRequestSchemas)]);

export type AnswerValueMessage = Static<typeof AnswerValueSchema>;
export type Hello = Static<typeof HelloSchema>;
export type Beat = Static<typeof BeatSchema>;
export type SeatRequest = {
  [K in keyof typeof SeatRequestSchemas]: Static<(typeof SeatRequestSchemas)[K]>;
}[keyof typeof SeatRequestSchemas];
export type SeatMessage = Hello | Beat | SeatRequest;

/** The largest frame that a PC may send, in bytes. */
export const MAX_SEAT_FRAME_BYTES = 256 * 1024;

// ---------------------------------------------------------------- room -> PC

/** Where this seat stands; a page of the kiosk each. */
export type SeatStage =
  | 'unpaired' // shows the pairing code
  | 'waiting' // no session open for entry
  | 'log-in' // open for entry, nobody logged in here
  | 'confirm' // name, ticket, subject, photo
  | 'rules' // rules and rules on violations
  | 'ready' // waiting for the start, countdown
  | 'answering'
  | 'paused'
  | 'suspended' // the room decides after an outage
  | 'ended' // writing stopped, handing in
  | 'received' // everything is in the room, may leave
  | 'moved'; // another PC took over

/** Sealed parts that a PC fetches before the start, by hash of the ciphertext. */
export interface SealedPart {
  /** Path inside the package; the additional data of its AES-GCM seal. */
  path: string;
  sha256: string;
  bytes: number;
}

/** Everything a PC needs to show its page; pushed whole whenever it changes. Carries no answer and no key. */
export interface SeatState {
  t: 'state';
  stage: SeatStage;
  roomName: string;
  seatLabel: string | null;
  pairingCode: string | null;
  practice: boolean;
  helpTelephone: string;
  session: {
    sessionId: string;
    packageId: string;
    certificate: string;
    level: string;
    subject: string;
    mode: 'theory' | 'practical';
    minutes: number;
    startsAt: number;
    startedAt: number | null;
    remindersBeforeEndMs: number[];
    earlyLeaveBeforeEndMs: number;
    parts: SealedPart[];
    /** A paper of the session has something to listen to. */
    audio: boolean;
  } | null;
  candidate: {
    candidateId: string;
    lease: number;
    name: string;
    ticketNo: string;
    photoUrl: string | null;
    /** Exact end of this candidate's time while running; null while paused or not started. */
    endsAt: number | null;
    remainingMs: number;
    handRaised: boolean;
    endReason: string | null;
  } | null;
  now: number;
}

/** Sent at the start, on log-in after it, on every reconnect while running, and when an earlier PC of the candidate delivers late. */
export interface PaperMessage {
  t: 'paper';
  candidateId: string;
  lease: number;
  paperId: string;
  /** Content key, 32 bytes as base64. */
  key: string;
  /** Keys of the items drawn for this candidate from pools, base64 by item id. */
  itemKeys: Record<string, string>;
  order: {
    paperId: string;
    /** `caseId`: the case that the item belongs to; its items follow each other. */
    sections: { sectionId: string; items: { itemId: string; options: string[]; caseId?: string }[] }[];
  };
  /** What the room already holds, so that a PC shows and sends the rest. */
  answers: { itemId: string; lease: number; rev: number; value: AnswerValueMessage; marked: boolean }[];
  /** How often recordings were played, by item or case; absent where none was. */
  plays?: Record<string, number>;
  /** Hashes of the candidate's files whose bytes the room holds; absent where there are none. */
  files?: string[];
}

export type RoomMessage =
  | {
      t: 'welcome';
      v: number;
      server: string;
      now: number;
      /** What the PC tries to reach outside, at random between so many milliseconds; absent = nothing (REQ-A04). */
      probes?: { addresses: string[]; fromMs: number; toMs: number };
    }
  | SeatState
  | PaperMessage
  /** All of these requests are on the room's disk. */
  | { t: 'ack'; ids: number[]; now: number }
  | { t: 'refused'; id: number; code: string; params?: Record<string, string | number>; now: number }
  | { t: 'beat'; sent: number; now: number }
  | { t: 'reminder'; beforeEndMs: number; endsAt: number; now: number }
  | { t: 'message'; text: string; at: number; now: number }
  /**
   * A PC at which nobody sits plays candidates of a practice session beside the room: it opens `/rehearsal.html#WORD`, and closes it
   * again with `word` null, when the line is lost, or as soon as its page is for a candidate.
   */
  | { t: 'rehearse'; word: string | null; now: number }
  /** The connection closes; `retry` says whether coming back makes sense. */
  | {
      t: 'bye';
      code: 'version' | 'bad-message' | 'flood' | 'replaced' | 'stopping' | 'simulated';
      retry: boolean;
    };

export interface PaperContent {
  paperId: string;
  title: string;
  sections: {
    sectionId: string;
    title: string;
    instructions: string;
    items: ItemContent[];
  }[];
}

/** Candidate content of one item. `stem` and option `html` are sanitised rich text; `<img data-media="NAME">` names a medium. */
export interface ItemContent {
  itemId: string;
  type:
    | 'single'
    | 'multiple'
    | 'true-false'
    | 'fill-in'
    | 'short-text'
    | 'essay'
    | 'case'
    | 'file-upload'
    | 'screenshot';
  points: number;
  /** Sentence on scoring shown beside the points, for example "漏选得 1 分". */
  scoringNote: string | null;
  /** Null where the item is sealed apart (drawn from a pool). */
  stem: string | null;
  options: { id: string; html: string }[];
  blanks: { maxLength: number }[];
  media: {
    name: string;
    path: string;
    sha256: string;
    type: string;
    width: number;
    height: number;
    alt: string;
  }[];
  /** Only for texts: the limit in characters, and how many words are meant to be written. */
  text?: { maxLength: number; words: { min: number | null; max: number | null } | null };
  /** Only for files: what may be handed in. */
  files?: { maxCount: number; maxBytes: number; types: string[] };
  /** Something to listen to; `maxPlays` null = as often as wanted. */
  audio?: SealedFile & { label: string; maxPlays: number | null };
  /** Only for a case: what there is to read and to take, and its items, which have no stem here where the case is sealed apart. */
  case?: { materials: CaseMaterial[]; items: ItemContent[] };
}

/** A file of the paper, sealed like the text. `bytes` of the plain file. */
export interface SealedFile {
  path: string;
  sha256: string;
  type: string;
  bytes: number;
}

/** Rich text to read, a file to take, or both. Pictures of `html` are among the media of the case. */
export interface CaseMaterial {
  title: string;
  html: string | null;
  file: (SealedFile & { name: string }) | null;
}
