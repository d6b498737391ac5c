// The seal, what breaks it, pairing, and the codes of the org.

import t from 'tap';
import type { StaffCommand } from '../../server/core/commands.js';
import { hm } from './support/sample-plan.js';
import { codeOf, ended, entered, installed, running, sealed, Scene, typesOf } from './support/scene.js';

const sign = { type: 'sign-seal', sessionId: 'am' } as const;
const confirm = (counter: number | null): Extract<StaffCommand, { type: 'confirm-seal' }> => ({
  type: 'confirm-seal',
  sessionId: 'am',
  authorisation: counter === null ? { ok: false } : { ok: true, counter },
});
const needsCode = { policy: { sealNeedsOrgCode: true, codeTries: 3 } };

void t.test('[SL1] two people sign, each half once', async (t) => {
  const scene = installed();
  t.match(scene.staff('sysadmin', sign).events, [
    { type: 'seal-signed', as: 'sysadmin', staffId: 'sysadmin' },
  ]);
  t.equal(codeOf(scene.staff('sysadmin', sign)), 'already-signed');
  t.same(typesOf(scene.staff('clerk', sign)), ['seal-signed', 'room-sealed']);
  t.equal(scene.session.phase, 'sealed');
  t.equal(scene.session.seal.orgConfirmed, false);
});

void t.test('[SL1] one person with both roles signs one half', async (t) => {
  const scene = installed();
  t.match(scene.staff('hands', sign).events, [{ as: 'sysadmin' }]);
  t.equal(codeOf(scene.staff('hands', sign)), 'same-person');
  t.equal(codeOf(scene.staff('clerk', sign)), null);
  const other = installed();
  other.staff('sysadmin', sign);
  t.match(other.staff('hands', sign).events, [{ as: 'clerk' }, { type: 'room-sealed' }]);
});

void t.test('[SL2][SL3] where the policy asks for it the org confirms, after both have signed', async (t) => {
  const scene = installed(needsCode);
  t.equal(codeOf(scene.staff('technician', confirm(1))), 'seal-incomplete');
  scene.staff('clerk', sign);
  t.equal(codeOf(scene.staff('technician', confirm(1))), 'seal-incomplete');
  t.same(typesOf(scene.staff('sysadmin', sign)), ['seal-signed']);
  t.equal(scene.session.phase, 'installed');
  t.equal(codeOf(scene.staff('sysadmin', { ...confirm(1), authorisation: null })), 'needs-second-approval');
  t.same(scene.staff('technician', confirm(1)).events, [
    { type: 'room-sealed', sessionId: 'am', counter: 1 },
  ]);
  t.match(scene.session, { phase: 'sealed', seal: { orgConfirmed: true } });
});

void t.test(
  '[OC1] wrong codes are counted and lock; a right one is refused while locked, and forgets them after',
  async (t) => {
    const scene = installed(needsCode);
    scene.staff('sysadmin', sign);
    scene.staff('clerk', sign);
    t.match(scene.staff('technician', confirm(null)), {
      refusal: { code: 'wrong-org-code', params: { left: 2 } },
      events: [{ type: 'code-refused', command: 'confirm-seal', lockedUntil: null }],
    });
    t.equal(scene.session.failedOrgCodes, 1);
    t.match(scene.staff('technician', confirm(null)).refusal, { params: { left: 1 } });
    t.match(scene.staff('technician', confirm(null)).events, [{ lockedUntil: hm('08:10') }]);
    t.match(scene.at('08:10', -1).staff('technician', confirm(1)).refusal, {
      code: 'codes-locked',
      params: { until: hm('08:10') },
    });
    scene.at('08:10').staff('technician', confirm(null));
    t.equal(scene.session.failedOrgCodes, 1, 'counted from new');
    t.equal(codeOf(scene.staff('technician', confirm(7))), null);
    t.match(scene.session, { failedOrgCodes: 0, orgCodesLockedUntil: null });
  },
);

void t.test('[OC1] a code works once, whatever it is used for', async (t) => {
  const scene = installed(needsCode);
  const delay = {
    type: 'delay-start',
    sessionId: 'am',
    ms: 1,
    reason: '延迟',
    authorisation: { ok: true, counter: 7 },
  } as const;
  t.equal(codeOf(scene.staff('chief', delay)), null);
  t.equal(codeOf(scene.staff('chief', delay)), 'org-code-used');
  scene.staff('sysadmin', sign);
  scene.staff('clerk', sign);
  t.equal(codeOf(scene.staff('technician', confirm(7))), 'org-code-used');
});

const pair = (seatId: string, pcId: string) => ({ type: 'pair-seat', seatId, pcId }) as const;
const unpair = (seatId: string) => ({ type: 'unpair-seat', seatId, reason: '更换' }) as const;

void t.test('[SL4] a change of the installation breaks the seal visibly; it is signed anew', async (t) => {
  const scene = sealed();
  t.match(scene.staff('sysadmin', unpair('b1')).events, [
    { type: 'seal-broken', sessionId: 'am', by: 'seat-unpaired B1' },
    { type: 'seat-unpaired', seatId: 'b1' },
  ]);
  t.match(scene.session, {
    phase: 'installed',
    seal: { sysadmin: null, clerk: null, brokenBy: 'seat-unpaired B1' },
  });
  t.same(typesOf(scene.staff('sysadmin', pair('b1', 'pc-x'))), ['seat-paired'], 'nothing left to break');
  scene.staff('clerk', sign);
  t.match(scene.staff('sysadmin', unpair('b1')).events[0], { type: 'seal-broken' }, 'half a seal breaks too');
  scene.staff('sysadmin', sign);
  t.match(scene.staff('sysadmin', unpair('b2')).events[0], { type: 'seal-broken' });
  for (const staffId of ['sysadmin', 'clerk']) scene.staff(staffId, sign);
  t.match(scene.session, { phase: 'sealed', seal: { brokenBy: null } });
});

void t.test('[SL4] a session that was entered goes on, the broken seal shown once', async (t) => {
  const scene = entered();
  scene.staff('sysadmin', unpair('b1'));
  t.match(scene.session, { phase: 'open', seal: { sysadmin: 'sysadmin', brokenBy: 'seat-unpaired B1' } });
  t.same(typesOf(scene.staff('sysadmin', pair('b1', 'pc-x'))), ['seat-paired']);
  t.same(typesOf(ended().staff('sysadmin', unpair('b1'))), ['seat-unpaired'], 'after the end it is over');
});

void t.test('[SL5] one PC a seat, one seat a PC', async (t) => {
  const scene = installed();
  t.equal(codeOf(scene.staff('sysadmin', pair('s1', 'pc-s1'))), 'nothing-to-do');
  t.match(scene.staff('sysadmin', pair('s1', 'pc-new')).refusal, {
    code: 'seat-taken',
    params: { seat: '01' },
  });
  t.equal(codeOf(scene.staff('sysadmin', pair('s77', 'pc-new'))), 'unknown-seat');
  t.equal(codeOf(scene.staff('sysadmin', unpair('s77'))), 'unknown-seat');
  scene.staff('sysadmin', unpair('s1'));
  t.equal(codeOf(scene.staff('sysadmin', unpair('s1'))), 'seat-not-paired');
  t.match(scene.staff('sysadmin', pair('s1', 'pc-s2')).refusal, {
    code: 'pc-already-paired',
    params: { seat: '02' },
  });
  t.equal(codeOf(scene.staff('sysadmin', pair('s1', 'pc-new'))), null);
  t.match(scene.state.seats['s1'], { pcId: 'pc-new', connected: false, check: null });
});

void t.test(
  '[SL5] a connected PC at which somebody writes is not unpaired, one that is gone may be',
  async (t) => {
    const scene = running().at('09:10');
    t.match(scene.staff('sysadmin', unpair('s1')).refusal, { code: 'seat-taken', params: { seat: '01' } });
    t.equal(codeOf(scene.staff('sysadmin', unpair('b1'))), null, 'nobody sits at a spare PC');
    scene.disconnect('s1');
    t.equal(codeOf(scene.staff('sysadmin', unpair('s1'))), null);
    t.same(scene.lease().offline, [{ from: hm('09:10'), to: null }], 'recorded once');
    const away = running().at('09:10');
    away.swap('c1', 'b1');
    away.at('09:11').staff('sysadmin', unpair('s1'));
    t.same(away.lease().offline, [{ from: hm('09:11'), to: null }], 'with the pairing goes the connection');
  },
);

void t.test('[SL5] a PC reports its check from its own seat', async (t) => {
  const scene = installed();
  const check = { browser: 'Chrome 74', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true };
  t.equal(codeOf(scene.pc('s1', { type: 'report-check', check })), null);
  t.same(scene.state.seats['s1']?.check, check);
  const foreign = { kind: 'seat', seatId: 's1', pcId: 'pc-s2' } as const;
  t.equal(codeOf(scene.when({ type: 'report-check', check, by: foreign })), 'seat-not-paired');
  t.equal(codeOf(new Scene().when({ type: 'report-check', check, by: foreign })), 'seat-not-paired');
});
