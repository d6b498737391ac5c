// Writes the generated half of docs/protocol/*.yaml anew from the schemas and types of the wires. Run it after a change of
// server/protocol; the half that people write stays as it is.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTS } from './protocol-docs/contracts.js';
import { withSchemas } from './protocol-docs/document.js';

for (const [name, schemas] of Object.entries(DOCUMENTS)) {
  const file = join(process.cwd(), 'docs', 'protocol', name);
  const before = readFileSync(file, 'utf8');
  const after = await withSchemas(before, schemas(process.cwd()));
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(
    `${after === before ? '未变 / unchanged' : '已写 / written'}  docs/protocol/${name}\n`,
  );
}
