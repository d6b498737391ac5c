// `kaochang install FILE --to URL`, `kaochang readiness` and `kaochang remove`: an organisation's technician far away.
// Progress goes to the terminal; what the room says is shown before and after.

import { readFile } from 'node:fs/promises';
import { readPrivateKeys, readPublicKeys } from '../../server/keys/key-files.js';
import { askReadiness, installRemotely, removeRemotely } from '../../server/install/remote-install.js';
import { SignedClient } from '../../server/install/signed-client.js';
import type { Readiness } from '../../server/protocol/install.js';
import { chinaTime } from './china-time.js';

export interface RemoteOptions {
  to: string;
  key: string;
  ca?: string;
  serverName?: string;
  roomKey?: string;
}

/** @throws RoomRefusal and NoAnswerError with sentences for people */
export async function installRemote(options: RemoteOptions & { file: string; replace?: boolean }) {
  const client = await clientOf(options);
  show('安装前 / before', await askReadiness(client));
  const bar = progressBar();
  const { file, replace = false } = options;
  const installed = await installRemotely(client, file, {
    replace,
    onProgress: bar.show,
    onRetry: (error, afterMs) => bar.say(`${error.message} · ${afterMs / 1000} 秒后重试 / trying again`),
  }).finally(bar.end);
  const { packageId, sequence, manifestHash, readiness } = installed;
  show('安装后 / after', readiness);
  return {
    ok: true,
    packageId,
    sequence,
    manifestHash,
    readiness,
    text: `已安装 / installed: ${packageId} #${sequence}`,
  };
}

/** How a room far away stands. */
export async function readinessRemote(options: RemoteOptions) {
  const readiness = await askReadiness(await clientOf(options));
  return { ok: true, readiness, text: readinessText(readiness) };
}

/** Takes a package away from a room far away, before its seal. */
export async function removeRemote(options: RemoteOptions & { packageId: string; reason: string }) {
  const { packageId, reason } = options;
  const readiness = await removeRemotely(await clientOf(options), packageId, reason);
  show('删除后 / after', readiness);
  return { ok: true, packageId, readiness, text: `已删除 / removed: ${packageId}` };
}

async function clientOf({ to, key, ca, serverName, roomKey }: RemoteOptions): Promise<SignedClient> {
  const url = new URL(to);
  if (url.protocol !== 'https:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new Error('远程安装只走 HTTPS / Remote installation goes by HTTPS alone: --to https://…');
  const address = {
    url: url.origin,
    ...(ca === undefined ? {} : { ca: await readFile(ca, 'utf8') }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  const room = roomKey === undefined ? null : (await readPublicKeys(roomKey)).keyId;
  return new SignedClient(address, await readPrivateKeys(key), room);
}

function show(title: string, readiness: Readiness): void {
  process.stderr.write(`${title}\n${readinessText(readiness)}\n`);
}

const at = (ms: number) => chinaTime(ms).slice(0, 19);
const yes = (is: boolean) => (is ? '✓' : '✗');

/** The room's readiness in lines for a person. */
export function readinessText(readiness: Readiness): string {
  const { version, disk, clock, package: installed, sessions, pairing, currentSession } = readiness;
  const offMs = Math.abs(clock.wallTime - Date.now());
  const lines = [
    `  版本 / version        ${version}`,
    `  磁盘 / disk           可收 ${Math.floor(disk.roomForBytes / 2 ** 20)} MB / takes`,
    `  时钟 / clock          ${at(clock.wallTime)} UTC ${yes(clock.trusted)} · 与本机相差 ${Math.round(offMs / 1000)} s / off`,
    `  考试包 / package      ${installed === null ? '无 / none' : `${installed.packageId} #${installed.sequence} ${yes(installed.fileThere)} ${installed.roomName}`}`,
    `  配对 / pairing        ${pairing.paired}/${pairing.seats} · 在线 ${pairing.connected} connected · 待配对 ${pairing.waiting} waiting`,
    `  进行中 / session open ${currentSession ?? '无 / none'}`,
  ];
  for (const { sessionId, subject, phase, seal } of sessions) {
    const signed = `管理员${yes(seal.sysadmin)} 考务员${yes(seal.clerk)} 组织${yes(seal.orgConfirmed)}`;
    const broken = seal.brokenBy === null ? '' : ` · 封条已破 / broken: ${seal.brokenBy}`;
    lines.push(`  封场 / seal           ${sessionId} ${subject} ${phase} · ${signed}${broken}`);
  }
  return lines.join('\n');
}

const BAR_CELLS = 30;

/** A line that is drawn over on a terminal, and lines at every tenth elsewhere. */
function progressBar() {
  const isTerminal = process.stderr.isTTY;
  let shown = -1;
  const say = (text: string) => process.stderr.write(isTerminal ? `\r\x1b[K${text}\n` : `${text}\n`);
  return {
    say,
    show: (done: number, all: number) => {
      const percent = Math.floor((done / all) * 100);
      const full = Math.round((done / all) * BAR_CELLS);
      const text = `  ${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${percent}% ${mb(done)}/${mb(all)} MB`;
      if (isTerminal) process.stderr.write(`\r\x1b[K${text}`);
      else if (Math.floor(percent / 10) !== shown) say(text);
      shown = Math.floor(percent / 10);
    },
    end: () => void (isTerminal && process.stderr.write('\n')),
  };
}

const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
