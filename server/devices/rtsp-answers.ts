// Whether a camera's RTSP service answers at all: one OPTIONS, which needs no login and opens no stream. It says nothing of
// the picture.

import { connect } from 'node:net';
import { DeviceFault } from './contract.js';
import { faultOf } from './transport.js';

const RTSP_PORT = 554;
const LONGEST_ANSWER = 8_192;

/** Host and port of an RTSP address. @throws DeviceFault where it is none */
export function rtspHost(url: string): { host: string; port: number } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.hostname === '') throw new DeviceFault('not-installed', 'no RTSP address');
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return { host, port: parsed.port === '' ? RTSP_PORT : Number(parsed.port) };
}

/** Resolves when the service said anything in RTSP, a refusal too. @param url without a login @throws DeviceFault */
export async function rtspAnswers(url: string, signal: AbortSignal): Promise<void> {
  const { host, port } = rtspHost(url);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port });
    let said = '';
    const end = (error?: DeviceFault) => {
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const giveUp = () => end(new DeviceFault('timed-out', `no answer of ${host}:${port}`));
    socket.setEncoding('latin1');
    socket.on('error', (error) => end(faultOf(error)));
    socket.on('close', () => end(new DeviceFault('bad-answer', 'it closed without an answer')));
    socket.on('data', (part: string) => {
      said += part;
      if (/^RTSP\/1\.\d \d{3}/.test(said)) end();
      else if (said.includes('\n') || said.length > LONGEST_ANSWER)
        end(new DeviceFault('bad-answer', 'it does not speak RTSP'));
    });
    socket.on('connect', () =>
      socket.write(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: kaochang\r\n\r\n`),
    );
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
