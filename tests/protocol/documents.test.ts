// The documents of the wires are valid by the published schemas of AsyncAPI and OpenAPI, hold what the code says today, and
// their examples are what they describe.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import t from 'tap';
import { DOCUMENTS } from '../../scripts/protocol-docs/contracts.js';
import { withSchemas } from '../../scripts/protocol-docs/document.js';
import { DOCUMENT_FOLDER, follow, readDocument, references, type Node } from '../support/wire-document.js';

const require = createRequire(import.meta.url);
const ASYNC = ['seat.asyncapi.yaml', 'staff.asyncapi.yaml'];
const ALL = [...ASYNC, 'http.openapi.yaml'];

void t.test('every document is written', async (t) => t.same(Object.keys(DOCUMENTS).sort(), [...ALL].sort()));

for (const name of ALL) {
  void t.test(`${name} holds the schemas of today's code`, async (t) => {
    const text = readFileSync(join(DOCUMENT_FOLDER, name), 'utf8');
    const schemas = DOCUMENTS[name]?.(process.cwd()) ?? new Map();
    const now = await withSchemas(text, schemas);
    if (now !== text) {
      const before = (readDocument(name)['components'] as Node)['schemas'] as Node;
      const changed = [...new Set([...schemas.keys(), ...Object.keys(before)])].filter(
        (key) => JSON.stringify(before[key]) !== JSON.stringify(parsed(now)[key]),
      );
      t.fail(
        `${name} is behind the code in: ${changed.join(', ') || 'its form'}. ` +
          'Run `npm run build && npm run protocol-docs`, and describe what is new above the schemas',
      );
    }
  });

  void t.test(`${name} refers to nothing that is not there`, async (t) => {
    const document = readDocument(name);
    const found = references(document);
    t.ok(found.length > 10);
    for (const { where, reference } of found)
      t.doesNotThrow(() => follow(document, { $ref: reference }), `${where} -> ${reference}`);
  });
}

function parsed(text: string): Node {
  return ((require('yaml') as { parse(text: string): Node }).parse(text)['components'] as Node)[
    'schemas'
  ] as Node;
}

for (const name of ASYNC)
  void t.test(`${name} is an AsyncAPI 3 document`, async (t) => {
    const schema = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const check = ajv.compile(schema);
    t.ok(check(readDocument(name)), JSON.stringify(check.errors?.slice(0, 5), null, 1));
    t.notOk(check({ ...readDocument(name), channels: { seat: { address: 3 } } }), 'and the check can fail');
  });

void t.test('http.openapi.yaml is an OpenAPI 3.1 document', async (t) => {
  const found = await new Validator().validate(readDocument('http.openapi.yaml'));
  t.ok(found.valid, JSON.stringify(found.errors, null, 1));
  const broken = await new Validator().validate({ ...readDocument('http.openapi.yaml'), info: {} });
  t.notOk(broken.valid, 'and the check can fail');
});

for (const name of ASYNC)
  void t.test(`the examples of ${name} are messages of their kind`, async (t) => {
    const document = readDocument(name);
    const ajv = new Ajv2020({ strict: false });
    const { messages, schemas } = document['components'] as Record<string, Record<string, Node>>;
    ajv.addSchema({ $id: `file:/${name}`, components: { schemas } });
    for (const [key, { payload, examples = [] }] of Object.entries(messages ?? {})) {
      if (name === 'seat.asyncapi.yaml') t.ok((examples as Node[]).length > 0, `${key} has an example`);
      const { $ref: reference = '' } = payload as { $ref?: string };
      for (const example of examples as { name: string; payload: unknown }[])
        t.ok(
          ajv.validate(`file:/${name}${reference}`, example.payload),
          `${key} ${example.name}: ${ajv.errorsText()}`,
        );
    }
  });

for (const name of ASYNC)
  void t.test(`every message of ${name} is described in Chinese and in English`, async (t) => {
    const messages = (readDocument(name)['components'] as Node)['messages'] as Record<string, Node>;
    for (const [key, message] of Object.entries(messages)) {
      const words = String(message['description']);
      t.match(words, /[\u4e00-\u9fff]{2}/, `${key} in Chinese`);
      t.match(words, /[A-Za-z]{3,} [a-z]{1,}/, `${key} in English`);
    }
  });
