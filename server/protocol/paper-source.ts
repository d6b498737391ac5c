// What an evaluation organisation writes before `kaochang package build`: a folder with plan.json, roster.json,
// photos/<documentNo>.jpg|png and papers/<folder>/paper.json with its media/ beside it. Item answers stand here and
// nowhere else on the way to a room: the build parts them from the candidate's content (rule 11).

import { Type, type Static } from '@sinclair/typebox';
import { ID_PATTERN } from './ids.js';
import { PolicySchema } from './policy.js';
import { MAX_FILE_BYTES } from './uploads.js';

const strict = { additionalProperties: false } as const;
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: ID_PATTERN });
const RichText = Type.String({ minLength: 1, maxLength: 20_000 });
const Points = Type.Number({ exclusiveMinimum: 0, maximum: 1000 });

const Medium = Type.Object(
  {
    /** Referred to as `<img data-media="name">` in rich text. */
    name: Id,
    /** File below media/. PNG, JPEG or WebP. */
    file: Type.String({ pattern: '^[A-Za-z0-9._-]+$' }),
    alt: Type.String({ minLength: 1, maxLength: 300 }),
  },
  strict,
);

/** A recording inside an item. */
const Audio = Type.Object(
  {
    /** File below media/. MP3, WAV or Ogg. */
    file: Type.String({ pattern: '^[A-Za-z0-9._-]+$' }),
    /** What it is, for who cannot see a player: `第一段对话`. */
    label: Type.String({ minLength: 1, maxLength: 100 }),
    /** How often it may be played from its beginning to its end; null = as often as wanted. */
    maxPlays: Type.Union([Type.Integer({ minimum: 1, maximum: 20 }), Type.Null()]),
  },
  strict,
);

const item = {
  itemId: Id,
  points: Points,
  stem: RichText,
  media: Type.Optional(Type.Array(Medium, { maxItems: 10 })),
  audio: Type.Optional(Audio),
};
const Option = Type.Object({ id: Id, html: RichText }, strict);

/** All or nothing; or so many points when a right option is missing and none is wrong. */
const MultipleScoring = Type.Union([
  Type.Object({ rule: Type.Literal('all-or-nothing') }, strict),
  Type.Object({ rule: Type.Literal('partial'), pointsWhenMissing: Points }, strict),
]);

/** What people mark by: a reference answer, and what earns how many points; the points are those of the item. */
export const MarkingSchema = Type.Object(
  {
    reference: RichText,
    rubric: Type.Array(
      Type.Object({ what: Type.String({ minLength: 1, maxLength: 500 }), points: Points }, strict),
      { minItems: 1, maxItems: 30 },
    ),
  },
  strict,
);
export type Marking = Static<typeof MarkingSchema>;

/** Most characters that a paper may let a candidate write into one text. */
export const MAX_SHORT_TEXT = 500;
export const MAX_ESSAY = 10_000;

/** How long a text is meant to be, in words as a person counts them (字数); shown, not enforced. */
const Words = Type.Object(
  {
    min: Type.Union([Type.Integer({ minimum: 1, maximum: MAX_ESSAY }), Type.Null()]),
    max: Type.Union([Type.Integer({ minimum: 1, maximum: MAX_ESSAY }), Type.Null()]),
  },
  strict,
);

/** What may be handed in: how many files, how large each, which endings of names. */
export const FileLimitsSchema = Type.Object(
  {
    maxCount: Type.Integer({ minimum: 1, maximum: 20 }),
    maxBytes: Type.Integer({ minimum: 1, maximum: MAX_FILE_BYTES }),
    types: Type.Array(Type.String({ pattern: '^[a-z0-9]{1,10}$' }), { minItems: 1, maxItems: 30 }),
  },
  strict,
);

/** Something to read or to work with: text, a file to take, or both. */
const Material = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 100 }),
    html: Type.Optional(RichText),
    file: Type.Optional(
      Type.Object(
        {
          /** The name under which it is saved, with its ending. */
          name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\\\/:*?"<>|]+$' }),
          /** File below media/. */
          file: Type.String({ pattern: '^[A-Za-z0-9._-]+$' }),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** Items that ask for one answer. */
const ANSWERABLE = [
  Type.Object(
    {
      ...item,
      type: Type.Literal('single'),
      options: Type.Array(Option, { minItems: 2, maxItems: 10 }),
      answer: Id,
      shuffleOptions: Type.Boolean(),
    },
    strict,
  ),
  Type.Object(
    {
      ...item,
      type: Type.Literal('multiple'),
      options: Type.Array(Option, { minItems: 2, maxItems: 10 }),
      answer: Type.Array(Id, { minItems: 1 }),
      shuffleOptions: Type.Boolean(),
      scoring: MultipleScoring,
    },
    strict,
  ),
  /** Options are fixed: ids `true` and `false`. */
  Type.Object({ ...item, type: Type.Literal('true-false'), answer: Type.Boolean() }, strict),
  /** Blanks in the stem are written `<blank n="1">`; `accept` is compared after normalising width, case and blanks. */
  Type.Object(
    {
      ...item,
      type: Type.Literal('fill-in'),
      blanks: Type.Array(
        Type.Object(
          {
            maxLength: Type.Integer({ minimum: 1, maximum: 2000 }),
            accept: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 20 }),
          },
          strict,
        ),
        { minItems: 1, maxItems: 20 },
      ),
    },
    strict,
  ),
  /** One line, marked by people. `maxLength` in characters, a limit that the room keeps. */
  Type.Object(
    {
      ...item,
      type: Type.Literal('short-text'),
      maxLength: Type.Integer({ minimum: 1, maximum: MAX_SHORT_TEXT }),
      marking: MarkingSchema,
    },
    strict,
  ),
  /** Paragraphs, marked by people. */
  Type.Object(
    {
      ...item,
      type: Type.Literal('essay'),
      maxLength: Type.Integer({ minimum: 1, maximum: MAX_ESSAY }),
      words: Type.Optional(Words),
      marking: MarkingSchema,
    },
    strict,
  ),
  /** Files made with other programs, marked by people. */
  Type.Object(
    { ...item, type: Type.Literal('file-upload'), files: FileLimitsSchema, marking: MarkingSchema },
    strict,
  ),
  /** Pictures of the screen, pasted with Ctrl+V; `files.types` is `png`. */
  Type.Object(
    { ...item, type: Type.Literal('screenshot'), files: FileLimitsSchema, marking: MarkingSchema },
    strict,
  ),
] as const;

/** A situation with materials and several items about it, which stay together and share the screen. */
const Case = Type.Object(
  {
    ...item,
    type: Type.Literal('case'),
    materials: Type.Array(Material, { maxItems: 20 }),
    shuffleItems: Type.Boolean(),
    items: Type.Array(Type.Union([...ANSWERABLE]), { minItems: 1, maxItems: 30 }),
  },
  strict,
);

export const ItemSourceSchema = Type.Union([...ANSWERABLE, Case]);

export const PaperSourceSchema = Type.Object(
  {
    paperId: Id,
    title: Type.String({ minLength: 1, maxLength: 200 }),
    sections: Type.Array(
      Type.Object(
        {
          sectionId: Id,
          title: Type.String({ minLength: 1, maxLength: 100 }),
          instructions: Type.String({ maxLength: 1000 }),
          shuffleItems: Type.Boolean(),
          draw: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
          items: Type.Array(ItemSourceSchema, { minItems: 1, maxItems: 500 }),
        },
        strict,
      ),
      { minItems: 1, maxItems: 30 },
    ),
  },
  strict,
);

export type ItemSource = Static<typeof ItemSourceSchema>;
export type CaseSource = Static<typeof Case>;
/** An item that asks for one answer: on its own, or inside a case. */
export type AnswerableSource = Exclude<ItemSource, CaseSource>;
export type PaperSource = Static<typeof PaperSourceSchema>;

/** Roles of section G of the requirements. */
export const Role = Type.Union([
  Type.Literal('org-technician'),
  Type.Literal('chief'),
  Type.Literal('deputy'),
  Type.Literal('inspector'),
  Type.Literal('clerk'),
  Type.Literal('proctor'),
  Type.Literal('sysadmin'),
]);

/** A subject of the certificate; marks as the plan counts them. */
export const SubjectSchema = Type.Object(
  {
    subjectNo: Type.String(),
    name: Type.String(),
    mode: Type.Union([Type.Literal('theory'), Type.Literal('practical')]),
    minutes: Type.Number({ exclusiveMinimum: 0, maximum: 600 }),
    passMark: Type.Number(),
    weight: Type.Number(),
  },
  strict,
);

/** plan.json. Times are ISO 8601 with offset; `policy` holds only what differs from the defaults of core/policy.ts. */
export const PlanSourceSchema = Type.Object(
  {
    packageId: Id,
    sequence: Type.Integer({ minimum: 1 }),
    org: Type.Object({ orgId: Id, name: Type.String() }, strict),
    plan: Type.Object({ planNo: Type.String(), name: Type.String() }, strict),
    site: Type.Object({ siteNo: Type.String(), name: Type.String() }, strict),
    room: Type.Object({ roomId: Id, name: Type.String() }, strict),
    helpTelephone: Type.String(),
    expires: Type.String(),
    certificate: Type.Object(
      { certificateNo: Type.String(), name: Type.String(), level: Type.String() },
      strict,
    ),
    seats: Type.Array(Type.Object({ seatId: Id, label: Type.String(), spare: Type.Boolean() }, strict), {
      minItems: 1,
      maxItems: 5000,
    }),
    sessions: Type.Array(
      Type.Object(
        {
          sessionId: Id,
          subject: SubjectSchema,
          startsAt: Type.String(),
          practice: Type.Boolean(),
          /** Folders below papers/. */
          main: Id,
          reserve: Type.Union([Id, Type.Null()]),
        },
        strict,
      ),
      { minItems: 1, maxItems: 50 },
    ),
    policy: PolicySchema,
    /** `pin` is hashed by the build and is in no package. */
    staff: Type.Array(
      Type.Object(
        {
          staffId: Id,
          name: Type.String(),
          roles: Type.Array(Role, { minItems: 1 }),
          pin: Type.String({ minLength: 4, maxLength: 32 }),
        },
        strict,
      ),
      { minItems: 1, maxItems: 500 },
    ),
  },
  strict,
);
export type PlanSource = Static<typeof PlanSourceSchema>;

/** roster.json: one record per candidate; `sessions` names the sessions (subjects) that the candidate sits (B03). */
export const RosterSourceSchema = Type.Array(
  Type.Object(
    {
      candidateId: Id,
      ticketNo: Type.String({ pattern: '^[0-9]{6,40}$' }),
      name: Type.String({ minLength: 1, maxLength: 50 }),
      pinyin: Type.String({ maxLength: 100 }),
      sex: Type.Union([Type.Literal('男'), Type.Literal('女')]),
      documentType: Type.String({ maxLength: 30 }),
      documentNo: Type.String({ maxLength: 30 }),
      phone: Type.String({ maxLength: 20 }),
      kind: Type.Union([Type.Literal('school'), Type.Literal('society')]),
      school: Type.String({ maxLength: 100 }),
      seatId: Id,
      sessions: Type.Array(Id, { minItems: 1 }),
    },
    strict,
  ),
  { maxItems: 5000 },
);
export type RosterSource = Static<typeof RosterSourceSchema>;
