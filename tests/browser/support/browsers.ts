// The three browsers that candidates' pages are tested in, and how to start them.

import { Chromium } from './chromium.js';
import { Chromium74 } from './chromium-74.js';
import { Firefox } from './firefox.js';
import type { RoomBrowser, RoomBrowserOptions } from './room-browser.js';

export const BROWSERS: readonly ((options: RoomBrowserOptions) => Promise<RoomBrowser>)[] = [
  (options) => Chromium.start(options),
  (options) => Chromium74.start(options),
  (options) => Firefox.start(options),
];
