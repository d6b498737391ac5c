// Asks the system what the service needs to know of it. Every question is bounded; what a system does not say is null.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import sntp from '@hapi/sntp';
import si from 'systeminformation';
import type { ServiceFacts, Sleeps } from './service-checks.js';

const run = promisify(execFile);
const ASK_MS = 3_000;
const CONNECT_MS = 500;
/** There while systemd is the init of this system. */
const SYSTEMD_RUNS = '/run/systemd/system';

export interface ServiceSettings {
  httpsPort: number;
  /** `host` or `host:port`. */
  timeServers: readonly string[];
  internetUrls: readonly string[];
  /** True while a session holds the room: nothing then depends on the internet, and nobody asks it. */
  sessionUnderWay: () => boolean;
  /** Whether the port is held by this very service. */
  isOurs: (port: number, signal: AbortSignal) => Promise<boolean>;
  /** Cameras are set up. */
  recordsVideo: boolean;
  ffmpeg?: string;
  platform?: NodeJS.Platform;
}

/** @param settings what the room's configuration says */
export function serviceFacts(settings: ServiceSettings): ServiceFacts {
  const { platform = process.platform, ffmpeg = 'ffmpeg' } = settings;
  return {
    clock: () => Promise.all(settings.timeServers.map(offsetOf)),
    timeZone: () => Promise.resolve(Intl.DateTimeFormat().resolvedOptions().timeZone),
    internet: (signal) =>
      settings.sessionUnderWay()
        ? Promise.resolve(null)
        : Promise.all(settings.internetUrls.map((url) => reach(url, signal))),
    recordsVideo: () => settings.recordsVideo,
    ffmpeg: (signal) => ffmpegFacts(ffmpeg, signal),
    port: (signal) => portFacts(settings, signal),
    sleeps: (signal) => (platform === 'win32' ? windowsSleeps(signal) : linuxSleeps(signal)),
    updatesItself: (signal) => (platform === 'win32' ? windowsUpdates(signal) : linuxUpdates(signal)),
    openFiles: () => (platform === 'win32' ? Promise.resolve(null) : openFilesOf('/proc/self/limits')),
  };
}

async function offsetOf(server: string): Promise<{ server: string; offsetMs: number | null }> {
  const [host = server, port = '123'] = server.split(':');
  try {
    const { t } = await sntp.time({ host, port: Number(port), timeout: ASK_MS });
    return { server, offsetMs: t };
  } catch {
    return { server, offsetMs: null };
  }
}

async function reach(
  url: string,
  signal: AbortSignal,
): Promise<{ url: string; ok: boolean; tookMs: number }> {
  const beganAt = performance.now();
  const took = () => performance.now() - beganAt;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: within });
    return { url, ok: true, tookMs: took() };
  } catch {
    return { url, ok: false, tookMs: took() };
  }
}

async function ffmpegFacts(
  ffmpeg: string,
  signal: AbortSignal,
): Promise<{ version: string; missing: string[] } | null> {
  const ask = (...args: string[]) => run(ffmpeg, ['-hide_banner', ...args], { signal, windowsHide: true });
  try {
    const [{ stdout: version }, { stdout: muxers }, { stdout: demuxers }] = await Promise.all([
      run(ffmpeg, ['-version'], { signal, windowsHide: true }),
      ask('-muxers'),
      ask('-demuxers'),
    ]);
    const has = (list: string, name: string) => new RegExp(`^\\s*\\S+\\s+\\S*\\b${name}\\b`, 'm').test(list);
    const missing = [
      ...['segment', 'mp4'].filter((name) => !has(muxers, name)),
      ...['rtsp'].filter((name) => !has(demuxers, name)),
    ];
    return { version: /ffmpeg version (\S+)/.exec(version)?.[1] ?? '?', missing };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function portFacts({ httpsPort: port, isOurs }: ServiceSettings, signal: AbortSignal) {
  if (await isOurs(port, signal)) return { port, state: 'ours' as const, holder: null };
  if (await isFree(port)) return { port, state: 'free' as const, holder: null };
  const connections = await si.networkConnections();
  const held = connections.find(({ localPort, state }) => localPort === String(port) && state === 'LISTEN');
  return { port, state: 'taken' as const, holder: held === undefined ? null : holderOf(held) };
}

/** Windows' own web server listens by process 4, `System`: its name says nothing to anybody. */
function holderOf({ process: name, pid }: { process: string; pid: number }): string {
  if (pid === 4) return 'IIS / HTTP.sys (System, 4)';
  return name === '' ? `PID ${pid}` : `${name} (${pid})`;
}

/** Nobody answers there and nobody holds it on any address. */
async function isFree(port: number): Promise<boolean> {
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_MS });
    const end = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
  if (answered) return false;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** Where systemd does not run it can say nothing of what will happen, though its files are there. */
async function linuxSleeps(signal: AbortSignal): Promise<Sleeps> {
  const targets = await Promise.all(
    ['sleep.target', 'suspend.target'].map((unit) => systemctl(['is-enabled', unit], signal)),
  );
  return sleepsByTargets(targets, existsSync(SYSTEMD_RUNS));
}

/**
 * Masked targets never sleep; others do when a lid, a key or a desktop wants it, which nobody knows from here.
 * @param targets what `systemctl is-enabled` said of sleep.target and suspend.target; null = nothing
 */
export function sleepsByTargets(targets: readonly (string | null)[], systemdRuns: boolean): Sleeps {
  if (targets.every((said) => said === 'masked' || said === 'masked-runtime')) return 'never';
  return !systemdRuns || targets.some((said) => said === null) ? null : 'can';
}

/** `AC` index of the power scheme's sleep-after setting, in seconds; 0 = never. Any language: the figures are the last ones. */
export function sleepsByPowercfg(text: string): Sleeps {
  const indexes = [...text.matchAll(/:\s*0x([0-9a-f]{8})/gi)].map(([, hex]) =>
    Number.parseInt(hex as string, 16),
  );
  const plugged = indexes.at(-2);
  return plugged === undefined ? null : plugged === 0 ? 'never' : 'when-idle';
}

async function windowsSleeps(signal: AbortSignal): Promise<Sleeps> {
  const args = ['/query', 'SCHEME_CURRENT', 'SUB_SLEEP', 'STANDBYIDLE'];
  const said = await run('powercfg', args, { signal, windowsHide: true }).catch(() => null);
  return said === null ? null : sleepsByPowercfg(said.stdout);
}

async function linuxUpdates(signal: AbortSignal): Promise<boolean | null> {
  const units = [
    'unattended-upgrades.service',
    'apt-daily-upgrade.timer',
    'dnf-automatic.timer',
    'packagekit.service',
  ];
  const said = await Promise.all(units.map((unit) => systemctl(['is-active', unit], signal)));
  return updatesByUnits(said);
}

/** @param said what `systemctl is-active` said of each unit that updates; null = nothing */
export function updatesByUnits(said: readonly (string | null)[]): boolean | null {
  if (said.every((word) => word === null)) return null;
  return said.some((word) => word === 'active');
}

/** The update service that is neither disabled nor paused by a policy updates. */
async function windowsUpdates(signal: AbortSignal): Promise<boolean | null> {
  const said = await run('sc', ['qc', 'wuauserv'], { signal, windowsHide: true }).catch(() => null);
  return said === null ? null : updatesBySc(said.stdout);
}

/** @param text of `sc qc wuauserv`: start type 4 is disabled, in any language */
export function updatesBySc(text: string): boolean | null {
  const type = /START_TYPE\s*:\s*(\d)/.exec(text)?.[1];
  return type === undefined ? null : type !== '4';
}

/** What systemctl says in one word; null where there is no systemd. Its exit status says the same again. */
async function systemctl(args: string[], signal: AbortSignal): Promise<string | null> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  try {
    return wordOf((await run('systemctl', args, { signal: within })).stdout);
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    return stdout === undefined ? null : wordOf(stdout);
  }
}

function wordOf(stdout: string): string | null {
  const word = stdout.trim();
  return word === '' ? null : word;
}

async function openFilesOf(file: string): Promise<number | null> {
  return openFilesIn(await readFile(file, 'utf8').catch(() => ''));
}

/** @param limits text of /proc/self/limits; the soft limit counts */
export function openFilesIn(limits: string): number | null {
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Number(soft);
}
