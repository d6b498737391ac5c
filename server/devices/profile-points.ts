// From raw values of a wire to points, and from points to readings of the dictionary. Pure: whatever a device answers, the
// result holds the dictionary or is a bad answer.

import { isReading, type ReadingName, type Readings } from '../core/readings.js';
import { DeviceFault } from './contract.js';
import { evaluate, type PointValue, type PointValues } from './expression.js';
import type { LoadedProfile } from './loaded-profile.js';
import type { ProfilePoint } from './profile-schema.js';

const LONGEST_TEXT = 200;

/** @throws DeviceFault bad-answer */
export function pointValue(name: string, point: ProfilePoint, raw: PointValue): PointValue {
  const refuse = (): never => {
    throw new DeviceFault('bad-answer', `${name} = ${String(raw).slice(0, 60)}`);
  };
  if (point.type === 'text') return String(raw).trim().slice(0, LONGEST_TEXT);
  if (point.type === 'number') {
    const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (typeof number !== 'number') return refuse();
    // Scales are decimal fractions: what they add behind the sixth digit is no measurement.
    const made = Math.round((number * (point.scale ?? 1) + (point.offset ?? 0)) * 1e6) / 1e6;
    return Number.isFinite(made) ? made : refuse();
  }
  const flag = flagOf(point, raw) ?? refuse();
  return point.inverted === true ? !flag : flag;
}

function flagOf({ bit, yes, no }: ProfilePoint, raw: PointValue): boolean | null {
  if (yes !== undefined || no !== undefined) {
    if (yes?.includes(raw) === true) return true;
    if (no?.includes(raw) === true) return false;
    return yes === undefined || no === undefined ? yes === undefined : null;
  }
  if (typeof raw === 'boolean') return raw;
  if (typeof raw !== 'number' || !Number.isInteger(raw) || raw < 0) return null;
  if (bit !== undefined) return Math.floor(raw / 2 ** bit) % 2 === 1;
  return raw === 0 || raw === 1 ? raw === 1 : null;
}

/** What the device says by its own rules: null where none of them is true. */
function reportedOn({ state }: LoadedProfile, points: PointValues): boolean | null {
  const first = state.find(({ when }) => evaluate(when, points) === true);
  return first === undefined ? null : first.is === 'on';
}

/** @throws DeviceFault bad-answer where a value leaves the range of the dictionary */
export function readingsOf(loaded: LoadedProfile, points: PointValues): Readings {
  const { profile } = loaded;
  const readings: Record<string, unknown> = { model: modelOf(loaded) };
  for (const [name, { reading }] of Object.entries(profile.points)) {
    if (reading === undefined || points[name] === undefined) continue;
    if (!isReading(reading, points[name]))
      throw new DeviceFault('bad-answer', `${reading} = ${String(points[name])}`);
    readings[reading satisfies string as ReadingName] = points[name];
  }
  if (profile.kind !== 'jammer') return readings as Readings;
  const reported = reportedOn(loaded, points);
  if (reported !== null) readings['jammer.reported'] = reported;
  const bands = Object.entries(profile.points).filter(([, { band }]) => band !== undefined);
  if (bands.length > 0)
    readings['jammer.bands'] = bands.filter(([name]) => points[name] === true).map(([, { band }]) => band);
  return readings as Readings;
}

/** A map that nobody tried on the bench says so wherever the device shows. */
function modelOf({ profile: { name, evidence } }: LoadedProfile): string {
  return evidence.level === 'bench' ? name.zh : `${name.zh}（未经实测 / unproven）`;
}
