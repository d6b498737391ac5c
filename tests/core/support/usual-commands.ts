// One well-formed command of every type, by the person or PC whose it is, about candidate c1 at seat s1.

import type { Command, CommandType } from '../../../server/core/commands.js';
import type { RoomRehearsal, StoppedRehearsal } from '../../../server/core/rehearsal-types.js';
import type { DeviceCard, Fingerprint, PackageOrigin } from '../../../server/core/types.js';
import { MINUTE, hm, orderOf, samplePackage } from './sample-plan.js';
import { byRoom, byStaff, checkIn, type Scene } from './scene.js';

/** A technician far away. */
export const ORIGIN: PackageOrigin = {
  way: 'remote',
  keyId: '0'.repeat(16),
  name: '远助',
  address: '10.0.0.9',
};

/** Neither is configured in the scenes: what asks for them is refused. */
export const UPS: DeviceCard = { deviceId: 'ups-1', kind: 'ups', name: '服务器 UPS', adapter: 'nut' };
/** Two PCs that played a practice session without fault. */
export const REHEARSED: RoomRehearsal = {
  ...{ runId: 'r1', begunBy: 'sysadmin', begunAt: hm('08:00'), ended: 'complete' },
  ...{ seats: 6, handedIn: 6, acknowledged: 120, lost: 0, refused: 0, problems: [], missing: [] },
  phases: { logIn: { count: 6, p50: 8, p99: 20 }, save: { count: 120, p50: 5, p99: 30 } },
  pcs: ['01', '02'].map((label) => ({
    ...{ label, seats: 3, handedIn: 3, saves: 60, saveP99Ms: 30, firstPaperP99Ms: 90, refused: 0 },
    problems: [],
  })),
};

/** The same two PCs, as they were asked. */
export const BEGUN = { runId: 'r1', seats: 6, lastsMs: MINUTE, pcs: 2 };

/** The same two PCs, stopped while they answered. */
export const SO_FAR: Omit<StoppedRehearsal, 'stoppedBy'> = {
  ...{ runId: 'r1', stage: 'answering', pcs: 2, seats: 6, connected: 6 },
  ...{ answering: 6, handedIn: 0, saves: 40, saveP99Ms: 30 },
};

export const FINGERPRINT: Fingerprint = {
  ...{ package: 'p', version: 'v', config: 'c', devices: 'd', seats: 's' },
};

/** @param scene the room in which it is given: its time is the time of writing */
export function usualCommands(scene: Scene): { [K in CommandType]: Extract<Command, { type: K }> } {
  const am = { sessionId: 'am' } as const;
  const c1 = { ...am, candidateId: 'c1' } as const;
  const held = { candidateId: 'c1', lease: 1, by: scene.sitting('s1') } as const;
  const ticketNo = scene.session.candidates['c1']?.entry.ticketNo ?? '0';
  const look = { bootId: 'boot-1', wallAt: scene.now, monoMs: 0 };
  const chief = byStaff('chief');
  const proctor = byStaff('proctor');
  const sysadmin = byStaff('sysadmin');
  const authorisation = { ok: true, counter: 9 } as const;
  const check = { browser: 'x', screen: 'y', storageOk: true, cryptoOk: true, passed: true };
  return {
    'install-package': { type: 'install-package', package: { ...samplePackage(), sequence: 2 }, by: byRoom },
    'remove-package': {
      type: 'remove-package',
      packageId: 'pkg',
      reason: '换包',
      origin: ORIGIN,
      by: byRoom,
    },
    'record-install-refused': {
      ...{ type: 'record-install-refused', act: 'install', code: 'wrong-hash', packageId: null, by: byRoom },
      origin: ORIGIN,
    },
    'start-server': { type: 'start-server', ...look, version: 'test', by: byRoom },
    'sample-clock': { type: 'sample-clock', ...look, by: byRoom },
    'compare-clock': { type: 'compare-clock', deviationsMs: [1, 2, 3], aheadMs: [1, 2, 3], by: byRoom },
    'connect-seat': { type: 'connect-seat', seatId: 'b2', pcId: 'pc-b2', by: byRoom },
    'disconnect-seat': { type: 'disconnect-seat', seatId: 'b2', pcId: 'pc-b2', by: byRoom },
    'record-simulated-refused': { type: 'record-simulated-refused', address: '10.0.0.9', by: byRoom },
    'record-sign-in': { type: 'record-sign-in', staffId: 'clerk', ok: true, by: byRoom },
    'deal-paper': { type: 'deal-paper', ...am, paperId: 'main', orders: { c1: orderOf() }, by: byRoom },
    'record-wipe': { type: 'record-wipe', ...am, packageHash: null, by: byRoom },
    'record-bundle': { type: 'record-bundle', ...am, fileHash: 'h', chainHead: 'c', by: byRoom },
    'drop-file': { type: 'drop-file', ...c1, fileHash: 'a'.repeat(64), by: byRoom },
    'configure-devices': { type: 'configure-devices', devices: [UPS], by: byRoom },
    'report-device': {
      ...{ type: 'report-device', deviceId: 'ups-1', readings: { 'mains.present': true }, fault: null },
      ...{ changes: { raise: [], clear: [] }, by: byRoom },
    },
    'note-act': { type: 'note-act', deviceId: 'ups-1', act: 'off', fault: null, by: byRoom },
    'note-document-read': {
      ...{ type: 'note-document-read', ...am, deviceId: 'reader-1', candidateId: 'c1', outcome: 'match' },
      ...{ differing: [], by: byRoom },
    },
    'record-preflight': {
      ...{ type: 'record-preflight', reportId: 'p1', hash: 'h', green: 40, amber: 1, red: 0, unknown: 0 },
      ...{ redLines: [], by: byRoom },
    },
    'record-rehearsal': { type: 'record-rehearsal', ...REHEARSED, by: byRoom },
    'compare-installation': { type: 'compare-installation', fingerprint: FINGERPRINT, by: byRoom },
    'doubt-video': { type: 'doubt-video', cameraId: 'cam-1', line: 3, by: byRoom },
    'note-video-export': {
      ...{ type: 'note-video-export', exportId: 'x1', exported: 'am', target: '/media/usb', by: byRoom },
      happenedAt: scene.now,
    },
    'end-video-export': {
      ...{ type: 'end-video-export', exportId: 'x9', outcome: 'interrupted', reason: null, what: null },
      by: byRoom,
    },
    'configure-video': { type: 'configure-video', beforeMs: MINUTE, afterMs: MINUTE, by: byRoom },
    'report-video': { type: 'report-video', cameraId: 'cam-1', lines: [], wallAheadMs: 0, by: byRoom },
    tick: { type: 'tick', by: byRoom },
    'report-check': { type: 'report-check', check, by: scene.sitting('s1') },
    'report-internet': { type: 'report-internet', reached: false, probes: 3, by: scene.sitting('s1') },
    'log-in': { type: 'log-in', ...am, ticketNo, password: ticketNo.slice(-6), by: scene.sitting('s1') },
    'confirm-identity': { type: 'confirm-identity', ...held },
    'confirm-rules': { type: 'confirm-rules', ...held },
    'save-answer': {
      ...{ type: 'save-answer', ...held, itemId: 'q1', rev: 1, value: { options: ['a'] }, marked: false },
      madeAt: scene.now,
    },
    submit: { type: 'submit', ...held, madeAt: scene.now },
    'raise-hand': { type: 'raise-hand', ...held },
    'lower-hand': { type: 'lower-hand', ...held },
    'note-play': { type: 'note-play', ...held, itemId: 'q1', count: 1 },
    'report-gap': { type: 'report-gap', ...held, from: hm('09:01'), to: hm('09:02') },
    'receive-file': { type: 'receive-file', ...held, fileHash: 'a'.repeat(64), bytes: 1 },
    'confirm-nothing-unsent': { type: 'confirm-nothing-unsent', ...held },
    'pair-seat': { type: 'pair-seat', seatId: 'b2', pcId: 'pc-new', by: sysadmin },
    'unpair-seat': { type: 'unpair-seat', seatId: 'b2', reason: '更换', by: sysadmin },
    'sign-seal': { type: 'sign-seal', ...am, by: sysadmin },
    'confirm-seal': { type: 'confirm-seal', ...am, authorisation, by: byStaff('technician') },
    'open-entry': { type: 'open-entry', ...am, by: chief },
    'check-in': { ...checkIn('c3'), by: proctor },
    'correct-check-in': { type: 'correct-check-in', ...c1, reason: '点错', by: proctor },
    'open-paper': { type: 'open-paper', ...am, paperId: 'main', opened: true, codeId: 'k', by: chief },
    'enable-reserve': {
      ...{ type: 'enable-reserve', ...am, paperId: 'reserve', reason: '主卷泄露', authorisation, by: chief },
    },
    'delay-start': { type: 'delay-start', ...am, ms: MINUTE, reason: '统一延迟', authorisation, by: chief },
    'start-session': { type: 'start-session', ...am, by: chief },
    'pause-session': { type: 'pause-session', ...am, cause: 'power', reason: '停电', by: chief },
    'resume-session': { type: 'resume-session', ...am, by: chief },
    'report-mains': { type: 'report-mains', present: false, by: sysadmin },
    'request-extension': {
      type: 'request-extension',
      ...c1,
      requestId: 'r1',
      ms: MINUTE,
      reason: '重启',
      by: proctor,
    },
    'approve-extension': {
      type: 'approve-extension',
      ...am,
      requestId: 'r0',
      authorisation: null,
      by: chief,
    },
    'reject-extension': { type: 'reject-extension', ...am, requestId: 'r0', reason: '无依据', by: chief },
    'swap-machine': { type: 'swap-machine', ...c1, toSeatId: 'b1', reason: '死机', by: proctor },
    'correct-swap': { type: 'correct-swap', ...c1, reason: '点错', by: proctor },
    'answer-hand': { type: 'answer-hand', ...c1, by: proctor },
    'leave-room': { type: 'leave-room', ...c1, accompaniedBy: '静安', by: proctor },
    'return-to-room': { type: 'return-to-room', ...c1, by: proctor },
    'end-candidate': { type: 'end-candidate', ...c1, reason: 'illness', text: '急病', by: chief },
    'reopen-candidate': { type: 'reopen-candidate', ...c1, reason: '误操作', by: chief },
    'record-incident': {
      ...{ type: 'record-incident', ...c1, incidentId: 'i1', category: 'other', text: '记录', by: proctor },
      happenedAt: null,
    },
    'send-message': { type: 'send-message', ...c1, text: '请安静', by: proctor },
    'end-session': { type: 'end-session', ...am, reason: '不可抗力', by: chief },
    'close-suspended': { type: 'close-suspended', ...am, by: chief },
    'continue-suspended': { type: 'continue-suspended', ...am, by: chief },
    'collect-session': { type: 'collect-session', ...am, withoutSeats: [], reason: null, by: chief },
    'confirm-receipt': {
      type: 'confirm-receipt',
      ...am,
      receiptId: 'r',
      verified: true,
      by: byStaff('technician'),
    },
    'confirm-clock': { type: 'confirm-clock', wallRight: true, by: chief },
    'acknowledge-alarm': { type: 'acknowledge-alarm', alarmId: 'al1', note: '已查看', by: sysadmin },
    'command-device': {
      ...{ type: 'command-device', deviceId: 'bell-1', act: 'ring', reason: '开考铃', by: sysadmin },
    },
    'attest-device': {
      ...{ type: 'attest-device', deviceId: 'ups-1', what: 'runtime', value: '7200', by: sysadmin },
      note: '放电测试',
    },
    'record-discharge': {
      ...{ type: 'record-discharge', deviceId: 'ups-1', note: '年度放电', by: sysadmin },
      result: { runtimeS: 7_600, seconds: 660, chargeFrom: 100, chargeTo: 94 },
    },
    'export-video': {
      ...{ type: 'export-video', ...am, exportId: 'x1', target: '/media/usb', by: sysadmin },
    },
    'run-preflight': { type: 'run-preflight', rehearsing: false, by: sysadmin },
    'begin-rehearsal': { type: 'begin-rehearsal', ...BEGUN, underWay: null, by: sysadmin },
    'stop-rehearsal': { type: 'stop-rehearsal', soFar: SO_FAR, by: sysadmin },
    'cancel-video-export': { type: 'cancel-video-export', exportId: 'x9', by: sysadmin },
    'stand-in': {
      ...{ type: 'stand-in', ...am, staffId: 'clerk', role: 'proctor', absentStaffId: 'proctor', by: chief },
      reason: '病假',
    },
  };
}
