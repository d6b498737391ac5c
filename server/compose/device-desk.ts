// What staff pages ask about devices beside the picture that is pushed: what each says this moment, the trend of its numbers,
// and what happened to it since the morning. It decides nothing and writes nothing.

import type { Event } from '../core/events.js';
import type { DeviceKind, ReadingName } from '../core/readings.js';
import type { Supervisor } from '../devices/supervisor.js';
import type { Journal } from '../journal/journal.js';
import type { DeviceDesk } from '../proctor/host.js';
import { eventOf } from '../protocol/journal-event.js';
import type { DeviceMark, TrendPoint } from '../protocol/staff.js';
import type { RunningRoom } from '../room.js';

/** The number that the strip draws small; the drawer has all of them. */
const LEADING: Record<DeviceKind, ReadingName | null> = {
  ups: 'battery.charge',
  jammer: 'temperature',
  'id-reader': null,
  contact: null,
  meter: 'supply.current',
  network: 'network.round-trip',
  camera: 'camera.bit-rate',
};
/** A plot that is 60 pixels wide needs no more; the drawer's is wider. */
const POINTS_SMALL = 60;
const POINTS_LARGE = 240;
/** A day of a room in which everything flaps all the time, and more. */
const MARKS_KEPT = 5_000;

export interface DeviceDeskParts {
  room: RunningRoom;
  supervisor: Pick<Supervisor, 'latest' | 'trends' | 'discharge'>;
  /** What the journal holds of the time before this process. */
  earlier: () => Promise<DeviceMark[]>;
}

/** @returns the desk, and what ends it */
export function openDeviceDesk({ room, supervisor, earlier }: DeviceDeskParts): {
  desk: DeviceDesk;
  stop: () => void;
} {
  const since: DeviceMark[] = [];
  const stop = room.subscribe((published) => {
    for (const { seq, event } of published) {
      const mark = markOf(seq, event);
      if (mark !== null) since.push(mark);
    }
    if (since.length > MARKS_KEPT) since.splice(0, since.length - MARKS_KEPT);
  });
  let before: Promise<DeviceMark[]> | null = null;
  const inRoomTime = (points: readonly TrendPoint[], atMost: number): TrendPoint[] => {
    const offset = room.now() - room.time.reading().monoMs;
    return thinned(points, atMost).map(({ at, value }) => ({ at: Math.round(at + offset), value }));
  };
  return {
    stop,
    desk: {
      live: () =>
        Object.values(room.state.devices).flatMap(({ card: { deviceId, kind } }) => {
          const last = supervisor.latest(deviceId);
          if (last === null) return [];
          const { readings, fault, at } = last;
          const reading = LEADING[kind];
          const points = reading === null ? undefined : supervisor.trends(deviceId)[reading];
          return {
            ...{ deviceId, readings, fault },
            at: Math.round(at + room.now() - room.time.reading().monoMs),
            trend:
              reading === null || points === undefined
                ? null
                : { reading, points: inRoomTime(points, POINTS_SMALL) },
          };
        }),
      trends: (deviceId) =>
        Object.fromEntries(
          Object.entries(supervisor.trends(deviceId)).map(([name, points]) => [
            name,
            inRoomTime(points, POINTS_LARGE),
          ]),
        ),
      discharge: (deviceId) => supervisor.discharge(deviceId),
      marks: async () => {
        before ??= earlier().catch((error: unknown) => {
          before = null;
          throw error;
        });
        const known = await before;
        const last = known[known.length - 1]?.seq ?? 0;
        return [...known, ...since.filter(({ seq }) => seq > last)].slice(-MARKS_KEPT);
      },
    },
  };
}

/** All marks that a journal holds, the newest `MARKS_KEPT`. */
export async function readMarks(journal: Pick<Journal, 'replay'>): Promise<DeviceMark[]> {
  const marks: DeviceMark[] = [];
  for await (const written of journal.replay()) {
    const mark = markOf(written.seq, eventOf(written));
    if (mark !== null) marks.push(mark);
    if (marks.length > 2 * MARKS_KEPT) marks.splice(0, MARKS_KEPT);
  }
  return marks.slice(-MARKS_KEPT);
}

const SHOWN = [
  'alarmId',
  'code',
  'severity',
  'act',
  'fault',
  'what',
  'value',
  'note',
  'reason',
  'by',
] as const;

/** The mark of an event, or null for what the timeline does not show. */
export function markOf(seq: number, event: Event): DeviceMark | null {
  switch (event.type) {
    case 'alarm-raised':
    case 'alarm-cleared':
    case 'alarm-acknowledged':
    case 'device-commanded':
    case 'device-acted':
    case 'device-attested':
    case 'mains-lost':
    case 'mains-restored': {
      const fields = event as unknown as Record<string, unknown>;
      const params: Record<string, string> = {};
      for (const name of SHOWN) {
        const value = fields[name];
        if (typeof value === 'string') params[name] = value;
      }
      return {
        ...{ seq, at: event.at, type: event.type },
        deviceId: 'deviceId' in event ? event.deviceId : null,
        seatId: 'seatId' in event ? event.seatId : null,
        params,
      };
    }
    default:
      return null;
  }
}

/** At most so many points, the newest always among them. */
export function thinned<T>(points: readonly T[], atMost: number): T[] {
  const step = Math.ceil(points.length / atMost);
  return points.filter((_, index) => (points.length - 1 - index) % Math.max(1, step) === 0);
}
