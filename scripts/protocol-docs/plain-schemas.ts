// Turns the checks that the room runs on what comes in into the plain JSON Schemas of the documents: the same limits, written
// once, with named parts referred to. For the documents alone.

import type { TSchema } from '@sinclair/typebox';

export type JsonSchema = { [keyword: string]: unknown };

/** Limits that say nothing and read badly. */
const UNSAID: Readonly<Record<string, unknown>> = {
  maximum: Number.MAX_SAFE_INTEGER,
};

/** @param named parts that are referred to where they stand inside another, by component name */
export function plainSchema(schema: TSchema, named: ReadonlyMap<string, TSchema> = new Map()): JsonSchema {
  const texts = new Map([...named].map(([name, part]) => [JSON.stringify(part), name]));
  const write = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(write);
    if (typeof value !== 'object' || value === null) return value;
    const name = texts.get(JSON.stringify(value));
    if (name !== undefined && value !== schema) return { $ref: `#/components/schemas/${name}` };
    return simple(
      Object.fromEntries(
        Object.entries(value)
          .filter(([keyword, one]) => UNSAID[keyword] !== one)
          .map(([keyword, one]) => [keyword, write(one)]),
      ),
    );
  };
  return write(schema) as JsonSchema;
}

/** A choice between literals as the list that it is. */
function simple(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const options = anyOf as JsonSchema[];
  if (options.length === 0 || !options.every(({ const: value }) => typeof value === 'string')) return schema;
  return { type: 'string', enum: options.map(({ const: value }) => value), ...rest };
}
