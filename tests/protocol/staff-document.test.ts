// staff.asyncapi.yaml against the staff's gateway in both directions: events, commands, roles, words of the feed, and the
// refusals that the rules give on random days.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { TypeSchemas } from '../../scripts/protocol-docs/type-schemas.js';
import { STAFF_WIRE_CODES } from '../../scripts/protocol-docs/contracts.js';
import { PERMISSIONS } from '../../server/core/permissions.js';
import { REFUSAL_CODES } from '../../server/core/refusals.js';
import { STAFF_SOCKET_PATH } from '../../server/proctor/gateway.js';
import { readRequest } from '../../server/proctor/requests.js';
import { StaffRequestSchemas } from '../../server/protocol/staff.js';
import { at, differences, readDocument, type Node } from '../support/wire-document.js';
import { refusedOnRandomDays } from './refused-on-random-days.js';

const document = readDocument('staff.asyncapi.yaml');
const messages = at(document, 'components', 'messages') as Record<string, Node>;
const schemas = at(document, 'components', 'schemas') as Record<string, Node>;
const nothing = { undocumented: [], absent: [] };

void t.test('every command is documented, and no other', async (t) => {
  const documented = Object.keys(messages).filter((name) => /^command\.(?!reply$)/.test(name));
  const accepted = Object.keys(StaffRequestSchemas).map((type) => `command.${type}`);
  t.same(differences(documented, accepted), nothing);
  t.same(
    differences(
      Object.keys(schemas).filter((name) => /^command\.(?!reply$)/.test(name)),
      accepted,
    ),
    nothing,
    'its schema too',
  );
  t.equal(readRequest({ type: 'make-tea' }), null);
});

void t.test('every event of the socket is documented with its answer, and no other', async (t) => {
  const types = new TypeSchemas(['server/protocol/staff.ts'], new Map());
  const toRoom = [...types.events('StaffToRoom')];
  const real = [
    ...toRoom.flatMap(([event, { reply }]) => [
      ...(event === 'command' ? [] : [event]),
      ...(reply === null ? [] : [`${event}.reply`]),
    ]),
    ...types.events('RoomToStaff').keys(),
  ];
  const documented = Object.keys(messages).filter((name) => !/^command\.(?!reply$)/.test(name));
  t.same(differences(documented, real), nothing);
  const gateway = readFileSync('server/proctor/gateway.ts', 'utf8');
  const heard = [...gateway.matchAll(/socket\.on\('([a-z-]+)'/g)].map(([, event = '']) => event);
  const said = [...gateway.matchAll(/\.emit\('([a-z-]+)'/g)].map(([, event = '']) => event);
  const named = (names: string[]) => names.map((name) => String(messages[name]?.['name'] ?? name));
  t.same(
    differences(
      toRoom.map(([event]) => event),
      heard,
    ),
    nothing,
    'the gateway listens to these',
  );
  t.same(
    differences(
      named(['staff', 'change', 'preflight-line', 'preflight-done', 'rehearsal', 'document-read']),
      said,
    ),
    nothing,
    'and says these',
  );
  t.match(JSON.stringify(document), STAFF_SOCKET_PATH);
});

void t.test('every message stands in the channel, in an operation, and has a schema', async (t) => {
  const names = Object.keys(messages);
  t.same(differences(Object.keys(at(document, 'channels', 'staff', 'messages')), names), nothing);
  const used = JSON.stringify(document['operations']);
  for (const name of names) t.match(used, `/messages/${name}"`, `${name} is part of an operation`);
});

void t.test('roles are those of the rules', async (t) => {
  for (const type of Object.keys(StaffRequestSchemas)) {
    const roles = schemas[`command.${type}`]?.['x-roles'];
    t.same(roles, PERMISSIONS[(type === 'build-bundle' ? 'confirm-receipt' : type) as 'pair-seat'], type);
  }
});

void t.test('the gateway has no code of its own that is not documented', async (t) => {
  const gateway = readFileSync('server/proctor/gateway.ts', 'utf8');
  const rehearsal = readFileSync('server/compose/room-rehearsal.ts', 'utf8');
  const codes = [...(gateway + rehearsal).matchAll(/code: '([a-z-]+)'/g)].map(([, code = '']) => code);
  t.ok(codes.length >= 5);
  const known = new Set<string>([...REFUSAL_CODES, ...STAFF_WIRE_CODES]);
  for (const code of codes) t.ok(known.has(code), code);
  for (const code of STAFF_WIRE_CODES) t.ok(codes.includes(code), `${code} is really given`);
  const documented = (schemas['RefusalCode']?.['oneOf'] as Node[]).map(({ const: code }) => String(code));
  t.same(differences(documented, known), nothing);
});

void t.test('what the rules refuse on random days is documented with the command', async (t) => {
  const seen = refusedOnRandomDays().filter(
    ({ command }) => command.by.kind === 'staff' && command.type in StaffRequestSchemas,
  );
  t.ok(seen.length >= 40, `${seen.length} kinds of refusals`);
  for (const { command, code } of seen) {
    const documented = schemas[`command.${command.type}`]?.['x-refusals'] as string[];
    t.ok(documented.includes(code), `${command.type} may be refused ${code}`);
  }
});
