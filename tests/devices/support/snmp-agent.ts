// A real snmpd that stands for the network card of a UPS or of a jammer: it serves its objects on a loopback port of its own,
// and every one can be set. Nothing of the machine's own snmpd is touched.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import snmp, { type Varbind } from 'net-snmp';
import { freePort } from '../../../server/rehearsal/free-port.js';
import { until } from './nut-server.js';

export const UPS_MIB = '1.3.6.1.2.1.33.1';

const TYPES = { integer: 'Integer', octet_str: 'OctetString', object_id: 'OID', uinteger: 'Gauge' } as const;
export type SnmpObject = [oid: string, type: keyof typeof TYPES, value: number | string];

/** A healthy UPS on line: three lines of output, one of input. OIDs within the UPS-MIB. */
export const HEALTHY_MIB: SnmpObject[] = [
  ['1.1.0', 'octet_str', 'Maker'],
  ['1.2.0', 'octet_str', 'UPS 3000'],
  ['1.3.0', 'octet_str', 'v1.2'],
  ['2.1.0', 'integer', 2],
  ['2.3.0', 'integer', 134],
  ['2.4.0', 'integer', 97],
  ['3.3.1.3.1', 'integer', 229],
  ['4.1.0', 'integer', 3],
  ['4.4.1.5.1', 'integer', 22],
  ['4.4.1.5.2', 'integer', 41],
  ['4.4.1.5.3', 'integer', 30],
  ['6.1.0', 'uinteger', 0],
  ['6.2.1.2.1', 'object_id', `.${UPS_MIB}.6.3.2`],
];

export interface SnmpServer {
  host: string;
  port: number;
  set(oid: string, type: keyof typeof TYPES, value: number | string): Promise<void>;
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

/**
 * Starts snmpd with these objects; communities `public` (reads) and `private` (sets), user `reader` of version 3.
 * @param base of their OIDs
 */
export async function startSnmpServer(objects: SnmpObject[], base = UPS_MIB): Promise<SnmpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-snmp-'));
  const port = await freePort();
  const conf = join(folder, 'snmpd.conf');
  writeFileSync(
    conf,
    [
      'rocommunity public 127.0.0.1',
      'rwcommunity private 127.0.0.1',
      'createUser reader SHA-256 "pass phrase 1" AES "pass phrase 2"',
      'rouser reader priv',
      ...objects.map(([oid, type, value]) =>
        [`override -rw .${base}.${oid} ${type}`, typeof value === 'number' ? value : `"${value}"`].join(' '),
      ),
      '',
    ].join('\n'),
  );
  const env = { ...process.env, SNMP_PERSISTENT_DIR: folder, SNMPCONFPATH: folder, MIBS: '' };
  const args = ['-f', '-Le', '-C', '-c', conf, '-p', join(folder, 'pid'), `udp:127.0.0.1:${port}`];
  const child = spawn('/usr/sbin/snmpd', args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const remove = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      kill();
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const ask = (community: string, what: 'get' | 'set', varbinds: Varbind[]) =>
    new Promise<void>((resolve, reject) => {
      const options = { port, version: snmp.Version2c, timeout: 500, retries: 0 };
      const session = snmp.createSession('127.0.0.1', community, options);
      const done = (error: Error | null, answers: Varbind[] = []) => {
        session.close();
        const wrong = answers.find((answer) => snmp.isVarbindError(answer));
        if (error === null && wrong === undefined) resolve();
        else reject(error ?? new Error(snmp.varbindError(wrong as Varbind)));
      };
      if (what === 'get')
        session.get(
          varbinds.map(({ oid }) => oid),
          done,
        );
      else session.set(varbinds, done);
    });
  try {
    const [oid = ''] = objects[0] ?? [];
    await until(async () => {
      await ask('public', 'get', [{ oid: `${base}.${oid}`, type: 0, value: 0 }]);
      return true;
    });
  } catch (error) {
    await remove();
    throw new Error(`snmpd did not start: ${said.join('')}`, { cause: error });
  }
  return {
    host: '127.0.0.1',
    port,
    set: (oid, type, value) => {
      const typeNumber = snmp.ObjectType[TYPES[type]] ?? 0;
      return ask('private', 'set', [{ oid: `${base}.${oid}`, type: typeNumber, value }]);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    remove,
  };
}
