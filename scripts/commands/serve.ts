// `kaochang serve`: runs the appliance until it is told to stop, or until the disk fails.

import { resolve } from 'node:path';
import { readConfig } from '../../server/config.js';
import { keepHeapInBounds } from '../../server/heap-growth.js';
import { createLog } from '../../server/log.js';
import { startAppliance } from '../../server/main.js';
import { beFirstToGo } from '../../server/rehearsal/first-to-go.js';
import { createNotifier } from '../../server/sd-notify.js';
import { VERSION } from '../../server/version.js';

export interface ServeOptions {
  data: string;
  config?: string;
  /** Stops when whoever started it is gone: for a room that is only rehearsed in. */
  endsWithStdin?: boolean;
}

/** Starts the server and keeps the process. @throws ConfigError and whatever keeps the server from starting */
export async function serve({
  data: folder,
  config: file,
  endsWithStdin = false,
}: ServeOptions): Promise<void> {
  keepHeapInBounds();
  // Tied to whoever started it = a room that is only rehearsed in.
  if (endsWithStdin) beFirstToGo();
  const data = resolve(folder);
  const config = readConfig({ data, file: file ?? null });
  const log = createLog(config.logLevel);
  const server = await startAppliance({
    data,
    config,
    log,
    onFatal: (error) => {
      // What is on the disk is whole; what was not acknowledged is sent again by the PCs after the restart (rule 2).
      log.fatal({ err: error }, '服务停止 / The service stops');
      process.exit(1);
    },
  });
  const notifier = createNotifier(process.env, log, () => server.isHealthy());
  log.info(
    { version: VERSION, data, httpsPort: server.httpsPort, plainHttpPort: server.plainHttpPort },
    'ready',
  );
  notifier.ready(`https://${config.hostName}:${server.httpsPort}`);
  if (server.readOnly)
    process.stdout.write('磁盘已满，仅供查看和导出 / The disk is full: to look at and to export only\n');
  process.stdout.write(
    `考场服务器已就绪 / The room is ready: https://${config.hostName}:${server.httpsPort}` +
      (server.plainHttpPort === null ? '\n' : `  http://127.0.0.1:${server.plainHttpPort}\n`),
  );
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    notifier.stopping();
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'Stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  if (endsWithStdin) process.stdin.on('end', stop).on('error', stop).resume();
}
