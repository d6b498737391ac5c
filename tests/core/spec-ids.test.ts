// Every rule has a test with its number, and every number in a test's name is a rule.

import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';

const ID = /\b[A-Z]{2}\d{1,2}\b/g;

void t.test('the rules of SPEC.md and the names of the tests agree', async (t) => {
  const spec = readFileSync('server/core/SPEC.md', 'utf8');
  const rules = [...spec.matchAll(/^- \*\*([A-Z]{2}\d{1,2})\*\*/gm)].map(([, id]) => id ?? '');
  t.equal(new Set(rules).size, rules.length, 'no number is given twice');
  t.ok(rules.length > 60);
  // By which standard a room is judged is a rule, and the judges are preflight's.
  const names = [
    ...readdirSync('tests/core').map((file) => `tests/core/${file}`),
    'tests/preflight/standard.test.ts',
  ]
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .flatMap((text) => [...text.matchAll(/t\.test\(\s*['"`](\[[^'"`]*)/g)].map(([, name]) => name ?? ''));
  const tested = new Set(names.flatMap((name) => /^(\[[A-Z0-9]+\])+/.exec(name)?.[0].match(ID) ?? []));
  for (const id of rules) t.ok(tested.has(id), `${id} has a test`);
  for (const id of tested) t.ok(rules.includes(id), `${id} is a rule`);
});

void t.test('the code cites only rules that are', async (t) => {
  const spec = readFileSync('server/core/SPEC.md', 'utf8');
  for (const file of readdirSync('server/core').filter((name) => name.endsWith('.ts')))
    for (const [cited] of readFileSync(`server/core/${file}`, 'utf8').matchAll(/\[[A-Z]{2}\d{1,2}\]/g))
      t.match(spec, `**${cited.slice(1, -1)}**`, `${file} cites ${cited}`);
});
