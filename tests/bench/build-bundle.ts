// Has the room build the bundle of a session, as the system administrator does at the console.

import type { RoomView } from '../../server/protocol/staff.js';
import type { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';

/** Resolves when the room shows it. @throws Error with the refusal, or after five minutes */
export async function buildBundle(sysadmin: SimulatedStaff, sessionId: string): Promise<void> {
  const outcome = await sysadmin.command({ type: 'build-bundle', sessionId });
  // The answer of a large room comes later than anybody waits for it; the view tells.
  if (!outcome.ok && outcome.code !== 'no-answer') throw new Error(`build-bundle: ${outcome.code}`);
  // With a further session in the plan the room shows that one, and this one among the earlier.
  const isBuilt = ({ session, earlier }: RoomView) =>
    [session, ...earlier].some((one) => one?.sessionId === sessionId && one.bundle !== null);
  await sysadmin.until(isBuilt, 300_000, 'the bundle');
}
