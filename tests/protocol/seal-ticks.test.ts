// The seal form is the same in the rules and on the wire.

import t from 'tap';
import { SEAL_TICKS } from '../../server/core/device-types.js';
import { readRequest } from '../../server/proctor/requests.js';

void t.test('every tick of the rules crosses the wire, and no other', async (t) => {
  const sign = (ticks: string[]) =>
    readRequest({ type: 'sign-seal', sessionId: 'am', ticks, reportId: 'p1' });
  t.match(sign([...SEAL_TICKS]), { ticks: SEAL_TICKS });
  t.equal(sign(['trial-passed', 'all-well']), null);
  t.equal(sign([...SEAL_TICKS, 'trial-passed']), null, 'not more than there are');
  t.ok(readRequest({ type: 'sign-seal', sessionId: 'am' }), 'where the plan asks for none');
});
