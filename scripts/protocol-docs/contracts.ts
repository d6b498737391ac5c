// Which schemas each document of a wire holds, and where in the code each of them comes from.

import { join } from 'node:path';
import type { TSchema } from '@sinclair/typebox';
import { PERMISSIONS } from '../../server/core/permissions.js';
import { REFUSAL_CODES, type RefusalCode } from '../../server/core/refusals.js';
import { NOT_NEWS } from '../../server/proctor/feed.js';
import { HealthSchema, HttpProblemSchema, RoomFactsSchema } from '../../server/protocol/http.js';
import { InstalledAnswerSchema, ReadinessSchema, RemovalSchema } from '../../server/protocol/install.js';
import { REFUSAL_TEXTS, refusalText } from '../../server/protocol/refusal-texts.js';
import {
  AnswerValueSchema,
  BeatSchema,
  HelloSchema,
  SeatRequestSchemas,
  type SeatRequest,
} from '../../server/protocol/seat.js';
import {
  PlanVideoExportSchema,
  SignInSchema,
  StaffRequestSchemas,
  type StaffRequestType,
} from '../../server/protocol/staff.js';
import { ConfigSchema } from '../../server/config.js';
import { plainSchema, type JsonSchema } from './plain-schemas.js';
import { Refusals } from './refusals.js';
import { TypeSchemas } from './type-schemas.js';

export type Schemas = Map<string, JsonSchema>;

/** The documents by their file under docs/protocol. @param root the project's folder, absolute */
export const DOCUMENTS: Readonly<Record<string, (root: string) => Schemas>> = {
  'seat.asyncapi.yaml': seatSchemas,
  'staff.asyncapi.yaml': staffSchemas,
  'http.openapi.yaml': httpSchemas,
};

/** Codes that the staff's gateway gives before any rule is asked. */
export const STAFF_WIRE_CODES = ['bad-request', 'too-fast', 'failed'];
/** What a room that can only be looked at says to every command (rule 2). */
const ON_A_FULL_DISK: RefusalCode = 'disk-full';

function seatSchemas(root: string): Schemas {
  const types = new TypeSchemas(
    [join(root, 'server', 'protocol', 'seat.ts')],
    new Map([
      ['SeatStage', 'SeatStage'],
      ['SealedPart', 'SealedPart'],
      ['PaperContent', 'PaperContent'],
      ['ItemContent', 'ItemContent'],
      ['SealedFile', 'SealedFile'],
      ['CaseMaterial', 'CaseMaterial'],
      ['AnswerValueMessage', 'AnswerValue'],
      ['SeatState', 'room.state'],
      ['PaperMessage', 'room.paper'],
    ]),
  );
  const named = new Map<string, TSchema>([['AnswerValue', AnswerValueSchema]]);
  const schemas: Schemas = new Map();
  const refusals = new Refusals(root);
  schemas.set('pc.hello', plainSchema(HelloSchema));
  schemas.set('pc.beat', plainSchema(BeatSchema));
  for (const [type, schema] of Object.entries(SeatRequestSchemas)) {
    const codes = refusals.ofSeatRequest(type as SeatRequest['t']);
    schemas.set(`pc.${type}`, { ...plainSchema(schema, named), 'x-refusals': codes });
  }
  for (const [type, schema] of types.members('RoomMessage', 't')) schemas.set(`room.${type}`, schema);
  schemas.set('AnswerValue', plainSchema(AnswerValueSchema));
  schemas.set('PaperContent', types.schema('PaperContent'));
  types.complete(schemas);
  schemas.set('Limits', plainSchema(ConfigSchema.properties.seats));
  schemas.set('RefusalCode', refusalCodes(REFUSAL_CODES));
  return schemas;
}

function staffSchemas(root: string): Schemas {
  const shown = ['SignInView', 'RoomView', 'RoomChange', 'SessionView', 'SeatRow', 'SeatLook', 'Todo'];
  const parts = [
    ...shown,
    'FeedLine',
    'LiveDevice',
    'DeviceMark',
    'TrendPoint',
    'ExportTarget',
    'ExportPlanView',
    'ExportProgress',
    'VideoExportView',
    'DayStep',
    'RehearsalView',
    'Refused',
    'StaffRequest',
    'SignIn',
    'PlanVideoExport',
  ];
  const types = new TypeSchemas(
    [
      join(root, 'server', 'protocol', 'staff.ts'),
      join(root, 'server', 'protocol', 'rehearsal.ts'),
      join(root, 'server', 'core', 'types.ts'),
      join(root, 'server', 'core', 'events.ts'),
    ],
    new Map([...parts, 'Role', 'SessionPhase'].map((name) => [name, name])),
  );
  const schemas: Schemas = new Map();
  const refusals = new Refusals(root);
  for (const [type, schema] of Object.entries(StaffRequestSchemas) as [StaffRequestType, TSchema][]) {
    // Building a bundle is no command of the rules; the gateway lets those build it who may confirm its receipt.
    const roles = PERMISSIONS[type === 'build-bundle' ? 'confirm-receipt' : type];
    const codes = [...refusals.ofStaffRequest(type), ON_A_FULL_DISK, ...STAFF_WIRE_CODES];
    schemas.set(`command.${type}`, { ...plainSchema(schema), 'x-roles': [...roles], 'x-refusals': codes });
  }
  schemas.set('StaffRequest', {
    anyOf: Object.keys(StaffRequestSchemas).map((type) => ({ $ref: `#/components/schemas/command.${type}` })),
  });
  const ofSignIn = [...refusals.ofSignIn(), ...STAFF_WIRE_CODES];
  schemas.set('PlanVideoExport', plainSchema(PlanVideoExportSchema));
  schemas.set('SignIn', { ...plainSchema(SignInSchema), 'x-refusals': ofSignIn });
  for (const [event, { payload, reply }] of types.events('StaffToRoom')) {
    if (payload !== null && !('$ref' in payload)) schemas.set(`${event}.payload`, payload);
    if (reply !== null) schemas.set(`${event}.reply`, reply);
  }
  // What the room pushes is named for what it is; the check of the room for its event.
  for (const [event, { payload }] of types.events('RoomToStaff'))
    if (payload !== null && !('$ref' in payload)) schemas.set(`${event}.payload`, payload);
  types.complete(schemas);
  const news = (types.schema('EventType')['enum'] as string[]).filter(
    (type) => !(NOT_NEWS as ReadonlySet<string>).has(type),
  );
  schemas.set('FeedType', { type: 'string', enum: news.sort() });
  schemas.set('RefusalCode', refusalCodes([...REFUSAL_CODES, ...STAFF_WIRE_CODES]));
  return schemas;
}

function httpSchemas(root: string): Schemas {
  const types = new TypeSchemas(
    [join(root, 'server', 'protocol', 'video.ts')],
    new Map([['RecordedIndex', 'RecordedIndex']]),
  );
  const schemas = new Map<string, JsonSchema>([
    ['RoomFacts', plainSchema(RoomFactsSchema)],
    ['Health', plainSchema(HealthSchema)],
    ['HttpProblem', plainSchema(HttpProblemSchema)],
    ['Readiness', plainSchema(ReadinessSchema)],
    ['InstalledAnswer', plainSchema(InstalledAnswerSchema, new Map([['Readiness', ReadinessSchema]]))],
    ['Removal', plainSchema(RemovalSchema)],
    ['ConnectionLimits', plainSchema(ConfigSchema.properties.http)],
    ['FileLimits', plainSchema(ConfigSchema.properties.uploads)],
    ['PackageLimits', plainSchema(ConfigSchema.properties.install)],
    ['RecordedIndex', types.schema('RecordedIndex')],
  ]);
  types.complete(schemas);
  return schemas;
}

/** Every code with its sentences; `{name}` stands for a value in `params`, and a part in brackets goes where it is missing. */
function refusalCodes(codes: readonly string[]): JsonSchema {
  const texts: Readonly<Record<string, { zh: string; en: string; nextZh: string; nextEn: string }>> =
    REFUSAL_TEXTS;
  return {
    type: 'string',
    oneOf: codes.map((code) => {
      const { zh, nextZh, en, nextEn } = texts[code] ?? refusalText(code);
      return { const: code, description: `${zh}。${nextZh}。 / ${en}. ${nextEn}.` };
    }),
  };
}
