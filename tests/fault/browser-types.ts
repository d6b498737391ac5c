// The one type of browsers that the kiosk's own code names and Node keeps elsewhere. Types only.

import type { webcrypto } from 'node:crypto';

declare global {
  type CryptoKey = webcrypto.CryptoKey;
}
