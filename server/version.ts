// Which version runs, and where the project lies; read once from package.json.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json: two above the compiled file. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const VERSION = (
  JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }
).version;
