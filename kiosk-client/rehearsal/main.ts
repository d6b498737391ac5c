// The page in the kiosk's frame that plays candidates of a practice session beside the room: the word after `#` is this PC's for this
// one rehearsal. It ends with its connection to the room, and with the frame.

import type { REHEARSAL_SUBPROTOCOL } from '../../server/protocol/rehearsal.js';
import { openWire } from './browser-wire.js';
import { Player } from './player.js';

const SUBPROTOCOL: typeof REHEARSAL_SUBPROTOCOL = 'kaochang.rehearsal.v1';

const word = /^#([0-9a-f]{32})$/.exec(location.hash)?.[1];
if (word !== undefined) {
  const player: Player = new Player(
    word,
    openWire('/rehearsal/pc', SUBPROTOCOL, {
      opened: () => player.join(),
      heard: (text) => player.hear(text),
      closed: () => player.end(),
    }),
  );
  window.addEventListener('pagehide', () => player.end());
}
