// Writes the generated half of a document of a wire into the half that people write: everything under `components.schemas`
// comes from the code, the rest stays as it is.

import { format } from 'prettier';
import { parseDocument } from 'yaml';
import type { JsonSchema } from './plain-schemas.js';

/** The document with these schemas. @throws Error where the text is no YAML */
export async function withSchemas(text: string, schemas: ReadonlyMap<string, JsonSchema>): Promise<string> {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw fault;
  const plain = Object.fromEntries([...schemas].map(([name, schema]) => [name, ordered(schema)]));
  const node = document.createNode(plain, { aliasDuplicateObjects: false });
  node.commentBefore =
    ' Generated from server/protocol by `npm run protocol-docs`. Do not edit below this line.';
  document.setIn(['components', 'schemas'], node);
  return format(document.toString({ lineWidth: 110 }), {
    parser: 'yaml',
    printWidth: 110,
    singleQuote: true,
  });
}

const FIRST = ['type', 'description', 'const', 'enum', 'pattern', 'properties', 'items', 'required'];

/** Keywords in the order in which a person reads them; names of fields stay as they are. */
function ordered(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((one) => ordered(one));
  if (typeof value !== 'object' || value === null) return value;
  const place = (keyword: string) => (FIRST.includes(keyword) ? FIRST.indexOf(keyword) : FIRST.length);
  const entries = Object.entries(value);
  if (!isNames) entries.sort(([a], [b]) => place(a) - place(b));
  return Object.fromEntries(
    entries.map(([name, one]) => [name, ordered(one, name === 'properties' && !isNames)]),
  );
}
