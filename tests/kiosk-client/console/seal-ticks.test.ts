// The seal form has words for every tick of the rules.

import t from 'tap';
import { TICK_WORDS } from '../../../kiosk-client/console/texts/devices.js';
import { SEAL_TICKS } from '../../../server/core/device-types.js';

void t.test('every tick of the rules has its words, and no other', async (t) => {
  t.same(Object.keys(TICK_WORDS).sort(), [...SEAL_TICKS].sort());
});
