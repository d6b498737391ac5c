// The room's own CA (rule 18): made once, renewed below it, trusted by a client that knows it and by nobody else.

import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { listen, ListenError } from '../../server/http/listen.js';
import { makeCa, makeServerCertificate, SERVER_DAYS } from '../../server/http/tls/certificates.js';
import { openTlsFolder, serverNames, TlsDamagedError } from '../../server/http/tls/tls-folder.js';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.now();
const NAMES = ['room.exam', 'localhost', '127.0.0.1', '::1'];
const folder = () => join(mkdtempSync(join(tmpdir(), 'kaochang-tls-')), 'tls');

function load(port: number, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

void t.test('[rule 18] a client that trusts the CA loads by the mapped name, another does not', async (t) => {
  const tls = await openTlsFolder(folder(), '2号楼102考场', NAMES, NOW);
  const listening = await listen(
    { host: '127.0.0.1', httpsPort: 0, plainHttpPort: 0 },
    tls,
    (_request, response) => response.end('fine'),
    () => undefined,
  );
  t.teardown(() => listening.close());
  const { httpsPort } = listening;
  t.equal(await load(httpsPort, { ca: tls.ca, servername: 'room.exam' }), 'fine');
  t.equal(await load(httpsPort, { ca: tls.ca }), 'fine', 'and by address');
  await t.rejects(load(httpsPort, { ca: tls.ca, servername: 'other.exam' }), /altnames/i);
  await t.rejects(load(httpsPort, { servername: 'room.exam' }), /certificate/i);
  const foreign = await makeCa('another room', NOW);
  await t.rejects(load(httpsPort, { ca: foreign.certificate, servername: 'room.exam' }), /certificate/i);
});

void t.test('the certificates are what browsers ask for', async (t) => {
  const ca = await makeCa('room', NOW);
  const authority = new X509Certificate(ca.certificate);
  t.equal(authority.ca, true);
  t.equal(authority.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  t.ok(Date.parse(authority.validTo) - NOW > 9 * 365 * DAY_MS, 'ten years');
  const server = new X509Certificate((await makeServerCertificate(ca, NAMES, NOW)).certificate);
  t.equal(server.ca, false);
  t.ok(server.verify(authority.publicKey));
  t.equal(Math.round((Date.parse(server.validTo) - Date.parse(server.validFrom)) / DAY_MS), SERVER_DAYS);
  t.ok(Date.parse(server.validFrom) < NOW - DAY_MS, 'a PC that is a day behind accepts it');
  t.equal(server.checkHost('room.exam'), 'room.exam');
  t.equal(server.checkIP('127.0.0.1'), '127.0.0.1');
  t.match(server.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'for servers');
});

void t.test('keys are for the owner only, and a second start keeps everything', async (t) => {
  const path = folder();
  const first = await openTlsFolder(path, 'room', NAMES, NOW);
  t.equal(first.renewed, true);
  if (process.platform !== 'win32')
    for (const name of ['ca.key', 'server.key'])
      t.equal(statSync(join(path, name)).mode & 0o777, 0o600, name);
  const second = await openTlsFolder(path, 'room', NAMES, NOW + DAY_MS);
  t.same({ ...second, renewed: true }, first);
  t.equal(second.renewed, false);
});

void t.test(
  'the server certificate is renewed below the same CA: near its end, for new names, when it is broken',
  async (t) => {
    const path = folder();
    const first = await openTlsFolder(path, 'room', NAMES, NOW);
    const later = await openTlsFolder(path, 'room', NAMES, NOW + 300 * DAY_MS);
    t.equal(later.renewed, true, 'near its end');
    const named = await openTlsFolder(path, 'room', [...NAMES, '10.1.2.3'], NOW + 300 * DAY_MS);
    t.equal(named.renewed, true, 'a new address');
    t.equal(new X509Certificate(named.certificate).checkIP('10.1.2.3'), '10.1.2.3');
    writeFileSync(join(path, 'server.crt'), 'broken');
    t.equal((await openTlsFolder(path, 'room', NAMES, NOW + 300 * DAY_MS)).renewed, true, 'broken');
    rmSync(join(path, 'server.key'));
    t.equal((await openTlsFolder(path, 'room', NAMES, NOW + 300 * DAY_MS)).renewed, true, 'without its key');
    t.equal(named.ca, first.ca, 'the CA stays');
  },
);

void t.test('a CA that is damaged is not replaced behind the back of the PCs', async (t) => {
  const path = folder();
  await openTlsFolder(path, 'room', NAMES, NOW);
  const key = readFileSync(join(path, 'ca.key'));
  rmSync(join(path, 'ca.key'));
  await t.rejects(openTlsFolder(path, 'room', NAMES, NOW), TlsDamagedError);
  t.notOk(existsSync(join(path, 'ca.key')));
  const foreign = await makeCa('another', NOW);
  writeFileSync(join(path, 'ca.key'), foreign.privateKey);
  await t.rejects(openTlsFolder(path, 'room', NAMES, NOW), /belong together/);
  writeFileSync(join(path, 'ca.key'), key);
  await t.resolves(openTlsFolder(path, 'room', NAMES, NOW));
});

void t.test('the names of this machine are in the certificate', async (t) => {
  const names = serverNames('room.exam', ['kaochang.school.example']);
  for (const name of ['room.exam', 'kaochang.school.example', 'localhost', '127.0.0.1', '::1'])
    t.ok(names.includes(name), name);
  t.equal(new Set(names).size, names.length);
});

void t.test('a port that is taken is named with what to do', async (t) => {
  const tls = await openTlsFolder(folder(), 'room', NAMES, NOW);
  const options = { host: '127.0.0.1', httpsPort: 0, plainHttpPort: null };
  const first = await listen(
    options,
    tls,
    (_request, response) => response.end(),
    () => undefined,
  );
  t.teardown(() => first.close());
  t.equal(first.plainHttpPort, null, 'no plain HTTP unless it is asked for');
  const again = listen(
    { ...options, httpsPort: first.httpsPort },
    tls,
    () => undefined,
    () => undefined,
  );
  await t.rejects(again, ListenError);
  await t.rejects(again, new RegExp(`${first.httpsPort} .*IIS`));
});
