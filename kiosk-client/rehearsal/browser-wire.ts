// A WebSocket of a browser as simulated PCs take it.

import type { Wire, WireEvents } from '../../server/rehearsal/scripted-pc.js';

/** @param path on the host of this page */
export function openWire(path: string, subprotocol: string, { opened, heard, closed }: WireEvents): Wire {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${scheme}//${location.host}${path}`, subprotocol);
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    closed();
  };
  socket.onopen = () => opened();
  socket.onmessage = ({ data }: MessageEvent) => {
    if (!over) heard(String(data));
  };
  socket.onclose = end;
  return {
    get isOpen() {
      return !over && socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    close: () => socket.close(),
    // A page cannot pull a cable: nothing more is heard or said on this side, and the room learns of it as it comes.
    cut: () => {
      socket.close();
      setTimeout(end, 0);
    },
  };
}
