// The wire of the pull mode (docs/remote-install.md): what an organisation's task server hands to a room that asks, and
// what the room reports back.

import { Type, type Static } from '@sinclair/typebox';
import { ReadinessSchema } from './install.js';

const strict = { additionalProperties: false } as const;

export const TASK_PAYLOAD_TYPE = 'application/vnd.kaochang.task+json';
/** Below the address of the tasks. */
export const REPORT_SUFFIX = '/report';
export const MAX_TASK_BYTES = 64 * 1024;

/** Payload of the DSSE envelope that answers a room's question; 204 stands for "nothing to do". */
export const TaskSchema = Type.Object(
  {
    format: Type.Literal('kaochang-task-1'),
    taskId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
    /** Key id of the room that is meant. */
    room: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    /** Path on the server of the tasks, without a query. */
    packagePath: Type.String({ pattern: '^/[A-Za-z0-9._~/-]{0,500}$' }),
    bytes: Type.Integer({ minimum: 1 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** Milliseconds since the epoch; later the room does it no more. */
    expiresAt: Type.Integer(),
  },
  strict,
);
export type Task = Static<typeof TaskSchema>;

/** Body of POST <tasks>/report */
export const TaskReportSchema = Type.Object(
  {
    taskId: Type.String(),
    outcome: Type.Union([Type.Literal('installed'), Type.Literal('refused')]),
    /** Why it was refused; '' where it was not. */
    code: Type.String(),
    readiness: ReadinessSchema,
  },
  strict,
);
export type TaskReport = Static<typeof TaskReportSchema>;
