// Turns what a staff page asks into commands of the rules: codes are checked here, ids are made here, the rules get the
// outcome. Nothing is decided here.

import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { OrgAuthorisation, StaffCommand } from '../core/commands.js';
import { entryOf } from '../core/state-access.js';
import { StaffRequestSchemas, type StaffRequest, type StaffRequestType } from '../protocol/staff.js';
import type { StaffHost } from './host.js';

const checks = new Map<string, TypeCheck<(typeof StaffRequestSchemas)[StaffRequestType]>>(
  Object.entries(StaffRequestSchemas).map(([type, schema]) => [type, TypeCompiler.Compile(schema)]),
);

/** The request when it is one, else null. */
export function readRequest(value: unknown): StaffRequest | null {
  const type = (value as { type?: unknown } | null)?.type;
  const check = typeof type === 'string' ? checks.get(type) : undefined;
  return check?.Check(value) ? (value as StaffRequest) : null;
}

const MINUTE_MS = 60_000;

/** The command that a request stands for; null where the pairing code is nobody's. `build-bundle` is no command. */
export async function commandOf(
  host: StaffHost,
  request: Exclude<StaffRequest, { type: 'build-bundle' }>,
  staffId: string,
): Promise<StaffCommand | null> {
  switch (request.type) {
    case 'pair-seat': {
      const pcId = host.pcOfPairingCode(request.pairingCode);
      if (pcId === null) return null;
      const { pairingCode, seatId } = request;
      const simulated = host.pendingPairings().find((one) => one.pairingCode === pairingCode)?.simulated;
      return { type: 'pair-seat', pcId, seatId, ...(simulated === true ? { simulated } : {}) };
    }
    case 'confirm-seal': {
      const { sessionId, orgCode } = request;
      return {
        type: 'confirm-seal',
        sessionId,
        authorisation: authorise(host, 'seal', sessionId, '', 0, orgCode),
      };
    }
    case 'enable-reserve': {
      const { sessionId, paperId, reason, orgCode } = request;
      const authorisation = authorise(host, 'reserve', sessionId, paperId, 0, orgCode);
      return { type: 'enable-reserve', sessionId, paperId, reason, authorisation };
    }
    case 'delay-start': {
      const { sessionId, minutes, reason, orgCode } = request;
      const authorisation = authorise(host, 'delay-start', sessionId, '', minutes, orgCode);
      return { type: 'delay-start', sessionId, ms: minutes * MINUTE_MS, reason, authorisation };
    }
    case 'open-paper': {
      const { sessionId, paperId, startCode, pin } = request;
      const opened = await host.openPaper({ sessionId, paperId, startCode, staffId, pin });
      return { type: 'open-paper', sessionId, paperId, opened, codeId: host.newId() };
    }
    case 'request-extension': {
      const { sessionId, candidateId, minutes, reason } = request;
      const requestId = host.newId();
      return {
        type: 'request-extension',
        sessionId,
        requestId,
        candidateId,
        ms: minutes * MINUTE_MS,
        reason,
      };
    }
    case 'approve-extension': {
      const { sessionId, requestId, orgCode } = request;
      const approval = entryOf(entryOf(host.room.state.sessions, sessionId)?.approvals ?? {}, requestId);
      const minutes = Math.round((approval?.ms ?? 0) / MINUTE_MS);
      const authorisation = authorise(
        host,
        'extension',
        sessionId,
        approval?.candidateId ?? '',
        minutes,
        orgCode,
      );
      return { type: 'approve-extension', sessionId, requestId, authorisation };
    }
    case 'record-incident':
      return { ...request, incidentId: host.newId() };
    case 'confirm-receipt': {
      const { sessionId, receipt } = request;
      const receiptId = host.verifyReceipt(sessionId, receipt);
      return { type: 'confirm-receipt', sessionId, receiptId: receiptId ?? '', verified: receiptId !== null };
    }
    case 'export-video': {
      const { sessionId, targetId } = request;
      const target = (await host.exports?.folderOf(sessionId, targetId)) ?? null;
      return { type: 'export-video', sessionId, exportId: host.newId(), target };
    }
    case 'record-discharge':
      return { ...request, result: host.devices?.discharge(request.deviceId) ?? null };
    default:
      return request;
  }
}

function authorise(
  host: StaffHost,
  act: string,
  sessionId: string,
  scope: string,
  minutes: number,
  typed: string | null,
): OrgAuthorisation | null {
  if (typed === null) return null;
  const counter = host.checkOrgCode({ act, sessionId, scope, minutes }, typed);
  return counter === null ? { ok: false } : { ok: true, counter };
}
