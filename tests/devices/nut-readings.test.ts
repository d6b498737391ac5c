// What NUT's variables come to mean: known tokens only, figures only where they are figures, and who says the runtime.

import * as fc from 'fast-check';
import t from 'tap';
import { isReading } from '../../server/core/readings.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { nutReadings } from '../../server/devices/nut-readings.js';

const of = (variables: Record<string, string>) => nutReadings(new Map(Object.entries(variables)));

const CALM = {
  'battery.low': false,
  'battery.replace': false,
  'ups.overload': false,
  'ups.bypass': false,
  'ups.off': false,
  'ups.forced-shutdown': false,
};

void t.test('the state of the UPS is its tokens; unknown ones are ignored', async (t) => {
  t.same(of({ 'ups.status': 'OL CHRG' }), { ...CALM, 'mains.present': true });
  t.same(of({ 'ups.status': 'OB DISCHRG' }), { ...CALM, 'mains.present': false });
  t.same(of({ 'ups.status': 'OL ECO TESTING future-token' }), { ...CALM, 'mains.present': true });
  t.same(of({ 'ups.status': 'OB DISCHRG LB RB' }), {
    ...CALM,
    'mains.present': false,
    'battery.low': true,
    'battery.replace': true,
  });
  t.same(of({ 'ups.status': 'FSD OL CHRG' }), {
    ...CALM,
    'mains.present': true,
    'ups.forced-shutdown': true,
  });
  t.same(of({ 'ups.status': 'OL BYPASS OVER OFF' }), {
    ...CALM,
    'mains.present': true,
    'ups.bypass': true,
    'ups.overload': true,
    'ups.off': true,
  });
  t.notOk('mains.present' in of({ 'ups.status': 'OFF' }), 'who says nothing of mains is not read as on line');
  t.notOk(of({ 'ups.status': 'HB OLD LOB' })['battery.low'], 'tokens are whole words');
  t.notOk('mains.present' in of({ 'ups.status': 'OLD' }));
  t.equal(of({ 'ups.status': 'OL OB' })['mains.present'], false, 'the worse of two words');
});

void t.test('an alarm has the words of the UPS', async (t) => {
  t.equal(of({ 'ups.status': 'ALARM OL', 'ups.alarm': 'Fan\nfailure' })['ups.alarm'], 'Fan failure');
  t.equal(of({ 'ups.status': 'ALARM OL' })['ups.alarm'], 'ALARM');
  t.notOk('ups.alarm' in of({ 'ups.status': 'OL', 'ups.alarm': 'long over' }), 'no alarm stands');
});

void t.test('no state is a fault, not a calm UPS', async (t) => {
  t.throws(() => of({ 'battery.charge': '100' }), { code: 'bad-answer' });
  t.throws(() => of({ 'ups.status': 'WAIT', 'battery.charge': '100' }), { code: 'stale-data' });
});

void t.test('[REQ-A07] the runtime says where it comes from', async (t) => {
  const runtime = { 'ups.status': 'OL', 'battery.runtime': '8040' };
  const own = of({ ...runtime, 'driver.name': 'usbhid-ups' });
  t.match(own, { 'battery.runtime': 8_040, 'battery.runtime-source': 'device' });
  for (const name of ['nutdrv_qx', 'blazer_ser', 'blazer_usb'])
    t.equal(
      of({ ...runtime, 'driver.name': name, 'driver.parameter.runtimecal': '240,100,720,50' })[
        'battery.runtime-source'
      ],
      'estimated',
      name,
    );
  t.equal(of({ ...runtime, 'driver.name': 'nutdrv_qx' })['battery.runtime-source'], 'device');
  t.notOk('battery.runtime-source' in of({ 'ups.status': 'OL' }), 'no runtime, no source');
});

void t.test('figures are figures of the dictionary, or nothing', async (t) => {
  const all = of({
    'ups.status': 'OL',
    'battery.charge': '98.0',
    'ups.load': '32',
    'input.voltage': '229.4',
    'ups.temperature': '31.5',
    'device.mfr': ' Maker ',
    'device.model': 'M 3000',
    'device.serial': 'S1',
    'ups.firmware': '1.2',
  });
  t.match(all, {
    'battery.charge': 98,
    'ups.load': 32,
    'input.voltage': 229.4,
    temperature: 31.5,
    model: 'Maker M 3000',
    serial: 'S1',
    firmware: '1.2',
  });
  const odd = of({
    'ups.status': 'OL',
    'battery.charge': '131',
    'battery.runtime': '-1',
    'ups.load': '0x20',
  });
  t.same(odd, { ...CALM, 'mains.present': true });
});

void t.test('whatever upsd lists, what comes out is in the dictionary', async () => {
  const name = fc.constantFrom(
    'ups.status',
    'ups.alarm',
    'battery.charge',
    'battery.runtime',
    'ups.load',
    'input.voltage',
    'ups.temperature',
    'device.mfr',
    'device.model',
    'ups.serial',
    'driver.name',
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.double().map(String),
    fc.constantFrom('OL', 'OB LB', 'ALARM', '1e9', 'NaN', 'Infinity'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      try {
        return Object.entries(nutReadings(new Map(pairs))).every(([key, read]) => isReading(key, read));
      } catch (error) {
        return error instanceof DeviceFault;
      }
    }),
    { numRuns: 500 },
  );
});
