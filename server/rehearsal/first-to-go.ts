// Where memory runs out the kernel ends the process with the highest score. A child inherits the score of the service, which is to be
// the last: what is only rehearsed with has to say of itself that it is the first.

import { writeFileSync } from 'node:fs';

const FIRST = '1000';

/**
 * Makes this process, and whatever it starts from then on, the first that Linux ends where memory runs out. Raising one's own score
 * needs no privilege; elsewhere nothing happens.
 */
export function beFirstToGo(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', FIRST, { flag: 'r+' });
  } catch {
    // Not Linux, or no /proc: the rehearsal goes on as before.
  }
}
