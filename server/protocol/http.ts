// What the room answers over HTTP under /api/v1: public facts and errors. No answer, no name of a candidate.

import { Type, type Static } from '@sinclair/typebox';

const strict = { additionalProperties: false } as const;

/** GET /api/v1/room */
export const RoomFactsSchema = Type.Object(
  {
    version: Type.String(),
    roomName: Type.String(),
    siteName: Type.String(),
    planName: Type.String(),
    helpTelephone: Type.String(),
    /** A practice session holds the room, or every session that is not collected is one. */
    practice: Type.Boolean(),
    packageId: Type.Union([Type.String(), Type.Null()]),
    /** Room time, milliseconds since the epoch. */
    now: Type.Integer(),
    clockTrusted: Type.Boolean(),
  },
  strict,
);
export type RoomFacts = Static<typeof RoomFactsSchema>;

/** Body of every answer that is not 2xx or 304. */
export const HttpProblemSchema = Type.Object(
  { code: Type.String(), zh: Type.String(), en: Type.String() },
  strict,
);
export type HttpProblem = Static<typeof HttpProblemSchema>;

/** GET /healthz: 200 while the room can take answers, 503 otherwise. */
export const HealthSchema = Type.Object(
  {
    ok: Type.Boolean(),
    version: Type.String(),
    /** Last event given out and last event on disk. */
    lastSeq: Type.Integer(),
    durableSeq: Type.Integer(),
  },
  strict,
);
export type Health = Static<typeof HealthSchema>;
