// seat.asyncapi.yaml against the gateway of candidates' PCs in both directions: messages, words of the gateway, limits, and the
// refusals that the rules give on random days.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { TypeSchemas } from '../../scripts/protocol-docs/type-schemas.js';
import { commandsOf, Refusals } from '../../scripts/protocol-docs/refusals.js';
import {
  MAX_SEAT_FRAME_BYTES,
  SEAT_PROTOCOL_VERSION,
  SEAT_SUBPROTOCOL,
  SeatMessageSchema,
  SeatRequestSchemas,
  type SeatRequest,
} from '../../server/protocol/seat.js';
import { readFrame } from '../../server/seats/frames.js';
import { at, differences, readDocument, type Node } from '../support/wire-document.js';
import { refusedOnRandomDays } from './refused-on-random-days.js';

const document = readDocument('seat.asyncapi.yaml');
const messages = at(document, 'components', 'messages') as Record<string, Node>;
const nothing = { undocumented: [], absent: [] };

void t.test('every message that a PC may send is documented, and no other', async (t) => {
  const accepted = SeatMessageSchema.anyOf.map(({ properties }) => `pc.${properties.t.const}`);
  const documented = Object.keys(messages).filter((name) => name.startsWith('pc.'));
  t.same(differences(documented, accepted), nothing);
  for (const name of documented) {
    const type = name.slice(3);
    const frame = readFrame(Buffer.from(JSON.stringify({ t: type })), false);
    t.match(frame, { fault: 'wrong-fields' }, `the gateway knows ${type}`);
  }
  t.match(readFrame(Buffer.from('{"t":"chat"}'), false), { fault: 'unknown-type' });
});

void t.test('every message that the room sends is documented, and no other', async (t) => {
  const types = new TypeSchemas(['server/protocol/seat.ts'], new Map());
  const sent = [...types.members('RoomMessage', 't').keys()].map((type) => `room.${type}`);
  const documented = Object.keys(messages).filter((name) => name.startsWith('room.'));
  t.same(differences(documented, sent), nothing);
});

void t.test('every message stands in the channel, in an operation, and on its own schema', async (t) => {
  const names = Object.keys(messages);
  const channel = Object.keys(at(document, 'channels', 'seat', 'messages'));
  t.same(differences(channel, names), nothing);
  const used = JSON.stringify(document['operations']);
  for (const name of names) {
    t.match(used, `/messages/${name}"`, `${name} is part of an operation`);
    t.equal(messages[name]?.['name'], name.replace(/^\w+\./, ''));
    t.same(messages[name]?.['payload'], { $ref: `#/components/schemas/${name}` });
  }
});

void t.test('every way in which a frame is wrong, and every good-bye, has its word', async (t) => {
  const types = new TypeSchemas(['server/seats/frames.ts', 'server/seats/connection.ts'], new Map());
  const faults = types.schema('FrameFault')['enum'] as string[];
  const byes = types.schema('Bye')['enum'] as string[];
  const gateway = readFileSync('server/seats/gateway.ts', 'utf8');
  const reasons = [...gateway.matchAll(/bye\('([a-z-]+)', \w+(?:, '([a-z-]+)')?/g)].map(
    ([, code = '', reason]) => reason ?? code,
  );
  t.ok(reasons.length >= 6);
  const documented = messages['room.bye']?.['x-close-reasons'] as string[];
  const real = [...faults, ...reasons.filter((one) => one !== 'bad-message')];
  t.same(differences(documented, real), nothing);
  const words = String(messages['room.bye']?.['description']);
  for (const code of byes) t.match(words, `\`${code}\``, `${code} is explained`);
});

void t.test('the figures in the prose are those of the code', async (t) => {
  const words = JSON.stringify(document);
  t.match(words, String(MAX_SEAT_FRAME_BYTES));
  t.match(words, SEAT_SUBPROTOCOL);
  t.equal(
    ((messages['pc.hello']?.['examples'] as Node[])[0]?.['payload'] as Node)['v'],
    SEAT_PROTOCOL_VERSION,
  );
  const limits = at(document, 'components', 'schemas', 'Limits', 'properties') as Record<string, Node>;
  t.equal(limits['helloTimeoutMs']?.['default'], 10_000, 'within 10 s');
  t.equal(limits['silentTimeoutMs']?.['default'], 20_000, 'after 20 s of silence');
});

void t.test('what the rules refuse on random days is documented with the request', async (t) => {
  const refusals = new Refusals(process.cwd());
  const documented = new Map(
    (Object.keys(SeatRequestSchemas) as SeatRequest['t'][]).map((type) => [
      type,
      new Set(at(document, 'components', 'schemas', `pc.${type}`)['x-refusals'] as string[]),
    ]),
  );
  for (const [type, codes] of documented) t.same([...codes], refusals.ofSeatRequest(type), type);
  const seen = refusedOnRandomDays().flatMap(({ command, code }) => {
    const type = [...documented.keys()].find((one) => commandsOf(one).includes(command.type));
    return command.by.kind !== 'seat' || type === undefined ? [] : [{ type, code }];
  });
  t.ok(seen.length >= 15, seen.map(({ type, code }) => `${type} ${code}`).join(', '));
  for (const { type, code } of seen) t.ok(documented.get(type)?.has(code), `${type} may be refused ${code}`);
});
