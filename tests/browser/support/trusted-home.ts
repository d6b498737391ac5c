// A home folder for a test browser whose NSS store trusts the room's CA as a PC of the room does; certutil makes it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TrustedHome {
  home: string;
  /** The browser's profile, inside `home`. */
  profile: string;
  remove(): void;
}

/** For Chromium: the store is `~/.pki/nssdb`. For Firefox: it is the profile. @param ca PEM, or null for no trust */
export function makeHome(ca: string | null, store: 'user' | 'profile'): TrustedHome {
  const home = mkdtempSync(join(tmpdir(), 'kaochang-browser-'));
  const profile = join(home, 'profile');
  mkdirSync(profile);
  const folder = store === 'user' ? join(home, '.pki', 'nssdb') : profile;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const certutil = (...args: string[]) =>
    execFileSync('certutil', ['-d', `sql:${folder}`, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  certutil('-N', '--empty-password');
  if (ca !== null) {
    const file = join(home, 'ca.crt');
    writeFileSync(file, ca);
    certutil('-A', '-n', 'room', '-t', 'C,,', '-i', file);
  }
  return {
    home,
    profile,
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}
