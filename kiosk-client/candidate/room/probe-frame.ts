// Opens the page that probes in a frame that nobody sees, asks it once, and takes it away again: the kiosk's own page may call
// nothing but the room.

import type { ProbeAnswer, ProbeAsk } from '../../probe/ask.js';

const PATIENCE_MS = 25_000;

/** @returns null where the page did not come or did not answer in time */
export function askProbe(ask: ProbeAsk): Promise<ProbeAnswer | null> {
  return new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.tabIndex = -1;
    frame.title = '联网检测';
    frame.src = '/probe.html';
    const end = (answer: ProbeAnswer | null) => {
      clearTimeout(timer);
      window.removeEventListener('message', hear);
      frame.remove();
      resolve(answer);
    };
    const hear = ({ source, origin, data }: MessageEvent) => {
      if (source !== frame.contentWindow || origin !== location.origin) return;
      if (data === 'ready') frame.contentWindow?.postMessage(ask, location.origin);
      else end(data as ProbeAnswer);
    };
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    window.addEventListener('message', hear);
    document.body.appendChild(frame);
  });
}
