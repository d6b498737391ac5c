// The second client knows the wires from their documents alone: it shares no line with the room, the kiosk or the rehearsal.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { WireFault, WireRules } from '../support/second-client/wire-rules.js';

const FOLDER = join('tests', 'support', 'second-client');
const LIBRARIES = ['ws', 'socket.io-client', 'yaml', 'ajv/dist/2020.js'];

void t.test(
  'it imports its own files, Node and libraries of the wires, and nothing of the project',
  async (t) => {
    const files = readdirSync(FOLDER);
    t.ok(files.length >= 5);
    for (const file of files) {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const names = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name);
      for (const name of names)
        t.ok(
          /^\.\/[a-z-]+\.js$/.test(name) || name.startsWith('node:') || LIBRARIES.includes(name),
          `${file} imports ${name}`,
        );
      t.notMatch(text, /kiosk-client|server\/(?!test)|\brehearsal\//, `${file} names nothing of the project`);
    }
  },
);

void t.test('it refuses to send or to hear what the documents do not say', async (t) => {
  const rules = new WireRules(join('docs', 'protocol', 'seat.asyncapi.yaml'));
  const hand = { t: 'hand', id: 1, candidateId: 'c1', lease: 1, up: true };
  t.doesNotThrow(() => rules.sent('pc.hand', hand));
  t.throws(() => rules.sent('pc.hand', { ...hand, more: 1 }), WireFault);
  t.throws(() => rules.sent('pc.hand', { ...hand, up: 1 }), WireFault);
  t.doesNotThrow(() => rules.heard('room.ack', { t: 'ack', ids: [1], now: 5 }));
  t.throws(
    () => rules.heard('room.ack', { t: 'ack', ids: [1], now: 5, score: 3 }),
    WireFault,
    'a field more',
  );
  t.throws(() => rules.heard('room.news', { t: 'news' }), WireFault, 'another message');
});
