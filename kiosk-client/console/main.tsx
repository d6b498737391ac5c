// The console's page: introduces browser, line and pages to each other.

import '../ui/tokens.css';
import './console.css';
import './map.css';
import './forms.css';
import './devices.css';
import './cameras.css';
import './exports.css';
import './preflight.css';
import './rehearsal.css';
import { render } from 'preact';
import { io } from 'socket.io-client';
import { chooseLanguage, language } from '../i18n/language.js';
import { watchFocusStyle } from '../ui/keyboard-focus.js';
import { App } from './app.js';
import { StaffLink, type TokenStore } from './room/staff-link.js';
import { LinkContext } from './room/use-console.js';
import { watchTheme } from './theme.js';

const KEY = 'kaochang.staff';

/** The sign-in ends with the tab: another person at this PC signs in anew. */
const tokens: TokenStore = {
  read: () => sessionStorage.getItem(KEY),
  write: (token) => (token === null ? sessionStorage.removeItem(KEY) : sessionStorage.setItem(KEY, token)),
};

chooseLanguage(language());
watchFocusStyle(document);
watchTheme();
const socket = io({
  path: '/staff-socket',
  transports: ['websocket'],
  reconnectionDelay: 500,
  reconnectionDelayMax: 2_000,
});
const link = new StaffLink({ socket, tokens, monotonic: () => performance.now() });
render(
  <LinkContext.Provider value={link}>
    <App />
  </LinkContext.Provider>,
  document.getElementById('page') as HTMLElement,
);
