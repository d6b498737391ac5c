// A listener of the demo's camera who does not read: what waits for him stays bounded, and he goes on at a key frame.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import type { CodedFilm } from '../../server/rehearsal/coded-pictures.js';
import { SimulatedCamera } from '../../server/rehearsal/simulated-camera.js';

t.setTimeout(560_000);

const [KEY, OTHER] = [5, 1];
const PICTURE_BYTES = 256 * 1024;
const nal = (type: number) => Buffer.concat([Buffer.from([0x60 | type]), Buffer.alloc(PICTURE_BYTES, type)]);
/** Ten megabytes a second. */
const FILM: CodedFilm = {
  ...{ codec: 'h264', fps: 40, parameterSets: [Buffer.from([0x67, 1]), Buffer.from([0x68, 1])] },
  units: Array.from({ length: 8 }, (_, n) => ({ nals: [nal(n === 0 ? KEY : OTHER)], key: n === 0 })),
};

async function playing(url: string): Promise<Socket> {
  const { port } = new URL(url.replace('rtsp:', 'http:'));
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const ask = async (method: string, more = '') => {
    socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: 1\r\n${more}\r\n`);
    for (let said = ''; !said.includes('\r\n\r\n');) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      said += chunk.toString('latin1');
    }
  };
  await ask('SETUP', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n');
  socket.write(`PLAY ${url} RTSP/1.0\r\nCSeq: 2\r\n\r\n`);
  return socket;
}

void t.test('who does not read costs a few megabytes and no more, and goes on when he reads', async (t) => {
  const camera = await SimulatedCamera.start(FILM, FILM);
  t.teardown(() => camera.close());
  const socket = await playing(camera.url);
  t.teardown(() => socket.destroy());
  socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  // Thirty megabytes of film.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const grownMb = (process.memoryUsage().arrayBuffers - before) / 2 ** 20;
  t.ok(grownMb < 15, `${grownMb.toFixed(1)} MB wait`);
  let read = 0;
  socket.on('data', (chunk: Buffer) => (read += chunk.length));
  socket.resume();
  for (const from = performance.now(); read < 20 * 2 ** 20 && performance.now() - from < 30_000;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.ok(read >= 20 * 2 ** 20, 'the film goes on');
});
