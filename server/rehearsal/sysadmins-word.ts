// What a simulated sysadmin has to say before the seal where the plan asks for it (SL6, SL7): checks the room for real, and ticks.
// Whether the report is good enough is the room's to say, as for anybody.

import { SEAL_TICKS, type SealTick } from '../core/device-types.js';
import type { RoomView } from '../protocol/staff.js';
import type { SimulatedStaff } from './simulated-staff.js';

/** No camera is watched yet; somebody looks at the recorder. */
const LOOKED_AT = ['devices.cameras'];
/** A rehearsal of the whole room is part of the check. */
const CHECK_MS = 360_000;
/** What has not answered by then is named by the report. */
const DEVICES_WITHIN_MS = 20_000;

/**
 * Ticks and report for the signature; nothing where the plan does not ask for them.
 * @throws Error when the check was refused, or no report was recorded
 */
export async function sysadminsWord(
  sysadmin: SimulatedStaff,
  sessionId: string,
): Promise<{ ticks?: SealTick[]; reportId?: string }> {
  const session = sysadmin.view?.session;
  if (session?.sessionId !== sessionId || !session.sealNeedsReport) return {};
  await sysadmin.until(devicesAnswer, DEVICES_WITHIN_MS, 'devices').catch(() => undefined);
  const { report } = await sysadmin.checkRoom(LOOKED_AT, CHECK_MS);
  return { ticks: [...SEAL_TICKS], reportId: report.reportId };
}

/** Nobody begins the check while the strip is still grey from the start of the server. */
function devicesAnswer({ devices }: RoomView): boolean {
  return devices.every(({ fault, readAt }) => fault === null && readAt !== null);
}
