// Who may do what: roles from the state, stand-ins, refused acts on record, sign-ins.

import t from 'tap';
import type { Command } from '../../server/core/commands.js';
import { hm } from './support/sample-plan.js';
import {
  byRoom,
  checkIn,
  codeOf,
  collected,
  entered,
  ended,
  installed,
  running,
  Scene,
  typesOf,
} from './support/scene.js';

void t.test('[PW1] staff, PCs and the room give their own commands and no others', async (t) => {
  const scene = running();
  const start = { type: 'start-session', sessionId: 'am' } as const;
  const tick = { type: 'tick' } as const;
  const save = { type: 'lower-hand', candidateId: 'c1', lease: 1 } as const;
  const staff = { kind: 'staff', staffId: 'chief', station: 'x' } as const;
  const seat = scene.sitting('s1');
  const wrong: Command[] = [
    { ...start, by: seat },
    { ...start, by: byRoom },
    { ...tick, by: seat },
    { ...tick, by: staff },
    { ...save, by: byRoom },
    { ...save, by: staff },
    { type: 'report-mains', present: false, by: seat },
  ];
  for (const command of wrong)
    t.equal(codeOf(scene.would(command)), 'not-allowed', `${command.type} by ${command.by.kind}`);
  t.equal(codeOf(scene.staff('nobody', start)), 'unknown-staff');
  t.equal(codeOf(scene.staff('constructor', start)), 'unknown-staff');
  t.equal(codeOf(new Scene().staff('chief', start)), 'unknown-staff');
});

void t.test('[PW1] a role that a message claims counts for nothing', async (t) => {
  const by = { kind: 'staff', staffId: 'proctor', station: 'x', roles: ['chief'] } as never;
  t.equal(codeOf(running().when({ type: 'end-session', sessionId: 'am', reason: 'x', by })), 'not-allowed');
});

const standIn = (
  staffId: string,
  role: 'proctor' | 'sysadmin' | 'clerk' | 'chief' | 'inspector',
  absentStaffId: string,
) => ({ type: 'stand-in', sessionId: 'am', staffId, role, absentStaffId, reason: '病假' }) as const;

void t.test('[PW2] a stand-in has the role for that session alone', async (t) => {
  const scene = entered();
  t.equal(codeOf(scene.admit('c1', 'clerk')), 'not-allowed');
  t.same(typesOf(scene.staff('chief', standIn('clerk', 'proctor', 'proctor'))), ['stand-in-recorded']);
  t.equal(codeOf(scene.admit('c1', 'clerk')), null);
  t.equal(codeOf(scene.staff('clerk', { ...checkIn('c1'), sessionId: 'pm' })), 'not-allowed');
  t.equal(codeOf(scene.staff('chief', standIn('clerk', 'proctor', 'proctor'))), 'nothing-to-do');
});

void t.test('[PW2] for the room a stand-in counts until the session is collected', async (t) => {
  const scene = installed();
  const pairing = { type: 'unpair-seat', seatId: 'b1', reason: '坏' } as const;
  t.equal(codeOf(scene.staff('inspector', pairing)), 'not-allowed');
  scene.staff('chief', standIn('inspector', 'sysadmin', 'sysadmin'));
  t.equal(codeOf(scene.staff('inspector', pairing)), null);
  const over = collected();
  over.given({
    type: 'stand-in-recorded',
    sessionId: 'am',
    staffId: 'inspector',
    role: 'sysadmin',
    absentStaffId: 'sysadmin',
    reason: '病假',
  });
  t.equal(codeOf(over.staff('inspector', pairing)), 'not-allowed');
  over.given({
    type: 'stand-in-recorded',
    sessionId: 'gone',
    staffId: 'inspector',
    role: 'sysadmin',
    absentStaffId: 'sysadmin',
    reason: '病假',
  });
  t.equal(
    codeOf(over.staff('inspector', pairing)),
    null,
    'a session that a later package dropped was never collected',
  );
});

void t.test('[PW2] who may stand in for whom', async (t) => {
  const rows: [string, 'proctor' | 'sysadmin' | 'clerk' | 'chief' | 'inspector', string, string | null][] = [
    ['clerk', 'proctor', 'proctor', null],
    ['proctor', 'clerk', 'clerk', null],
    ['inspector', 'sysadmin', 'sysadmin', null],
    ['technician', 'sysadmin', 'sysadmin', null],
    ['deputy', 'chief', 'chief', null],
    ['proctor', 'sysadmin', 'sysadmin', 'not-allowed'],
    ['sysadmin', 'proctor', 'proctor', 'not-allowed'],
    ['proctor', 'chief', 'chief', 'not-allowed'],
    ['clerk', 'inspector', 'inspector', 'not-allowed'],
    ['nobody', 'proctor', 'proctor', 'unknown-staff'],
    ['clerk', 'proctor', 'nobody', 'unknown-staff'],
    ['clerk', 'proctor', 'sysadmin', 'unknown-staff'],
  ];
  for (const [staffId, role, absent, code] of rows)
    t.equal(
      codeOf(installed().staff('both', standIn(staffId, role, absent))),
      code,
      `${staffId} for ${absent} as ${role}`,
    );
  t.equal(codeOf(ended().staff('chief', standIn('clerk', 'proctor', 'proctor'))), null);
});

void t.test('[PW3] nobody gives himself a power, and two halves need two people', async (t) => {
  const scene = installed();
  t.equal(codeOf(scene.staff('inspector', standIn('inspector', 'sysadmin', 'sysadmin'))), 'same-person');
  t.equal(codeOf(scene.staff('chief', standIn('proctor', 'proctor', 'proctor'))), 'same-person');
  scene.staff('chief', standIn('inspector', 'sysadmin', 'sysadmin'));
  scene.given({
    type: 'stand-in-recorded',
    sessionId: 'am',
    staffId: 'inspector',
    role: 'clerk',
    absentStaffId: 'clerk',
    reason: '病假',
  });
  t.equal(codeOf(scene.staff('inspector', { type: 'sign-seal', sessionId: 'am' })), null);
  t.equal(codeOf(scene.staff('inspector', { type: 'sign-seal', sessionId: 'am' })), 'same-person');
});

void t.test(
  '[PW4] every refused act of staff is an event, with session and candidate where they exist',
  async (t) => {
    const scene = running().at('09:10');
    const refused = (staffId: string, command: Parameters<Scene['staff']>[1]) =>
      scene.staff(staffId, command).events;
    t.same(refused('proctor', { type: 'end-session', sessionId: 'am', reason: 'x' }), [
      { type: 'command-refused', command: 'end-session', code: 'not-allowed', sessionId: 'am' },
    ]);
    t.same(refused('proctor', checkIn('c1')), [
      {
        type: 'command-refused',
        command: 'check-in',
        code: 'already-checked-in',
        sessionId: 'am',
        candidateId: 'c1',
      },
    ]);
    t.same(refused('proctor', checkIn('c9')), [
      { type: 'command-refused', command: 'check-in', code: 'unknown-candidate', sessionId: 'am' },
    ]);
    t.same(refused('proctor', { ...checkIn('c1'), sessionId: 'xx' }), [
      { type: 'command-refused', command: 'check-in', code: 'unknown-session' },
    ]);
    t.same(refused('chief', { type: 'confirm-clock', wallRight: true }), [
      { type: 'command-refused', command: 'confirm-clock', code: 'nothing-to-do' },
    ]);
    t.same(refused('proctor', { type: 'send-message', sessionId: 'am', candidateId: null, text: '' }), [
      { type: 'command-refused', command: 'send-message', code: 'needs-reason', sessionId: 'am' },
    ]);
    t.same(
      scene.pc('s1', { type: 'raise-hand', candidateId: 'c2', lease: 1 }).events,
      [],
      'what PCs are refused is not',
    );
  },
);

void t.test(
  '[PW5] wrong sign-ins are counted and lock; trying while locked does not lengthen it',
  async (t) => {
    const scene = installed({ policy: { codeTries: 2 } });
    const signIn = (staffId: string, ok: boolean) => scene.room({ type: 'record-sign-in', staffId, ok });
    t.equal(codeOf(signIn('nobody', true)), 'unknown-staff');
    t.same(signIn('clerk', false), {
      refusal: { code: 'sign-in-refused', params: { left: 1 } },
      events: [{ type: 'sign-in-refused', staffId: 'clerk', code: 'sign-in-refused', lockedUntil: null }],
    });
    t.same(typesOf(signIn('clerk', true)), ['staff-signed-in']);
    signIn('clerk', false);
    t.match(signIn('clerk', false).events, [{ lockedUntil: hm('08:10') }]);
    t.match(scene.at('08:10', -1) && signIn('clerk', true), {
      refusal: { code: 'sign-in-locked', params: { until: hm('08:10') } },
      events: [{ type: 'sign-in-refused', code: 'sign-in-locked', lockedUntil: hm('08:10') }],
    });
    scene.at('08:10');
    t.equal(codeOf(signIn('clerk', true)), null);
    t.match(scene.state.staff['clerk'], { failedSignIns: 0, lockedUntil: null });
    t.equal(codeOf(signIn('proctor', true)), null, 'one by one');
  },
);
