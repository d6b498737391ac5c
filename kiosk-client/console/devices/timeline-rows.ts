// Makes of acts and alarms the rows of the timeline: a row a device or seat, bars of alarms from when they were raised until
// they cleared, marks for what people did. Pure.

import type { AlarmView, DeviceMark } from '../../../server/protocol/staff.js';

export interface TimelineBar {
  code: string;
  severity: 'amber' | 'red';
  from: number;
  /** null = it stands. */
  to: number | null;
}

export interface TimelineRow {
  /** A device, a seat, or both null for the mains of the room. */
  deviceId: string | null;
  seatId: string | null;
  bars: TimelineBar[];
  /** Acknowledgements, acts and attestations. */
  dots: DeviceMark[];
}

/**
 * Devices first, in the room's order, each with its row; then seats and the mains, where anything happened.
 * @param standing alarms of the picture: one that was raised before the first mark has a bar too
 */
export function timelineRows(
  deviceIds: readonly string[],
  marks: readonly DeviceMark[],
  standing: readonly AlarmView[],
): TimelineRow[] {
  const rows = new Map<string, TimelineRow>();
  const open = new Map<string, TimelineBar>();
  const rowOf = (deviceId: string | null, seatId: string | null): TimelineRow => {
    const key = `${deviceId ?? ''}/${seatId ?? ''}`;
    const row = rows.get(key) ?? { deviceId, seatId, bars: [], dots: [] };
    rows.set(key, row);
    return row;
  };
  const raise = (row: TimelineRow, key: string, bar: TimelineBar): void => {
    if (open.has(key)) return;
    open.set(key, bar);
    row.bars.push(bar);
  };
  const clear = (key: string, at: number): void => {
    const bar = open.get(key);
    if (bar !== undefined) bar.to = at;
    open.delete(key);
  };
  for (const deviceId of deviceIds) rowOf(deviceId, null);
  for (const mark of marks) {
    const { type, at, params, deviceId, seatId } = mark;
    const row = rowOf(deviceId, seatId);
    const { alarmId = '', code = '', severity } = params;
    if (type === 'alarm-raised')
      raise(row, alarmId, { code, severity: severity === 'red' ? 'red' : 'amber', from: at, to: null });
    else if (type === 'alarm-cleared') clear(alarmId, at);
    else if (type === 'mains-lost')
      raise(row, 'mains', { code: 'mains-lost', severity: 'red', from: at, to: null });
    else if (type === 'mains-restored') clear('mains', at);
    else row.dots.push(mark);
  }
  for (const { alarmId, deviceId, seatId, code, severity, raisedAt, clearedAt } of standing)
    if (clearedAt === null)
      raise(rowOf(deviceId, seatId), alarmId, { code, severity, from: raisedAt, to: null });
  return [...rows.values()];
}

/** Round instants for the axis: about six of them between the ends, each on a whole step of China's clock. */
export function axisTicks(from: number, to: number): number[] {
  const step = STEPS_MS.find((one) => (to - from) / one <= 8) ?? 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

const MINUTE_MS = 60_000;
const STEPS_MS = [1, 5, 10, 15, 30, 60, 120, 240, 720].map((minutes) => minutes * MINUTE_MS);

/**
 * What the axis spans: the exam from a quarter of an hour before its start until now, or the last two hours. Time that nobody
 * has seen yet takes no room.
 */
export function timelineSpan(
  session: { startsAt: number; startedAt: number | null } | null,
  now: number,
): { from: number; to: number } {
  const start = session?.startedAt ?? null;
  const from = start === null || start > now ? now - 120 * MINUTE_MS : start - 15 * MINUTE_MS;
  return { from, to: now + Math.max(MINUTE_MS, (now - from) / 40) };
}
