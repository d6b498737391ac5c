// One recorder a folder: who holds the folder's socket is the recorder, and who is connected to it learns at once when it
// dies. Sockets of the kernel's own name space (a pipe on Windows) leave nothing behind when their process is killed.

import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTime } from './in-time.js';

/** A recorder that lives, as another process sees it. */
export interface RecorderWatch {
  pid: number;
  /** performance.now() when it was found. */
  sinceMono: number;
  /** Resolves when it is gone. */
  gone: Promise<void>;
  /** @returns whether it is gone within so many milliseconds */
  goneWithin(ms: number): Promise<boolean>;
  close(): void;
}

function address(folder: string): string {
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32);
  if (process.platform === 'linux') return `\0kaochang-recorder-${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\kaochang-recorder-${name}`;
  return join(tmpdir(), `kaochang-recorder-${name}.sock`);
}

/** Becomes the recorder of a folder for as long as the process lives. @returns null where there is one already */
export async function becomeRecorder(folder: string): Promise<{ release(): void } | null> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    // Nobody has anything to say here: the line itself is the sign of life.
    socket.resume();
    socket.write(`${process.pid}\n`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(address(folder), () => {
      server.on('error', () => undefined);
      resolve({
        release: () => {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
}

/** Finds the recorder of a folder. @returns null where none lives */
export async function watchRecorder(folder: string): Promise<RecorderWatch | null> {
  const socket = connect(address(folder));
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return new Promise((resolve) => {
    socket.on('error', () => resolve(null));
    socket.once('close', () => resolve(null));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once('data', (chunk) => {
      socket.setTimeout(0);
      socket.unref();
      const pid = Number.parseInt(chunk.toString('latin1', 0, 12), 10);
      if (!Number.isSafeInteger(pid) || pid <= 0) {
        socket.destroy();
        return;
      }
      const close = () => socket.destroy();
      const goneWithin = (ms: number) =>
        inTime(
          gone.then(() => true),
          ms,
          false,
        );
      resolve({ pid, sinceMono: performance.now(), gone, goneWithin, close });
    });
  });
}

/** True when a process is a recorder, as far as the system says: a number is given again to others. */
export function isRecorderProcess(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recorder-main');
  } catch {
    return false;
  }
}
