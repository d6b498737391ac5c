// What a check of the room says, line by line, as it is signed, stored and shown to staff. Data only: what is measured and
// how it is judged is server/preflight.

import { Type, type Static } from '@sinclair/typebox';
import { ReportBandsSchema } from './preflight-bands.js';
import { LONGEST_NOTE, NOTE_PATTERN } from './preflight-note.js';

export const PREFLIGHT_PAYLOAD_TYPE = 'application/vnd.kaochang.preflight+json';

/** `unknown`: it could not be measured, and nobody said how it is. That is not well. */
export const VERDICTS = ['green', 'amber', 'red', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const LINE_GROUPS = ['server', 'package', 'devices', 'pcs', 'room'] as const;
export type LineGroup = (typeof LINE_GROUPS)[number];

const strict = { additionalProperties: false } as const;
const Text = Type.String({ maxLength: 4_000 });
const Instant = Type.Integer({ minimum: 0 });
const BothSchema = Type.Object({ zh: Text, en: Text }, strict);
const literals = <const T extends readonly string[]>(names: T) =>
  Type.Union(names.map((name) => Type.Literal(name as T[number])));
const LineId = Type.String({ minLength: 1, maxLength: 200, pattern: '^[a-z][A-Za-z0-9._-]*$' });
const MOST_LINES = 1_000;
const noteOf = (minLength: number) =>
  Type.String({ minLength, maxLength: LONGEST_NOTE, pattern: NOTE_PATTERN });

/** Chinese and English of one text. */
export interface Both {
  zh: string;
  en: string;
}

const LineSchema = Type.Object(
  {
    /** Stable, e.g. `server.cores`; of one device `device.ups-1`. */
    id: LineId,
    group: literals(LINE_GROUPS),
    verdict: literals(VERDICTS),
    title: BothSchema,
    /** Where it is asked for, e.g. `REQ-A01`. */
    requirement: Type.String({ maxLength: 40 }),
    measured: BothSchema,
    required: BothSchema,
    /** Why it is not green; absent where it is. */
    cause: Type.Optional(BothSchema),
    nextStep: Type.Optional(BothSchema),
    /** A person can say how it is, where it is not measured: nothing else measures it, or nothing could today. */
    byPerson: Type.Optional(Type.Literal(true)),
    /** Who said so, when, and in which words of their own. */
    attested: Type.Optional(
      Type.Object(
        {
          by: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
          at: Instant,
          note: Type.Optional(noteOf(1)),
        },
        strict,
      ),
    ),
    /** Room time at which it was measured. */
    at: Instant,
    /** How long the measurement took, milliseconds. */
    tookMs: Type.Integer({ minimum: 0 }),
  },
  strict,
);
export type PreflightLine = Static<typeof LineSchema>;

export const ReportSchema = Type.Object(
  {
    schema: Type.Literal('kaochang-preflight/1'),
    reportId: Type.String({ pattern: '^[0-9a-z-]{8,64}$' }),
    /** Room time, milliseconds since the epoch. */
    at: Instant,
    roomName: Text,
    version: Type.String({ maxLength: 100 }),
    /** Who ran it; null = the command, on the server itself. */
    by: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
    package: Type.Union([
      Type.Object({ packageId: Text, sequence: Type.Integer(), manifestHash: Text }, strict),
      Type.Null(),
    ]),
    /** By which figures it was judged; a report of before had those of the requirements. */
    bands: Type.Optional(ReportBandsSchema),
    /** Judged as a practice room, in which a simulator is amber. */
    practice: Type.Optional(Type.Boolean()),
    lines: Type.Array(LineSchema, { maxItems: MOST_LINES }),
  },
  strict,
);
export type PreflightReport = Static<typeof ReportSchema>;

/** What a page asks for. */
export const RunPreflightSchema = Type.Object(
  {
    /** null = all; else these, and the other lines of the last report where they are not older than an hour. */
    groups: Type.Union([Type.Array(literals(LINE_GROUPS), { minItems: 1, maxItems: 5 }), Type.Null()]),
    /** Lines of which the person who asks says that they are well; whoever said so first stands beside it. */
    attested: Type.Array(LineId, { maxItems: MOST_LINES }),
    /**
     * A note beside some of these lines, in the words of the person who asks; whoever writes or changes one stands beside the
     * line. An empty note takes one back; a line without keeps what stands there.
     */
    notes: Type.Optional(
      Type.Array(Type.Object({ line: LineId, note: noteOf(0) }, strict), { maxItems: MOST_LINES }),
    ),
  },
  strict,
);
export type RunPreflight = Static<typeof RunPreflightSchema>;

/** A check that is under way, as far as it is. */
export interface PreflightRun {
  runId: string;
  total: number;
  lines: PreflightLine[];
}

/** One line more. */
export interface PreflightProgress {
  runId: string;
  done: number;
  total: number;
  line: PreflightLine;
}

/** A report with the addresses of its files: the signed one and the page to print. */
export interface PreflightReportView {
  report: PreflightReport;
  /** SHA-256 of what was signed, hex: its name in the journal. */
  hash: string;
  files: { name: string; url: string }[];
}

/** A check came to its end; `report` is null where it could not be recorded. */
export interface PreflightDone {
  runId: string;
  report: PreflightReportView | null;
}
