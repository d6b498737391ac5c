// Looks for wireless networks: on Linux a scan that NetworkManager really makes, elsewhere what the system remembers, which is
// marked as weak. It judges nothing.

import { execFile } from 'node:child_process';
import { DeviceFault } from './contract.js';
import { readNmcli, type WirelessScan } from './wifi-effect.js';

export type Scanner = (signal: AbortSignal) => Promise<WirelessScan>;

const ARGUMENTS = [
  '--terse',
  '--escape',
  'no',
  '--fields',
  'BSSID,SIGNAL',
  'dev',
  'wifi',
  'list',
  '--rescan',
  'yes',
];

/** A fresh scan by NetworkManager. @param program tests give their own @throws DeviceFault */
export function scanWithNmcli(program: string, signal: AbortSignal): Promise<WirelessScan> {
  return new Promise((resolve, reject) => {
    execFile(program, ARGUMENTS, { signal, maxBuffer: 1_000_000 }, (error, stdout, stderr) => {
      if (error === null) resolve({ networks: readNmcli(stdout), weak: false });
      else if (error.code === 'ENOENT') reject(new DeviceFault('not-installed', 'nmcli is missing'));
      else reject(new DeviceFault('unreachable', (stderr || error.message).trim().slice(0, 200)));
    });
  });
}

async function scanFromMemory(): Promise<WirelessScan> {
  const { default: system } = await import('systeminformation');
  const networks = await system.wifiNetworks();
  return {
    weak: true,
    networks: networks.map(({ bssid, signalLevel }) => ({ bssid: bssid.toUpperCase(), level: signalLevel })),
  };
}

/** The best scan that this system offers. @throws DeviceFault */
export const scanWireless: Scanner = (signal) =>
  process.platform === 'linux' ? scanWithNmcli('nmcli', signal) : scanFromMemory();
