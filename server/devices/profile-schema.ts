// How a device profile is written: data only, every field named here, sizes bounded. What a transport's reads and writes look
// like is the transport's own; what no schema can say is checked in profile.ts.

import { Type, type Static } from '@sinclair/typebox';
import { DEVICE_FAULTS } from '../core/readings.js';

const strict = { additionalProperties: false } as const;
const literals = <T extends string>(names: readonly T[]) =>
  Type.Union(names.map((name) => Type.Literal(name)));
const Name = '^[a-z][a-zA-Z0-9_]{0,39}$';
const Raw = Type.Union([Type.String({ maxLength: 100 }), Type.Number(), Type.Boolean()]);
const Condition = Type.String({ minLength: 1, maxLength: 200 });

const PointSchema = Type.Object(
  {
    read: Type.Unknown(),
    type: literals(['flag', 'number', 'text'] as const),
    /** Flags: one bit of a number, 0 the lowest. */
    bit: Type.Optional(Type.Integer({ minimum: 0, maximum: 31 })),
    /** Flags: raw values that mean yes and no; anything else is a bad answer. */
    yes: Type.Optional(Type.Array(Raw, { minItems: 1, maxItems: 20 })),
    no: Type.Optional(Type.Array(Raw, { minItems: 1, maxItems: 20 })),
    /** Flags: the contact is wired the other way round. */
    inverted: Type.Optional(Type.Boolean()),
    /** Numbers: raw * scale + offset, in the unit of the reading. */
    scale: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    /** The word of the room's dictionary that this point gives. */
    reading: Type.Optional(Type.String({ maxLength: 60 })),
    /** A jammer's band: a flag that says whether it works. */
    band: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  },
  strict,
);

const FixtureSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 80 }),
    /** Runs this command before the points are read. */
    command: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' })),
    /** Request as text, reply as text; how each transport writes them stands in its file and in docs/devices.md. */
    replies: Type.Record(Type.String({ maxLength: 1_000 }), Type.String({ maxLength: 10_000 })),
    /** Every point, as it must come out. */
    expect: Type.Optional(Type.Record(Type.String({ pattern: Name }), Raw)),
    /** Readings, as they must come out; others may be there. */
    readings: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.Unknown())),
    fault: Type.Optional(literals(DEVICE_FAULTS)),
  },
  strict,
);

export const ProfileSchema = Type.Object(
  {
    schema: Type.Literal('exam-device-profile/1'),
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' }),
    kind: literals(['jammer', 'io', 'meter'] as const),
    name: Type.Object(
      { zh: Type.String({ minLength: 1, maxLength: 60 }), en: Type.String({ minLength: 1, maxLength: 60 }) },
      strict,
    ),
    transport: Type.Object({ type: Type.String({ maxLength: 30 }) }, { additionalProperties: true }),
    points: Type.Record(Type.String({ pattern: Name }), PointSchema, { default: {} }),
    /** What is written, one after the other: `on` and `off` of a jammer, `<output>-on` and `<output>-off` of a box. */
    commands: Type.Record(
      Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
      Type.Array(Type.Unknown(), { minItems: 1, maxItems: 10 }),
      { default: {} },
    ),
    /** Jammers: the first condition that is true says what the device reports. */
    state: Type.Array(Type.Object({ when: Condition, is: literals(['on', 'off'] as const) }, strict), {
      maxItems: 20,
      default: [],
    }),
    /** Where the map of registers, objects or frames comes from. */
    evidence: Type.Object(
      {
        level: literals(['bench', 'vendor-doc', 'guess'] as const),
        source: Type.String({ minLength: 1, maxLength: 300 }),
        testedWith: Type.Optional(Type.String({ maxLength: 100 })),
        date: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
      },
      strict,
    ),
    fixtures: Type.Array(FixtureSchema, { maxItems: 50, default: [] }),
  },
  strict,
);

export type Profile = Static<typeof ProfileSchema>;
export type ProfilePoint = Static<typeof PointSchema>;
export type Fixture = Static<typeof FixtureSchema>;
