// Has the room build the bundle of a session, as the system administrator does at the console.

import type { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';

/** Resolves when the room shows it. @throws Error with the refusal, or after five minutes */
export async function buildBundle(sysadmin: SimulatedStaff, sessionId: string): Promise<void> {
  const outcome = await sysadmin.command({ type: 'build-bundle', sessionId });
  // The answer of a large room comes later than anybody waits for it; the view tells.
  if (!outcome.ok && outcome.code !== 'no-answer') throw new Error(`build-bundle: ${outcome.code}`);
  await sysadmin.until(({ session }) => session?.bundle != null, 300_000, 'the bundle');
}
