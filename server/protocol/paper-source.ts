// What an evaluation organisation writes before `kaochang package build`: a folder with plan.json, roster.json,
// photos/<documentNo>.jpg|png and papers/<folder>/paper.json with its media/ beside it. Item answers stand here and
// nowhere else on the way to a room: the build parts them from the candidate's content (rule 11).

import { Type, type Static } from '@sinclair/typebox';

const strict = { additionalProperties: false } as const;
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' });
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

const item = {
  itemId: Id,
  points: Points,
  stem: RichText,
  media: Type.Optional(Type.Array(Medium, { maxItems: 10 })),
};
const Option = Type.Object({ id: Id, html: RichText }, strict);

/** All or nothing; or so many points when a right option is missing and none is wrong. */
const MultipleScoring = Type.Union([
  Type.Object({ rule: Type.Literal('all-or-nothing') }, strict),
  Type.Object({ rule: Type.Literal('partial'), pointsWhenMissing: Points }, strict),
]);

export const ItemSourceSchema = Type.Union([
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
]);

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
export type PaperSource = Static<typeof PaperSourceSchema>;

const Role = Type.Union([
  Type.Literal('org-technician'),
  Type.Literal('chief'),
  Type.Literal('deputy'),
  Type.Literal('inspector'),
  Type.Literal('clerk'),
  Type.Literal('proctor'),
  Type.Literal('sysadmin'),
]);

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
          subject: Type.Object(
            {
              subjectNo: Type.String(),
              name: Type.String(),
              mode: Type.Union([Type.Literal('theory'), Type.Literal('practical')]),
              minutes: Type.Number({ exclusiveMinimum: 0, maximum: 600 }),
              passMark: Type.Number(),
              weight: Type.Number(),
            },
            strict,
          ),
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
    policy: Type.Record(Type.String(), Type.Unknown()),
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
