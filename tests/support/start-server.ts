// The real appliance in a process of its own on a data folder of its own, with a small sealed exam installed, for tests that
// kill it and start it again.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTlsFolder, serverNames } from '../../server/http/tls/tls-folder.js';
import { makeOrgCode, type CodeScope } from '../../server/keys/typed-code.js';
import { installPackage } from '../../server/papers/installed-package.js';
import { freePort } from '../../server/rehearsal/free-port.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { smallExam, type SmallExam, type SmallExamOptions } from './small-exam.js';

export const COMMAND = join(process.cwd(), 'build', 'scripts', 'kaochang.js');

export interface PreparedServer {
  exam: SmallExam;
  data: string;
  address: RoomAddress;
  /** Starts with further environment, under another program if asked. */
  process(options?: { env?: NodeJS.ProcessEnv; under?: string[]; tied?: boolean }): ServerProcess;
  /** A code of the organisation. */
  orgCode(scope: CodeScope): string;
  remove(): void;
}

/** Makes a data folder with keys, trust, certificates, settings and the package. Nothing runs yet. */
export async function prepareServer(
  options: SmallExamOptions & { config?: object } = {},
): Promise<PreparedServer> {
  const exam = await smallExam(options);
  const data = mkdtempSync(join(tmpdir(), 'kaochang-data-'));
  for (const folder of ['keys', 'trust']) mkdirSync(join(data, folder));
  writeFileSync(join(data, 'keys', 'room.key'), JSON.stringify(exam.room), { mode: 0o600 });
  writeFileSync(join(data, 'keys', 'room.pub'), JSON.stringify(exam.room.public));
  writeFileSync(join(data, 'trust', 'org.pub'), JSON.stringify(exam.org.public));
  const httpsPort = await freePort();
  const settings = { host: '127.0.0.1', httpsPort, ballastMegabytes: 1, logLevel: 'warn', ...options.config };
  writeFileSync(join(data, 'config.json'), JSON.stringify(settings));
  const names = serverNames('room.exam', []);
  const tls = await openTlsFolder(join(data, 'tls'), 'test', names, Date.now());
  const installed = await installPackage(exam.file, data, exam.room, {
    trust: [exam.org.public],
    now: Date.now(),
    serverVersion: '0.1.0',
  });
  installed.close();
  const address = { url: `https://127.0.0.1:${httpsPort}`, ca: tls.ca, serverName: 'room.exam' };
  return {
    exam,
    data,
    address,
    process: (more = {}) => new ServerProcess({ command: COMMAND, data, address, ...more }),
    orgCode: (scope) => makeOrgCode(Buffer.from(exam.secrets.authorisationKey, 'base64'), scope),
    remove: () => {
      for (const folder of [data, exam.folder]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
