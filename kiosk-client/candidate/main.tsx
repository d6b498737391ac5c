// The kiosk's page: introduces browser, storage, room and pages to each other.

import '../ui/tokens.css';
import './kiosk.css';
import './items.css';
import './uploads/files.css';
import { render } from 'preact';
import { watchFocusStyle } from '../ui/keyboard-focus.js';
import { chooseLanguage, language } from '../i18n/language.js';
import { Kiosk } from './kiosk.js';
import { openIndexedStore } from './local/indexed-store.js';
import { browserOf, checkThisMachine, type MachineReport } from './machine-check.js';
import { App } from './pages/app.js';
import { Elsewhere, Unsupported } from './pages/notices.js';
import { askProbe } from './room/probe-frame.js';
import { openRehearsal } from './room/rehearsal-frame.js';
import { SUBPROTOCOL, type LinkSocket } from './room/room-link.js';
import { onlyPage } from './tab-lock.js';
import { keepDropsOut } from './uploads/drop-guard.js';
import { fetchFromRoom, sendToRoom } from './uploads/room-files.js';
import { keepTabOnPage } from './tab-round.js';

declare const __VERSION__: string;

const root = document.getElementById('page') as HTMLElement;
/** `?pc=2` lets one browser stand for several PCs, as in the demo. */
const pc = /^[\w-]{1,20}$/.exec(new URLSearchParams(location.search).get('pc') ?? '')?.[0] ?? 'pc';
const storeName = `kaochang-${pc}`;

async function open(): Promise<void> {
  chooseLanguage(language());
  watchFocusStyle(document);
  keepTabOnPage(document);
  keepDropsOut(document);
  await onlyPage(storeName, () => render(<Elsewhere />, root));
  let report: MachineReport | null = null;
  let kiosk: Kiosk;
  try {
    const store = await openIndexedStore(storeName);
    kiosk = new Kiosk({
      store,
      clocks: { monotonic: () => performance.now(), wall: () => Date.now() },
      connect,
      fetchBytes,
      uploads: { send: sendToRoom, fetchFile: fetchFromRoom },
      random: Math.random,
      newSecret,
      client: `${browserOf(navigator.userAgent).name} ${__VERSION__}`.slice(0, 40),
      probe: askProbe,
      rehearse: openRehearsal,
      checkMachine: async () => (report = await checkThisMachine(storeName)).check,
    });
    await kiosk.start();
  } catch (error) {
    console.error(error);
    report = await checkThisMachine(storeName);
    return render(<Unsupported report={report} />, root);
  }
  window.addEventListener('online', () => kiosk.hurry());
  window.addEventListener('pagehide', () => kiosk.stop());
  render(<App kiosk={kiosk} report={() => report} />, root);
  if ('serviceWorker' in navigator)
    navigator.serviceWorker
      .register('/sw.js')
      .catch((error: unknown) => console.warn('The page will not open without the network:', error));
  // The browser may otherwise clear answers when its disk is full.
  void navigator.storage?.persist?.();
}

function connect(): LinkSocket {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(`${scheme}//${location.host}/seat`, SUBPROTOCOL) as LinkSocket;
}

async function fetchBytes(path: string): Promise<ArrayBuffer> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} came with ${response.status}`);
  return response.arrayBuffer();
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

void open();
