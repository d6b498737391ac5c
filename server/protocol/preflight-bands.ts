// What a plan may say of the figures that the check of the room judges by, and how a report tells which were in force. The
// limits are hard: below them no room works, whatever its organisation signs.

import { Type, type Static } from '@sinclair/typebox';

const strict = { additionalProperties: false } as const;
const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });

const MachineBandsSchema = Type.Object(
  {
    cores: whole(1, 1_024),
    goodCores: whole(1, 1_024),
    memoryGib: whole(1, 65_536),
    diskGb: whole(5, 1_000_000),
    freeGb: whole(1, 1_000_000),
    goodFreeGb: whole(1, 1_000_000),
    syncMs: whole(1, 200),
    slowSyncMs: whole(1, 1_000),
    megabits: whole(10, 1_000_000),
  },
  strict,
);

const PcBandsSchema = Type.Object(
  {
    // Older ones cannot show the pages.
    chrome: whole(74, 1_000),
    firefox: whole(68, 1_000),
    width: whole(1_024, 20_000),
    height: whole(600, 20_000),
    memoryGib: whole(1, 1_024),
    cores: whole(1, 256),
    quotaBytes: whole(50_000_000, 1e12),
    roundTripMs: whole(1, 2_000),
    badRoundTripMs: whole(1, 5_000),
    throughputMbit: whole(1, 100_000),
    badThroughputMbit: whole(1, 100_000),
  },
  strict,
);

const CameraBandsSchema = Type.Object(
  {
    count: whole(1, 100),
    // Below nobody tells one candidate from the next.
    width: whole(640, 20_000),
    height: whole(360, 20_000),
    goodMegapixels: Type.Number({ minimum: 0.2, maximum: 100 }),
    // A recording is cut at key frames: with rarer ones a crash costs more than its last segment.
    keyFrameS: Type.Number({ minimum: 0.5, maximum: 10 }),
    slowKeyFrameS: Type.Number({ minimum: 0.5, maximum: 10 }),
    clockMs: whole(50, 5_000),
    badClockMs: whole(50, 10_000),
  },
  strict,
);

/** Ten minutes: less leaves no time to hand in. A day at most. */
const UpsBandsSchema = Type.Object({ runtimeS: whole(600, 86_400) }, strict);

/** `policy.preflight` of a plan: a name for people, and only what differs from the requirements. */
export const PlanBandsSchema = Type.Object(
  {
    name: Name,
    server: Type.Optional(Type.Partial(MachineBandsSchema, strict)),
    pcs: Type.Optional(Type.Partial(PcBandsSchema, strict)),
    cameras: Type.Optional(Type.Partial(CameraBandsSchema, strict)),
    ups: Type.Optional(Type.Partial(UpsBandsSchema, strict)),
  },
  strict,
);

/** In a report: the figures that were in force. */
export const ReportBandsSchema = Type.Object(
  {
    /** What the plan calls them; null = the figures of the requirements (REQ-A01, A04, A06, A07). */
    name: Type.Union([Name, Type.Null()]),
    server: MachineBandsSchema,
    pcs: PcBandsSchema,
    /** A report of before has none: it judged by those of the requirements. */
    cameras: Type.Optional(CameraBandsSchema),
    ups: Type.Optional(UpsBandsSchema),
  },
  strict,
);
export type ReportBands = Static<typeof ReportBandsSchema>;
