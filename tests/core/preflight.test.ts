// The check of the room, what is installed, and the seal that stands on both.

import t from 'tap';
import { initialState } from '../../server/core/initial.js';
import { evolve } from '../../server/core/evolve.js';
import { preflightView } from '../../server/core/views.js';
import {
  SEAL_TICKS,
  type AttestedLine,
  type Fingerprint,
  type SealTick,
} from '../../server/core/device-types.js';
import { hm, samplePackage } from './support/sample-plan.js';
import { codeOf, entered, installed, sealed, typesOf, type Scene } from './support/scene.js';
import { FINGERPRINT, UPS } from './support/usual-commands.js';

const compare = (scene: Scene, more: Partial<Fingerprint> = {}) =>
  scene.room({ type: 'compare-installation', fingerprint: { ...FINGERPRINT, ...more } });
const record = (scene: Scene, more: { red?: number; reportId?: string; attested?: AttestedLine[] } = {}) =>
  scene.room({
    ...{ type: 'record-preflight', reportId: 'p1', hash: 'h', green: 40, amber: 2, red: 0, unknown: 1 },
    redLines: [],
    ...more,
  });
const needsReport = { policy: { sealNeedsReport: true } };
const ticks: SealTick[] = [...SEAL_TICKS];
const sign = (scene: Scene, said: { ticks?: SealTick[]; reportId?: string } = {}, staffId = 'sysadmin') =>
  scene.staff(staffId, { type: 'sign-seal', sessionId: 'am', ...said });

void t.test(
  '[PF1] the last check stands, with what was installed then and what was changed since',
  async (t) => {
    const scene = installed();
    t.equal(preflightView(scene.state), null);
    t.match(record(scene).events, [
      { type: 'preflight-recorded', reportId: 'p1', green: 40, amber: 2, red: 0, unknown: 1, redLines: [] },
    ]);
    t.match(scene.state.preflight, { at: hm('08:00'), fingerprint: null });
    t.same(preflightView(scene.state)?.changed, []);
    compare(scene);
    t.same(preflightView(scene.state)?.changed, [], 'nobody had said what was installed then');
    record(scene, { reportId: 'p2', red: 1 });
    t.match(scene.state.preflight, { reportId: 'p2', red: 1, fingerprint: FINGERPRINT });
    compare(scene, { config: 'c2', seats: 's2' });
    t.same(preflightView(scene.state)?.changed, ['config', 'seats']);
    t.notOk('fingerprint' in (preflightView(scene.state) ?? {}), 'no page needs the hashes');
  },
);

void t.test(
  '[PF4] what people say of lines is in the event, with their note; a journal of before reads as ever',
  async (t) => {
    const scene = installed();
    const attested: AttestedLine[] = [
      { line: 'room.bell', by: '席心', at: hm('07:50'), note: '后排也听得到' },
      { line: 'room.printer', by: '席心', at: hm('07:51') },
    ];
    const { events } = record(scene, { attested });
    t.same((events[0] as { attested?: unknown }).attested, attested);
    t.same(scene.state.preflight?.attested, attested, 'and they stand');
    const [before] = record(scene, { reportId: 'p2' }).events;
    t.notOk('attested' in (scene.state.preflight ?? {}));
    t.notOk('attested' in (before ?? {}), 'where nobody ticked there is no field');
    const state = initialState();
    for (const [index, event] of [...events, ...(before === undefined ? [] : [before])].entries())
      evolve(state, { ...event, at: index });
    t.match(state.preflight, { reportId: 'p2', green: 40 }, 'both kinds replay');
  },
);

void t.test('[SL6] the sysadmin signs with every tick; the clerk without', async (t) => {
  const scene = installed(needsReport);
  record(scene);
  t.match(sign(scene, { reportId: 'p1' }).refusal, { code: 'ticks-missing', params: { count: 9 } });
  for (const missing of SEAL_TICKS) {
    const said = { reportId: 'p1', ticks: ticks.filter((tick) => tick !== missing) };
    t.match(sign(scene, said).refusal, { code: 'ticks-missing', params: { count: 1 } }, missing);
  }
  t.equal(codeOf(sign(scene, {}, 'clerk')), null);
  t.match(sign(scene, { ticks, reportId: 'p1' }).events, [
    { type: 'seal-signed', as: 'sysadmin', ticks, reportId: 'p1' },
    { type: 'room-sealed' },
  ]);
  t.match(scene.session.seal, { sysadmin: 'sysadmin', clerk: 'clerk', ticks, reportId: 'p1' });
  compare(scene);
  compare(scene, { version: 'v2' });
  t.same(
    scene.session.seal,
    { sysadmin: null, clerk: null, orgConfirmed: false, brokenBy: 'changed:version' },
    'what was signed goes with the seal',
  );
});

void t.test(
  '[SL7] the report is the last one, without a red line, of today and of what is installed',
  async (t) => {
    const scene = installed(needsReport);
    const code = (reportId?: string) =>
      codeOf(sign(scene, { ticks, ...(reportId !== undefined && { reportId }) }));
    t.equal(code('p1'), 'report-missing');
    record(scene, { red: 2 });
    t.equal(code(), 'report-missing', 'a signature names what it stands under');
    t.equal(code('p0'), 'report-missing');
    t.match(sign(scene, { ticks, reportId: 'p1' }).refusal, { code: 'report-red', params: { count: 2 } });
    record(scene, { reportId: 'p2' });
    t.equal(code('p1'), 'report-missing', 'an older one');
    compare(scene);
    t.equal(code('p2'), 'report-old', 'what is installed was not known then');
    record(scene, { reportId: 'p3' });
    compare(scene, { seats: 's2' });
    t.equal(code('p3'), 'report-old', 'a seat was changed since');
    record(scene, { reportId: 'p4' });
    const at = scene.now;
    t.match(
      scene
        .at(at + 24 * 3_600_000 + 1)
        .staff('sysadmin', { type: 'sign-seal', sessionId: 'am', ticks, reportId: 'p4' }).refusal,
      {
        code: 'report-old',
        params: { at },
      },
    );
    t.equal(
      codeOf(
        scene
          .at(at + 24 * 3_600_000)
          .staff('sysadmin', { type: 'sign-seal', sessionId: 'am', ticks, reportId: 'p4' }),
      ),
      null,
    );
  },
);

void t.test('[SL6][SL7] where the plan asks for none, ticks and report are kept all the same', async (t) => {
  const scene = installed();
  sign(scene, { ticks: ['trial-passed'], reportId: 'p9' });
  t.match(scene.session.seal, { sysadmin: 'sysadmin', ticks: ['trial-passed'], reportId: 'p9' });
});

void t.test(
  '[SL8] the first fingerprint says what there is, each later one breaks the seals by name',
  async (t) => {
    const scene = sealed();
    t.same(compare(scene).events, [{ type: 'installation-fingerprinted', fingerprint: FINGERPRINT }]);
    t.same(compare(scene), { events: [], refusal: null }, 'the same installation');
    t.equal(scene.session.phase, 'sealed');
    t.match(compare(scene, { config: 'c2', devices: 'd2' }).events, [
      { type: 'seal-broken', sessionId: 'am', by: 'changed:config,devices' },
      { type: 'installation-fingerprinted' },
    ]);
    t.match(scene.session, { phase: 'installed', seal: { brokenBy: 'changed:config,devices' } });
    t.same(
      typesOf(compare(scene)),
      ['installation-fingerprinted'],
      'nothing left to break; every change is written',
    );
    const open = entered();
    compare(open);
    compare(open, { package: 'p2' });
    t.match(
      open.session,
      { phase: 'open', seal: { brokenBy: 'changed:package' } },
      'it goes on, shown broken',
    );
  },
);

void t.test(
  '[SE6][DV1] devices, alarms, check and fingerprint outlast a package, also for who begins to read there',
  async (t) => {
    const scene = installed();
    scene.room({ type: 'configure-devices', devices: [UPS] });
    scene.room({
      ...{ type: 'report-device', deviceId: 'ups-1', readings: { 'mains.present': false }, fault: null },
      changes: { raise: ['on-battery'], clear: [] },
    });
    scene.pc('s1', { type: 'report-internet', reached: true, probes: 1 });
    record(scene);
    compare(scene);
    const from = scene.events.length;
    scene.room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } });
    scene.room({
      ...{ type: 'report-device', deviceId: 'ups-1', readings: { 'mains.present': true }, fault: null },
      changes: { raise: [], clear: ['on-battery'] },
    });
    let late = initialState();
    for (const event of scene.events.slice(from)) late = evolve(late, structuredClone(event));
    t.same(late, scene.state);
    t.equal(late.alarmsRaised, 2);
    const installedEvent = scene.events[from];
    const carried = installedEvent?.type === 'package-installed' ? installedEvent.carried : undefined;
    t.match(
      carried?.equipment?.devices,
      { 'ups-1': { readings: { 'mains.present': false } } },
      'as it was then',
    );
  },
);

void t.test('[SE6] a journal of a room that knew no devices is read as before', async (t) => {
  const scene = installed();
  scene.room({ type: 'configure-devices', devices: [UPS] });
  const [, event] = scene.events;
  if (event?.type !== 'package-installed' || event.carried === undefined) return t.fail('no package');
  const { equipment: _, ...carried } = event.carried;
  const state = evolve(scene.state, { ...event, carried });
  t.ok(state.devices['ups-1'], 'nothing is said of devices, nothing is forgotten');
  t.equal(evolve(initialState(), { ...event, carried }).preflight, null);
});
