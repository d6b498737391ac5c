// What stands under "just happened": one line an event, with names and numbers for the page's sentence. Answers, clock
// samples and connections by the dozen are not news.

import type { Event, EventType } from '../core/events.js';
import type { State } from '../core/types.js';
import { candidateAt, entryOf } from '../core/state-access.js';
import type { FeedLine } from '../protocol/staff.js';
import type { Published } from '../room.js';

/** Events that no line is made of. */
export const NOT_NEWS: ReadonlySet<EventType> = new Set<EventType>([
  'answer-saved',
  'answer-contested',
  'answer-restored',
  'audio-played',
  'file-received',
  'file-dropped',
  'clock-sampled',
  'machine-checked',
  'paper-dealt',
  'identity-confirmed',
  'rules-confirmed',
  'gap-reported',
  'roster-installed',
  'row-wiped',
  'wipe-finished',
  'device-read',
  'internet-checked',
  'document-read',
  'installation-fingerprinted',
  'video-configured',
  'video-recorded',
]);

/** Fields of events that may be shown as they are. */
const SHOWN = [
  'ms',
  'reason',
  'act',
  'fault',
  'note',
  'severity',
  'what',
  'value',
  'red',
  'amber',
  'green',
  'unknown',
  'code',
  'text',
  'category',
  'command',
  'byMs',
  'beforeEndMs',
  'role',
  'accompaniedBy',
  'by',
  'as',
  'why',
  'version',
  'address',
  'outcome',
  'target',
  'way',
  'seats',
  'pcs',
  'handedIn',
  'lost',
  'answering',
  'saves',
] as const;

/** A line, or null for what is not news. */
export function feedLine(state: State, { seq, event, actor }: Published): FeedLine | null {
  if (NOT_NEWS.has(event.type)) return null;
  const params: Record<string, string | number> = {};
  const fields = event as unknown as Record<string, unknown>;
  for (const name of SHOWN) {
    const value = fields[name];
    if (typeof value === 'string' || typeof value === 'number') params[name] = value;
  }
  if (event.type === 'package-installed') {
    const { packageId, sequence } = event.package;
    Object.assign(params, { packageId, sequence, from: event.origin?.name ?? '' });
  }
  if (event.type === 'package-removed' || event.type === 'install-refused')
    Object.assign(params, { packageId: event.packageId ?? '', from: event.origin.name });
  if (event.type === 'video-export-ended' && event.reason !== null)
    Object.assign(params, { zh: event.reason.zh, en: event.reason.en });
  if (Array.isArray(fields['absent'])) params['absent'] = fields['absent'].length;
  if (Array.isArray(fields['candidateIds'])) params['count'] = fields['candidateIds'].length;
  Object.assign(params, whoAndWhere(state, event));
  if (actor.kind === 'staff') params['staff'] = entryOf(state.staff, actor.staffId)?.name ?? actor.staffId;
  return { seq, at: event.at, type: event.type, params };
}

function whoAndWhere(state: State, event: Event): Record<string, string> {
  const found: Record<string, string> = {};
  const seat = (seatId: string | null | undefined) =>
    seatId ? (entryOf(state.seats, seatId)?.label ?? seatId) : undefined;
  if ('seatId' in event) found['seat'] = seat(event.seatId) ?? '';
  if ('deviceId' in event && event.deviceId !== null)
    found['device'] = entryOf(state.devices, event.deviceId)?.card.name ?? event.deviceId;
  if ('toSeatId' in event) found['toSeat'] = seat(event.toSeatId) ?? '';
  if ('staffId' in event) found['person'] = entryOf(state.staff, event.staffId)?.name ?? event.staffId;
  if ('sessionId' in event && 'candidateId' in event && event.candidateId !== null) {
    const candidate = candidateAt(state, event.sessionId, event.candidateId);
    if (candidate !== undefined) {
      found['name'] = candidate.entry.name;
      found['seat'] ??= seat(candidate.leases.at(-1)?.seatId ?? candidate.entry.seatId) ?? '';
    }
  }
  return found;
}
