// The test camera as a process of its own, so that it costs the measured process nothing. Usage: node
// build/tests/support/test-camera-main.js ['{"port":8554,"fps":25}']. Prints one line of JSON {url, subUrl, port, startedAt, fps,
// frames}; takes commands on stdin, one a line (stall, resume, drop, refuse 1, deaf 1, changeSize, jump 3600, lose 10, hold,
// release), each answered by `ok`; ends with its stdin.

import { createInterface } from 'node:readline';
import { startTestCamera, type TestCameraOptions } from './test-camera.js';

const camera = await startTestCamera(JSON.parse(process.argv[2] ?? '{}') as TestCameraOptions);
const { url, subUrl, port, startedAt, fps, frames } = camera;
process.stdout.write(`${JSON.stringify({ url, subUrl, port, startedAt, fps, frames })}\n`);
const commands: Record<string, (argument: number) => void> = {
  stall: () => camera.stall(),
  resume: () => camera.resume(),
  drop: () => camera.drop(),
  refuse: (on) => camera.refuse(on === 1),
  deaf: (on) => camera.deaf(on === 1),
  changeSize: () => camera.changeSize(),
  jump: (seconds) => camera.jump(seconds),
  lose: (pictures) => camera.lose(pictures),
  hold: () => camera.hold(),
  release: () => camera.release(),
};
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [name = '', argument = '0'] = line.trim().split(' ');
  const command = commands[name];
  command?.(Number(argument));
  process.stdout.write(command === undefined ? `no such command: ${name}\n` : 'ok\n');
});
input.on('close', () => process.exit(0));
