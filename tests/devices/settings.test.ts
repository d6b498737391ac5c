// Every adapter can be named in the settings; what is wrong about an entry is said in the words of its own adapter.

import fc from 'fast-check';
import t from 'tap';
import { parseConfig, type ConfigProblem } from '../../server/config.js';
import { ADAPTERS, type AdapterName } from '../../server/devices/adapters.js';
import { deviceProblems, prepareDevice, type DeviceSetting } from '../../server/devices/settings.js';

/** The least that each adapter needs to be told. */
const LEAST: Record<AdapterName, object> = {
  nut: {},
  'snmp-ups': { host: '192.0.2.7' },
  'os-battery': {},
  jammer: { profile: 'firmware-config/jammers/manual.yaml' },
  meter: { profile: 'firmware-config/io/none.yaml' },
  'contact-box': { profile: 'firmware-config/io/none.yaml' },
  libgpiod: { mains: '4' },
  onoff: { mains: '4' },
  'hid-reader': { vendorId: 1_024, productId: 2 },
  'bridge-reader': { url: 'http://127.0.0.1:1919', token: 'a secret of sixteen' },
  network: {},
  rtsp: { url: 'rtsp://192.0.2.21/Streaming/Channels/101' },
  onvif: { host: '192.0.2.22' },
  camcorder: {},
  simulated: { script: 'ups.yaml' },
};

const problemsOf = (devices: unknown): ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  parseConfig({ devices }, problems);
  return problems;
};

void t.test('each adapter is taken with the least that it needs, and its defaults are filled in', (t) => {
  for (const [adapter, least] of Object.entries(LEAST)) {
    const problems = problemsOf([{ id: 'one', name: '设备', adapter, ...least }]);
    t.same(problems, [], adapter);
  }
  const config = parseConfig({ devices: [{ id: 'u', name: 'UPS', adapter: 'nut' }] }, []);
  t.match(config?.devices[0], { host: '127.0.0.1', port: 3493, ups: 'ups' });
  t.end();
});

void t.test('what is wrong is named by its place and in the words of its adapter', (t) => {
  t.match(problemsOf([{ id: 'u', name: 'UPS', adapter: 'nut', port: 70_000 }]), [
    { where: '/devices/0/port' },
  ]);
  t.match(problemsOf([{ id: 'u', name: 'UPS', adapter: 'nut', colour: 1 }]), [
    { where: '/devices/0/colour' },
  ]);
  t.match(problemsOf([{ id: 'u', name: 'UPS', adapter: 'kettle' }]), [
    { where: '/devices/0/adapter', en: /one of nut, / },
  ]);
  t.match(problemsOf([{ id: 'U P S', name: '', adapter: 'nut' }]), [
    { where: '/devices/0/id' },
    { where: '/devices/0/name' },
  ]);
  for (const nothing of [null, 7, 'ups', {}, []])
    t.ok(problemsOf([nothing]).length > 0, JSON.stringify(nothing));
  t.end();
});

void t.test('two devices of one id are refused', (t) => {
  const twice = [
    { id: 'u', name: 'UPS', adapter: 'nut' },
    { id: 'u', name: 'UPS 2', adapter: 'os-battery' },
  ];
  t.match(problemsOf(twice), [{ where: '/devices/1/id' }]);
  t.end();
});

void t.test('what cannot be got ready is named with its device', async (t) => {
  const context = { folder: '/nowhere', nowMs: () => 0, seatTrips: () => [], documentRead: () => undefined };
  const entry: DeviceSetting = { id: 'jam', name: 'J', adapter: 'jammer', profile: 'nowhere.yaml' };
  await t.rejects(prepareDevice(entry, context), /jam/);
});

void t.test('whatever stands in an entry, it is taken or its faults are named', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({ adapter: fc.constantFrom(...Object.keys(ADAPTERS)), id: fc.string(), name: fc.string() }),
      ),
      (entry) => {
        const problems = deviceProblems(entry);
        const config = parseConfig({ devices: [entry] }, []);
        return (problems.length === 0) === (config !== null);
      },
    ),
  );
  t.end();
});
