// Reads one frame of a candidate's PC. Whatever is not exactly a message of the protocol is named and goes no further.

import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { TSchema } from '@sinclair/typebox';
import {
  BeatSchema,
  HelloSchema,
  MAX_SEAT_FRAME_BYTES,
  SEAT_PROTOCOL_VERSION,
  SeatRequestSchemas,
  type SeatMessage,
} from '../protocol/seat.js';

/** Why a frame is no message; short enough for the reason of a WebSocket's close. */
export type FrameFault =
  'binary-frame' | 'too-large' | 'not-json' | 'not-a-message' | 'unknown-type' | 'wrong-fields' | 'version';

export type Frame = { ok: true; message: SeatMessage } | { ok: false; fault: FrameFault };

const checks = new Map<string, TypeCheck<TSchema>>(
  Object.entries({ hello: HelloSchema, beat: BeatSchema, ...SeatRequestSchemas }).map(([type, schema]) => [
    type,
    TypeCompiler.Compile(schema as TSchema),
  ]),
);

/** Names that every object answers to; as the id of anything they are never meant well. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Reads a frame. Never throws. @param data the frame's bytes */
export function readFrame(data: Buffer, isBinary: boolean): Frame {
  if (isBinary) return fault('binary-frame');
  if (data.length > MAX_SEAT_FRAME_BYTES) return fault('too-large');
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return fault('not-json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('not-a-message');
  const { t: type, v: version } = value as { t?: unknown; v?: unknown };
  const check = typeof type === 'string' ? checks.get(type) : undefined;
  if (check === undefined) return fault('unknown-type');
  // Told apart before the fields: another version may have other fields.
  if (type === 'hello' && Number.isInteger(version) && version !== SEAT_PROTOCOL_VERSION)
    return fault('version');
  if (!check.Check(value) || namesInherited(value)) return fault('wrong-fields');
  return { ok: true, message: value as SeatMessage };
}

function namesInherited(value: object): boolean {
  const { candidateId, itemId } = value as { candidateId?: unknown; itemId?: unknown };
  return [candidateId, itemId].some((id) => typeof id === 'string' && INHERITED.has(id));
}

function fault(name: FrameFault): Frame {
  return { ok: false, fault: name };
}
