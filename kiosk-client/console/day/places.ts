// The pages of the console, and which role has which. What a role may do is decided by the room alone; this only keeps pages
// away from people who have no use for them.

import type { Role } from '../texts/words.js';

export type Place =
  | 'map'
  | 'check-in'
  | 'lead'
  | 'time'
  | 'pairing'
  | 'preflight'
  | 'seal'
  | 'devices'
  | 'cameras'
  | 'hand-over'
  | 'record';

const PLACES: Record<Role, Place[]> = {
  chief: ['map', 'lead', 'check-in', 'time', 'devices', 'cameras', 'hand-over', 'record'],
  deputy: ['map', 'lead', 'check-in', 'time', 'devices', 'cameras', 'hand-over', 'record'],
  proctor: ['map', 'check-in', 'time', 'devices', 'cameras', 'record'],
  inspector: ['map', 'time', 'devices', 'cameras', 'hand-over', 'record'],
  clerk: ['map', 'seal', 'record'],
  sysadmin: ['map', 'pairing', 'preflight', 'seal', 'devices', 'cameras', 'hand-over', 'record'],
  'org-technician': ['map', 'preflight', 'seal', 'time', 'devices', 'cameras', 'hand-over', 'record'],
};

const ORDER: Place[] = [
  ...(['map', 'lead', 'check-in', 'time'] as const),
  ...(['pairing', 'preflight', 'seal', 'devices', 'cameras', 'hand-over', 'record'] as const),
];

/** The pages for somebody with these roles, in their fixed order. @param hasCameras false: none for cameras */
export function placesOf(roles: readonly Role[], hasCameras: boolean): Place[] {
  return ORDER.filter((place) => hasCameras || place !== 'cameras').filter(
    (place) => place === 'map' || roles.some((role) => PLACES[role].includes(place)),
  );
}

/** Where somebody with these roles begins the day. */
export function firstPlace(roles: readonly Role[], phase: string | null): Place {
  const isBefore = phase === null || phase === 'installed';
  if (roles.includes('sysadmin') && isBefore) return 'pairing';
  if ((roles.includes('clerk') || roles.includes('org-technician')) && isBefore) return 'seal';
  if (roles.includes('proctor') && phase === 'open') return 'check-in';
  if (roles.some((role) => LEADERS.includes(role)) && phase === 'open') return 'lead';
  return 'map';
}

const LEADERS: readonly Role[] = ['chief', 'deputy'];

/** Chief or deputy. */
export const leads = (roles: readonly Role[]) => roles.some((role) => LEADERS.includes(role));

/** May do what the proctors of the room do. */
export const proctors = (roles: readonly Role[]) => leads(roles) || roles.includes('proctor');

/** May acknowledge alarms. */
export const mayAcknowledge = (roles: readonly Role[]) => proctors(roles) || roles.includes('sysadmin');

/** May switch devices and say how they are. */
export const equips = (roles: readonly Role[]) => leads(roles) || roles.includes('sysadmin');
