// Runs the tests of the rules one after the other, for the coverage measurement around it.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

const folder = 'build/tests/core';
for (const name of readdirSync(folder).filter((file) => file.endsWith('.test.js')))
  if (
    spawnSync(process.execPath, [join(folder, name)], { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0
  )
    process.exit(1);
