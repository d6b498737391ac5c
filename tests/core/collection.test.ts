// After the end: "nothing unsent", collection, bundle, receipt.

import t from 'tap';
import { laggingSeats } from '../../server/core/decide-ending.js';
import type { StaffCommand } from '../../server/core/commands.js';
import { hm } from './support/sample-plan.js';
import {
  codeOf,
  collected,
  ended,
  entered,
  handedOver,
  installed,
  running,
  saveOf,
  typesOf,
  type Scene,
} from './support/scene.js';

const nothing = { events: [], refusal: null };
const nothingUnsent = (candidateId = 'c1', lease = 1) =>
  ({ type: 'confirm-nothing-unsent', candidateId, lease }) as const;
const collect = (withoutSeats: string[] = [], reason: string | null = null): StaffCommand => ({
  type: 'collect-session',
  sessionId: 'am',
  withoutSeats,
  reason,
});

void t.test('[CO1] a PC is received after its candidate ended, once', async (t) => {
  const scene = running().at('09:10');
  t.equal(codeOf(scene.pc('s1', nothingUnsent())), 'wrong-phase');
  t.equal(codeOf(scene.pc('s2', nothingUnsent())), 'foreign-lease');
  scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
  t.match(scene.at('09:11').pc('s1', nothingUnsent()).events, [{ type: 'candidate-received', lease: 1 }]);
  t.equal(scene.candidate().receivedAllAt, hm('09:11'));
  t.same(scene.pc('s1', nothingUnsent()), nothing);
});

/** c1 moved from s1 to b1, and the exam ended. */
function moved(): Scene {
  const scene = running().at('09:10');
  scene.swap('c1', 'b1');
  scene.logIn('c1', 'b1');
  scene.at('10:00').tick();
  return scene;
}

void t.test('[CO1] every PC of a candidate counts', async (t) => {
  const scene = moved().at('10:01');
  t.same(laggingSeats(scene.session), ['s1', 'b1', 's2', 's3']);
  scene.pc('b1', nothingUnsent('c1', 2));
  t.equal(scene.candidate().receivedAllAt, null);
  scene.pc('s1', nothingUnsent('c1', 1));
  t.equal(scene.candidate().receivedAllAt, hm('10:01'));
  t.same(laggingSeats(scene.session), ['s2', 's3']);
  const early = running().at('09:10');
  early.swap('c1', 'b1');
  early.pc('s1', nothingUnsent());
  t.equal(early.candidate().receivedAllAt, null, 'the candidate is still on the way');
});

void t.test('[CO1] a PC that was left before the start holds nothing', async (t) => {
  const scene = entered().at('08:40');
  scene.admit('c1');
  scene.logIn('c1', 's1');
  scene.swap('c1', 'b1');
  t.same(laggingSeats(scene.session), []);
  scene.logIn('c1', 'b1');
  t.same(laggingSeats(scene.session), ['b1']);
  const atStart = (addedMs: number) => {
    const later = running();
    later.candidate().leases[0]!.to = hm('09:00', addedMs);
    return laggingSeats(later.session).includes('s1');
  };
  t.same([-1, 0, 1].map(atStart), [false, false, true]);
});

void t.test('[CO2] collection needs every PC, or its seat by name with a reason', async (t) => {
  const scene = ended().at('10:01');
  scene.pc('s1', nothingUnsent());
  t.same(scene.staff('chief', collect()).refusal, { code: 'still-unsent', params: { seats: '02, 03' } });
  t.same(scene.staff('chief', collect(['s2'], '主机烧毁')).refusal?.params, { seats: '03' });
  t.equal(codeOf(scene.staff('chief', collect(['s2', 's3']))), 'needs-reason');
  t.equal(codeOf(scene.staff('chief', collect(['s2', 's3'], ' '))), 'needs-reason');
  t.match(scene.staff('chief', collect(['s1', 's2', 's3'], '主机烧毁')).events, [
    { type: 'session-collected', withoutSeats: ['s2', 's3'], reason: '主机烧毁' },
  ]);
  const whole = ended().at('10:01');
  for (const id of ['c1', 'c2', 'c3']) whole.pc(id.replace('c', 's'), nothingUnsent(id));
  t.match(whole.staff('deputy', collect()).events, [{ withoutSeats: [], reason: null }]);
});

void t.test('[CO2] a seat that a later package no longer has is named by its id', async (t) => {
  const scene = ended();
  delete scene.state.seats['s1'];
  t.same(scene.staff('chief', collect()).refusal?.params, { seats: 's1, 02, 03' });
});

void t.test('[CO3][CO5] collected, the room is free and nothing is taken any more', async (t) => {
  const scene = collected();
  t.match(scene.session, { phase: 'collected', collectedAt: hm('10:01') });
  t.equal(scene.state.currentSession, null);
  const before = JSON.stringify(scene.state);
  const late: [string, Parameters<Scene['pc']>[1]][] = [
    ['s1', { ...saveOf(scene, 'c1'), madeAt: hm('09:59') } as never],
    ['s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: hm('09:59') }],
    ['s1', nothingUnsent()],
    ['s1', { type: 'raise-hand', candidateId: 'c1', lease: 1 }],
    ['s1', { type: 'report-gap', candidateId: 'c1', lease: 1, from: hm('09:10'), to: hm('09:11') }],
  ];
  for (const [seatId, command] of late)
    t.equal(codeOf(scene.pc(seatId, command)), 'after-collection', command.type);
  t.equal(codeOf(scene.pc('s2', nothingUnsent())), 'foreign-lease');
  t.equal(JSON.stringify(scene.state), before);
});

void t.test('[CO5] a lease of the morning does not write in the afternoon', async (t) => {
  const scene = collected();
  for (const staffId of ['sysadmin', 'clerk']) scene.staff(staffId, { type: 'sign-seal', sessionId: 'pm' });
  scene.at('13:40').staff('chief', { type: 'open-entry', sessionId: 'pm' });
  t.equal(codeOf(scene.pc('s1', saveOf(scene, 'c1'))), 'after-collection');
});

void t.test('[CO4] the receipt needs a bundle and a signature that holds', async (t) => {
  const scene = collected().at('10:30');
  const receipt = (verified: boolean) =>
    scene.staff('technician', { type: 'confirm-receipt', sessionId: 'am', receiptId: 'r-1', verified });
  t.equal(codeOf(receipt(true)), 'wrong-phase');
  scene.room({ type: 'record-bundle', sessionId: 'am', fileHash: 'hash', chainHead: 'head' });
  t.same(scene.session.bundle, { fileHash: 'hash', builtAt: hm('10:30') });
  t.equal(codeOf(receipt(false)), 'receipt-not-verified');
  t.same(typesOf(receipt(true)), ['session-handed-over', 'session-wiped']);
  t.match(scene.session, { phase: 'handed-over', receipt: 'r-1', handedOverAt: hm('10:30') });
  t.equal(handedOver().session.phase, 'handed-over');
  t.equal(
    codeOf(installed().room({ type: 'record-bundle', sessionId: 'am', fileHash: 'h', chainHead: 'c' })),
    'wrong-phase',
  );
});
