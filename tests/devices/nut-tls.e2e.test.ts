// TLS with a real upsd: its certificate must be of the room's authority and carry the name that the settings say.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DeviceFault } from '../../server/devices/contract.js';
import { openNutUps } from '../../server/devices/nut-ups.js';
import { startNutServer } from './support/nut-server.js';

/** A certificate store as upsd reads it: an authority and a server certificate for ups.exam. @returns lines of upsd.conf */
function certificates(folder: string, caFile: string): string[] {
  const store = join(folder, 'store');
  mkdirSync(store, { mode: 0o770 });
  const password = join(folder, 'store-password');
  writeFileSync(password, 'store\n');
  const noise = join(folder, 'noise');
  writeFileSync(noise, Buffer.alloc(64, 'not for any real key'));
  const certutil = (args: string[], input = '') =>
    execFileSync('certutil', [...args, '-d', `sql:${store}`, '-f', password], { input, stdio: 'pipe' });
  const common = ['-z', noise, '-k', 'ec', '-q', 'secp256r1', '-v', '12'];
  certutil(['-N']);
  certutil(
    ['-S', '-n', 'ca', '-s', 'CN=room ca', '-x', '-t', 'CT,C,C', '-m', '1', '-2', ...common],
    'y\n\nn\n',
  );
  certutil([
    '-S',
    '-n',
    'ups',
    '-s',
    'CN=ups.exam',
    '-c',
    'ca',
    '-t',
    ',,',
    '-m',
    '2',
    '-8',
    'ups.exam',
    ...common,
  ]);
  writeFileSync(caFile, certutil(['-L', '-n', 'ca', '-a']));
  return [`CERTPATH ${store}`, 'CERTIDENT ups store'];
}

void t.test('upsd behind TLS', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-nut-tls-'));
  const caFile = join(folder, 'ca.pem');
  const server = await startNutServer({
    variables: { 'ups.status': 'OL', 'battery.charge': '100' },
    upsdConf: (of) => certificates(of, caFile),
  });
  t.teardown(async () => {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const { host, port } = server;
  const signal = () => AbortSignal.timeout(20_000);

  await t.test('its certificate is of the authority and has the name', async (t) => {
    const ups = openNutUps('ups', { host, port, ups: 'ups', tls: { caFile, serverName: 'ups.exam' } });
    t.teardown(() => ups.close());
    for (const name of ['first', 'over the same connection'])
      t.match(await ups.poll(signal()), { 'mains.present': true, 'battery.charge': 100 }, name);
  });

  await t.test('another name or another authority is refused', async (t) => {
    const other = join(folder, 'other.pem');
    writeFileSync(other, '');
    for (const tls of [
      { caFile, serverName: 'other.exam' },
      { caFile: other, serverName: 'ups.exam' },
    ]) {
      const ups = openNutUps('ups', { host, port, ups: 'ups', tls });
      const error: unknown = await ups.poll(signal()).catch((reason: unknown) => reason);
      t.ok(error instanceof DeviceFault && error.code === 'refused', String(error));
      await ups.close();
    }
  });
});
