// Tells systemd that the service is ready and alive (Type=notify). Node has no datagram Unix sockets, so systemd-notify
// speaks for it; where there is no systemd nothing happens.

import { execFile } from 'node:child_process';
import type { Log } from './log.js';

export interface ServiceNotifier {
  ready(status: string): void;
  stopping(): void;
}

/** @param alive asked before each sign of life; false withholds it, so that systemd restarts a stuck service */
export function createNotifier(
  env: NodeJS.ProcessEnv,
  log: Log,
  alive: () => boolean,
  run: (args: string[]) => void = runSystemdNotify(log),
): ServiceNotifier {
  if (env['NOTIFY_SOCKET'] === undefined) return { ready: () => undefined, stopping: () => undefined };
  let timer: NodeJS.Timeout | null = null;
  const say = (...fields: string[]) => run([`--pid=${process.pid}`, ...fields]);
  return {
    ready: (status) => {
      say('READY=1', `STATUS=${status}`);
      const watchdogMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1000;
      if (!(watchdogMs > 0)) return;
      timer = setInterval(() => {
        if (alive()) say('WATCHDOG=1');
      }, watchdogMs / 3);
      timer.unref();
    },
    stopping: () => {
      if (timer !== null) clearInterval(timer);
      say('STOPPING=1');
    },
  };
}

function runSystemdNotify(log: Log): (args: string[]) => void {
  return (args) => {
    execFile('systemd-notify', args, { timeout: 5_000 }, (error) => {
      if (error) log.warn({ err: error }, 'systemd-notify failed; the unit needs NotifyAccess=all');
    });
  };
}
