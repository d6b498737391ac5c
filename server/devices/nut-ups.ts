// A UPS behind a NUT server (upsd): reads its variables. It never counts as a load (no LOGIN), switches nothing and leaves
// the shutdown of the machine to upsmon.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import type { DeviceFaultCode, Readings } from '../core/readings.js';
import { DeviceFault, type Device } from './contract.js';
import { NutClient, NutRefusal, type NutAddress } from './nut-client.js';
import { nutReadings } from './nut-readings.js';

const strict = { additionalProperties: false } as const;

/** Settings of one UPS behind upsd. */
export const NutSettings = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      default: '127.0.0.1',
      description: 'Where upsd (NUT) listens.',
    }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 3493, description: 'Port of upsd.' }),
    ups: Type.String({
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      default: 'ups',
      description: 'Name of the UPS: its section in ups.conf.',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          caFile: Type.String({
            minLength: 1,
            maxLength: 500,
            description: "Certificate (PEM) of the authority that signed upsd's, or upsd's own.",
          }),
          serverName: Type.String({
            pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
            description: "Name in upsd's certificate.",
          }),
        },
        { ...strict, description: 'Speak TLS (STARTTLS); left out: plain, as upsd on this machine does.' },
      ),
    ),
    login: Type.Optional(
      Type.Object(
        {
          username: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description: 'User in upsd.users.' }),
          passwordFile: Type.String({
            minLength: 1,
            maxLength: 500,
            description: 'File with the password in its first line, readable by the service alone.',
          }),
        },
        { ...strict, description: 'Only where upsd asks for it: reading needs no login.' },
      ),
    ),
  },
  strict,
);
export type NutSettings = Static<typeof NutSettings>;

/** What upsd's refusals mean here; any other word is an answer that we do not understand. */
const REFUSALS: Record<string, DeviceFaultCode> = {
  'DATA-STALE': 'stale-data',
  'DRIVER-NOT-CONNECTED': 'driver-gone',
  'ACCESS-DENIED': 'refused',
  'USERNAME-REQUIRED': 'refused',
  'PASSWORD-REQUIRED': 'refused',
  'INVALID-USERNAME': 'refused',
  'INVALID-PASSWORD': 'refused',
  'TLS-NOT-ENABLED': 'refused',
  'FEATURE-NOT-CONFIGURED': 'refused',
  'FEATURE-NOT-SUPPORTED': 'refused',
  'UNKNOWN-UPS': 'not-installed',
};

/**
 * Opens a UPS behind upsd; the connection is made at the first poll. REQ-A07.
 * @param folder what relative paths of the settings are below
 */
export function openNutUps(deviceId: string, settings: NutSettings, folder = '.'): Device {
  let client: NutClient | null = null;
  let isClosed = false;
  const drop = () => {
    client?.close();
    client = null;
  };
  const poll = async (signal: AbortSignal): Promise<Readings> => {
    try {
      client ??= new NutClient(await addressOf(settings, folder));
      if (isClosed) throw new DeviceFault('unreachable', 'closed');
      return nutReadings(await client.listVariables(settings.ups, signal));
    } catch (error) {
      if (!(error instanceof NutRefusal)) {
        // Files of the settings are read again for the next connection.
        if (error instanceof DeviceFault && error.code !== 'stale-data') drop();
        throw error;
      }
      throw new DeviceFault(REFUSALS[error.word] ?? 'bad-answer', `upsd: ${error.message.slice(0, 80)}`);
    }
  };
  const close = async () => {
    isClosed = true;
    drop();
  };
  return { deviceId, kind: 'ups', poll, close };
}

async function addressOf({ host, port, tls, login }: NutSettings, folder: string): Promise<NutAddress> {
  const address: NutAddress = { host, port };
  if (tls !== undefined)
    address.tls = { ca: await content(resolve(folder, tls.caFile)), serverName: tls.serverName };
  if (login !== undefined) {
    const [password = ''] = (await content(resolve(folder, login.passwordFile))).split(/\r?\n/);
    address.login = { username: login.username, password };
  }
  return address;
}

async function content(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DeviceFault('not-installed', `${file}: ${error.code ?? 'cannot be read'}`);
  });
}
