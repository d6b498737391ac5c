// Device profiles: every one that ships passes its own fixtures, and whatever is wrong in one keeps it from being enabled.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { isReading } from '../../server/core/readings.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { loadProfile, ProfileError, readProfile, transportFor } from '../../server/devices/profile.js';
import { pointValue } from '../../server/devices/profile-points.js';
import type { Profile } from '../../server/devices/profile-schema.js';

const SHIPPED = ['firmware-config/jammers', 'firmware-config/io'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name)),
);

t.test('every profile that ships passes its fixtures and says where its map comes from', async (t) => {
  t.ok(SHIPPED.length >= 9);
  for (const file of SHIPPED) {
    const id = file.replace(/^.*\/(.*)\.yaml$/, '$1');
    const { profile } = await loadProfile(id, '.');
    t.equal(profile.id, id);
    t.ok(profile.evidence.source.length > 10, `${id} has a source`);
    if (profile.kind === 'jammer' && id !== 'manual')
      t.equal(profile.evidence.level, 'guess', `${id}: no map of a jammer is public`);
  }
});

t.test('a shipped profile is found wherever the program was started', async (t) => {
  const here = process.cwd();
  process.chdir(tmpdir());
  try {
    t.equal((await loadProfile('modbus-4di4do', tmpdir())).profile.kind, 'io');
    t.equal((await loadProfile('manual', tmpdir())).profile.kind, 'jammer');
  } finally {
    process.chdir(here);
  }
});

t.test('each fixture that is changed keeps its profile from being used', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  for (const file of SHIPPED) {
    const profile = parse(readFileSync(file, 'utf8')) as Profile;
    for (const [index, fixture] of (profile.fixtures ?? []).entries()) {
      const changed = structuredClone(profile);
      const mine = changed.fixtures[index];
      if (mine === undefined) continue;
      if (fixture.expect !== undefined)
        for (const [name, value] of Object.entries(fixture.expect))
          mine.expect = { ...mine.expect, [name]: typeof value === 'boolean' ? !value : `${value}?` };
      else if (fixture.fault !== undefined)
        mine.fault = fixture.fault === 'refused' ? 'timed-out' : 'refused';
      else mine.replies = {};
      const bad = join(folder, 'changed.yaml');
      await writeFile(bad, stringify(changed));
      await t.rejects(loadProfile(bad, folder), { name: 'ProfileError' }, `${file}: ${fixture.name}`);
    }
  }
});

const text = readFileSync('firmware-config/jammers/modbus-multiband.yaml', 'utf8');
/** A profile of which anything may be wrong. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = Record<string, any>;
const changed = (change: (profile: Loose) => void) => {
  const profile = parse(text) as Loose;
  change(profile);
  return stringify(profile);
};

t.test('a profile that says more or other than the schema is refused with its place', async (t) => {
  const wrong: [string, RegExp, (profile: Loose) => void][] = [
    ['an unknown field', /script/, (p) => Object.assign(p, { script: 'process.exit()' })],
    ['an unknown transport', /transport/, (p) => Object.assign(p['transport'], { type: 'exec' })],
    [
      'a transport by way of the prototype',
      /transport/,
      (p) => Object.assign(p['transport'], { type: 'constructor' }),
    ],
    [
      'a read of another transport',
      /points\/power\/read/,
      (p) => Object.assign(p['points']['power'], { read: { path: '/x' } }),
    ],
    [
      'a reading that is none',
      /reading/,
      (p) => Object.assign(p['points']['heat'], { reading: 'jammer.mood' }),
    ],
    [
      'a reading of another type',
      /reading/,
      (p) => Object.assign(p['points']['heat'], { reading: 'jammer.reported' }),
    ],
    ['a condition on nothing', /state\/0/, (p) => Object.assign(p['state'][0], { when: 'nothing == 1' })],
    [
      'a command nobody tried',
      /fixtures/,
      (p) => Object.assign(p['commands'], { ring: [{ fc: 5, addr: 9, value: true }] }),
    ],
    ['no fixtures at all', /fixtures/, (p) => Object.assign(p, { fixtures: [] })],
    [
      'a write out of range',
      /commands\/on/,
      (p) => Object.assign(p['commands'], { on: [{ fc: 5, addr: 70_000, value: true }] }),
    ],
  ];
  for (const [name, place, change] of wrong)
    t.throws(() => readProfile(changed(change)), { message: place }, name);
  t.throws(() => readProfile(`a: &a [1]\nb: *a`), { name: 'ProfileError' }, 'aliases');
  t.throws(() => readProfile('x'.repeat(100_001)), { name: 'ProfileError' }, 'size');
});

t.test('any text is a profile or a ProfileError', async () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.nat(text.length).map((at) => text.slice(0, at)),
      ),
      (any) => {
        try {
          return readProfile(any).profile.schema === 'exam-device-profile/1';
        } catch (error) {
          return error instanceof ProfileError;
        }
      },
    ),
    { numRuns: 200 },
  );
});

t.test('the room may go through a gateway, not over another kind of wire', async (t) => {
  const loaded = readProfile(text);
  t.ok(transportFor(loaded, { transport: 'modbus-tcp', host: '10.0.0.9' }));
  t.throws(() => transportFor(loaded, { transport: 'http', host: '10.0.0.9' }), { name: 'ProfileError' });
  t.throws(() => transportFor(loaded, {}), /host/, 'an address is needed');
  t.throws(() => transportFor(loaded, { host: 'h', port: 502, community: 'x' }), /community/);
});

t.test('whatever a wire gives becomes a value of its type or a bad answer', async () => {
  const raw = fc.oneof(fc.boolean(), fc.double(), fc.string(), fc.integer());
  const type = fc.constantFrom('flag' as const, 'number' as const, 'text' as const);
  fc.assert(
    fc.property(raw, type, fc.option(fc.nat(31), { nil: undefined }), (value, kind, bit) => {
      const point = { read: {}, type: kind, ...(bit === undefined || kind !== 'flag' ? {} : { bit }) };
      try {
        const made = pointValue('x', point, value);
        if (kind === 'text') return isReading('model', made);
        return kind === 'flag' ? typeof made === 'boolean' : Number.isFinite(made);
      } catch (error) {
        return error instanceof DeviceFault && error.code === 'bad-answer';
      }
    }),
  );
});
