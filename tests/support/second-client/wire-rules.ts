// The documents of the wires as this client knows them: every message that it sends or hears is held against docs/protocol. It
// reads nothing else of the project.

import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Node = { [key: string]: unknown };

/** The room, or this client, said something that the documents do not say. */
export class WireFault extends Error {
  override name = 'WireFault';
}

export class WireRules {
  readonly document: Node;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #checks = new Map<string, ValidateFunction>();

  /** @param file path of the document */
  constructor(file: string) {
    this.document = parse(readFileSync(file, 'utf8')) as Node;
    const { schemas } = this.document['components'] as { schemas: Node };
    this.#ajv.addSchema({ $id: 'file:/sent', components: { schemas } });
    // A client ignores fields that it does not know. This one is a test: it wants to hear of them.
    this.#ajv.addSchema({ $id: 'file:/heard', components: { schemas: closed(schemas) } });
  }

  /** @throws WireFault where `value` is not what the schema says */
  sent(schema: string, value: unknown): void {
    this.#check('sent', schema, value);
  }

  /** As `sent`; fields that are not described are a fault too. */
  heard(schema: string, value: unknown): void {
    this.#check('heard', schema, value);
  }

  has(schema: string): boolean {
    const { schemas } = this.document['components'] as { schemas: Node };
    return schema in schemas;
  }

  #check(way: 'sent' | 'heard', schema: string, value: unknown): void {
    const reference = `file:/${way}#/components/schemas/${schema}`;
    let check = this.#checks.get(reference);
    if (check === undefined) {
      if (!this.has(schema)) throw new WireFault(`${schema} is not documented`);
      check = this.#ajv.compile({ $ref: reference });
      this.#checks.set(reference, check);
    }
    if (!check(value))
      throw new WireFault(
        `${way} ${schema}: ${this.#ajv.errorsText(check.errors)} in ${JSON.stringify(value).slice(0, 500)}`,
      );
  }
}

/** The same schemas, with no room for a field that they do not name. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const node = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)])) as Node;
  const isObject = node['type'] === 'object' && typeof node['properties'] === 'object';
  return isObject && node['additionalProperties'] === undefined
    ? { ...node, additionalProperties: false }
    : node;
}
