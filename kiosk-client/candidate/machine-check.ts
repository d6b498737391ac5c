// Looks whether this PC can carry an exam: each thing is tried, not asked for. The result is shown here and on the console.

import type { MachineCheck } from './kiosk.js';
import { openIndexedStore } from './local/indexed-store.js';

export type CheckName = 'browser' | 'screen' | 'storage' | 'crypto' | 'worker';

export interface MachineReport {
  results: { name: CheckName; ok: boolean; measured: string }[];
  check: MachineCheck;
}

const OLDEST_CHROME = 74;
const OLDEST_FIREFOX = 68;

/** The browser's name and main version, `Chrome 74`. */
export function browserOf(userAgent: string): { name: string; version: number } {
  const firefox = /Firefox\/(\d+)/.exec(userAgent);
  if (firefox) return { name: 'Firefox', version: Number(firefox[1]) };
  const chrome = /Chrom(?:e|ium)\/(\d+)/.exec(userAgent);
  if (chrome) return { name: 'Chrome', version: Number(chrome[1]) };
  return { name: userAgent.slice(0, 60), version: 0 };
}

/** True for browsers that the kiosk was built for. */
export function isSupported({ name, version }: { name: string; version: number }): boolean {
  return (name === 'Chrome' && version >= OLDEST_CHROME) || (name === 'Firefox' && version >= OLDEST_FIREFOX);
}

/** Tries everything. Never throws: what throws is not fine. */
export async function checkThisMachine(storeName: string): Promise<MachineReport> {
  const browser = browserOf(navigator.userAgent);
  const { width, height } = screen;
  const storageOk = await works(() => tryStorage(storeName));
  const cryptoOk = await works(tryCrypto);
  const workerOk = 'serviceWorker' in navigator;
  const results: MachineReport['results'] = [
    { name: 'browser', ok: isSupported(browser), measured: `${browser.name} ${browser.version}` },
    { name: 'screen', ok: width >= 1024 && height >= 768, measured: `${width} × ${height}` },
    { name: 'storage', ok: storageOk, measured: '' },
    { name: 'crypto', ok: cryptoOk, measured: '' },
    { name: 'worker', ok: workerOk, measured: '' },
  ];
  const passed = results.every(({ ok }) => ok);
  const check = {
    browser: `${browser.name} ${browser.version}`,
    screen: `${width}x${height}`,
    ...{ storageOk, cryptoOk, passed },
  };
  return { results, check };
}

async function works(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt();
  } catch {
    return false;
  }
}

/** Writes, reads back and removes in a store of its own. */
async function tryStorage(storeName: string): Promise<boolean> {
  const store = await openIndexedStore(`${storeName}-check`);
  const secret = String(Math.random());
  await store.keepPcSecret(secret);
  return (await store.pcSecret()) === secret;
}

/** Seals and opens with the same cipher as the papers, with a key that cannot be read out. */
async function tryCrypto(): Promise<boolean> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode('考场');
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, text);
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed);
  return new TextDecoder().decode(opened) === '考场';
}
