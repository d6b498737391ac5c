// Settings: defaults, unknown keys, all errors at once, and no way to give the server another clock.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import {
  ConfigError,
  ConfigSchema,
  parseConfig,
  readConfig,
  type ConfigProblem,
} from '../../server/config.js';

function problemsOf(value: unknown, env: NodeJS.ProcessEnv = {}): readonly ConfigProblem[] {
  const data = mkdtempSync(join(tmpdir(), 'kaochang-config-'));
  writeFileSync(join(data, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value));
  try {
    readConfig({ data, file: null }, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

void t.test('without a file there are defaults', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'kaochang-config-'));
  const config = readConfig({ data, file: null }, {});
  t.match(config, {
    host: '0.0.0.0',
    httpsPort: 8443,
    hostName: 'room.exam',
    plainHttpOnLoopback: false,
    seats: { maxOutstanding: 32, helloTimeoutMs: 10_000, silentTimeoutMs: 20_000 },
  });
});

void t.test('a file changes what it names and nothing else', async (t) => {
  t.same(problemsOf({ httpsPort: 443, seats: { messageBurst: 5_000 } }), []);
  const config = parseConfig({ httpsPort: 443, seats: { messageBurst: 5_000 } }, []);
  t.match(config, { httpsPort: 443, seats: { messageBurst: 5_000, messagesPerSecond: 50 } });
});

void t.test('every error is named at once, unknown keys included', async (t) => {
  const problems = problemsOf({ httpsPort: 70_000, hostNmae: 'x', seats: { maxOutstanding: 0, more: 1 } });
  t.same(problems.map(({ where }) => where).sort(), [
    '/hostNmae',
    '/httpsPort',
    '/seats/maxOutstanding',
    '/seats/more',
  ]);
  for (const { zh, en } of problems) t.ok(zh !== '' && en !== '');
});

void t.test('a driven clock is refused, in the file and in the environment', async (t) => {
  for (const key of ['clock', 'drivenClock', 'fakeClock'])
    t.match(
      problemsOf({ [key]: '2027-01-01T09:00:00+08:00' }),
      [{ where: `/${key}`, en: /real clock/ }],
      key,
    );
  for (const name of ['KAOCHANG_CLOCK', 'KAOCHANG_DRIVEN_CLOCK', 'KAOCHANG_NOW', 'KAOCHANG_FAKETIME'])
    t.match(problemsOf({}, { [name]: '1' }), [{ where: name, en: /real clock/ }], name);
});

void t.test('an unknown variable of ours is an error, others are nobody’s business', async (t) => {
  t.match(problemsOf({}, { KAOCHANG_DTAA: '/x' }), [{ where: 'KAOCHANG_DTAA', en: /unknown/ }]);
  t.same(problemsOf({}, { KAOCHANG_DATA: '/x', PATH: '/bin', CLOCK: '1' }), []);
});

void t.test('a file that is missing, unreadable or no JSON is named', async (t) => {
  t.throws(() => readConfig({ data: '/nowhere', file: '/nowhere/config.json' }, {}), /cannot be read/);
  t.match(problemsOf('{"httpsPort": '), [{ en: /not JSON/ }]);
  t.match(problemsOf([]), [{ where: '/' }]);
  t.match(problemsOf('null'), [{ where: '/' }]);
});

void t.test('every setting says what it is for', async (t) => {
  const described = (schema: {
    properties: Record<string, { description?: string; properties?: never }>;
  }) => {
    for (const [name, property] of Object.entries(schema.properties)) {
      if (property.properties !== undefined) described(property as never);
      else t.ok((property.description ?? '').length > 10, name);
    }
  };
  described(ConfigSchema as never);
});

void t.test('whatever a file holds, it is read or its faults are named', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const problems: ConfigProblem[] = [];
      const config = parseConfig(value, problems);
      return (config === null) === problems.length > 0;
    }),
  );
});
