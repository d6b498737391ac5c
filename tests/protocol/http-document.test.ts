// http.openapi.yaml against the running code in both directions: paths, methods, status codes, problem codes and bodies. What is
// there and not described, or described and not there, fails with its name.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type Router from '@koa/router';
import t from 'tap';
import { Refusals } from '../../scripts/protocol-docs/refusals.js';
import { bundleUrl, photoUrl, preflightUrl } from '../../server/http/signed-links.js';
import { generateKeys } from '../../server/keys/key-files.js';
import * as install from '../../server/protocol/install.js';
import * as uploads from '../../server/protocol/uploads.js';
import { TUS_PIECE_TYPE, TUS_VERSION, writeUploadMetadata } from '../../server/protocol/tus.js';
import { VIDEO_PATH } from '../../server/protocol/video.js';
import { VIDEO_PROBLEMS } from '../../server/recording/video-problems.js';
import { VIDEO_ROUTES } from '../../server/recording/video-routes.js';
import { STAFF_SOCKET_PATH } from '../../server/proctor/gateway.js';
import { NoSpaceError as NoSpaceForPackage } from '../../server/install/upload-store.js';
import { NoSpaceError as NoSpaceForFile } from '../../server/uploads/file-store.js';
import { FarRoom } from '../support/far-room.js';
import { at, differences, follow, readDocument, type Node } from '../support/wire-document.js';
import {
  HASH,
  HttpSetting,
  LINK_KEY,
  SECRET,
  SESSION,
  sha256,
  Witness,
  type Heard,
  type Wish,
} from './http-setting.js';
import { askForVideo } from './video-wishes.js';

t.setTimeout(560_000);

const document = readDocument('http.openapi.yaml');
const paths = at(document, 'paths') as Record<string, Node>;
const witness = new Witness(document);
const room = await new HttpSetting().start();
t.teardown(() => room.close());

async function ask(wish: Wish): Promise<Heard> {
  const heard = await room.send(wish);
  witness.take(wish, heard);
  return heard;
}
const askSigned = async (wish: Wish, keys = room.technician) => ask(await room.signed(wish, keys));

const PROPER = { authorization: `Bearer ${SECRET}`, 'tus-resumable': TUS_VERSION };
const { INSTALL_PATH, REMOVAL_PATH, PIECE_TYPE } = install;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const creation = (bytes: Buffer): Wish => ({
  method: 'POST',
  path: install.UPLOADS_PATH,
  headers: { 'upload-length': String(bytes.length), 'upload-metadata': `sha256 ${base64(sha256(bytes))}` },
});
const piece = (path: string, offset: number, body: Buffer, headers: object = {}): Wish => ({
  method: 'PATCH',
  path,
  headers: { 'upload-offset': String(offset), 'content-type': PIECE_TYPE, ...headers },
  body,
});
const removal: Wish = {
  method: 'POST',
  path: REMOVAL_PATH,
  body: Buffer.from(JSON.stringify({ packageId: 'small', reason: '换包' })),
};

void t.test('the room, sealed content, photos, bundles and pages', async () => {
  for (const path of ['/api/v1/room', '/healthz', '/load', '/metrics', '/ca.crt', `/content/${HASH}`])
    await ask({ path });
  room.healthy = false;
  await ask({ path: '/healthz' });
  await ask({ path: `/content/${HASH}`, headers: { 'if-none-match': `"${HASH}"` } });
  await ask({ path: `/content/${'0'.repeat(64)}` });
  await ask({ path: photoUrl(LINK_KEY, HASH) });
  await ask({ path: `/photos/${HASH}?k=x` });
  await ask({ path: bundleUrl(LINK_KEY, HASH, 'x.bag.zip.age') });
  await ask({ path: `/bundles/${HASH}/x.bag.zip.age` });
  for (const type of ['json', 'html'])
    await ask({ path: preflightUrl(LINK_KEY, `preflight-0123abcd.${type}`) });
  await ask({ path: '/preflight/preflight-0123abcd.json?k=x' });
  for (const path of ['/', '/staff']) await ask({ path });
  mkdirSync(join(room.webFolder, 'assets'), { recursive: true });
  for (const file of ['index.html', 'staff.html', 'assets/main-1.js'])
    writeFileSync(join(room.webFolder, file), '<!doctype html>');
  for (const path of ['/', '/staff', '/assets/main-1.js', '/assets/main-2.js']) await ask({ path });
});

void t.test('remote installation', async () => {
  const bytes = Buffer.alloc(1000, 1);
  await ask({ method: 'OPTIONS', path: INSTALL_PATH });
  await askSigned({ path: INSTALL_PATH });
  const stranger = await generateKeys('technician', '路人');
  const unsound = { headers: { 'signature-input': 'sig=()', signature: 'sig=:AA==:' } };
  const made = await askSigned(creation(bytes));
  const path = String(made.headers['location']);
  const finish: Wish = { method: 'POST', path: `${path}/finish` };
  const every: Wish[] = [
    { path: INSTALL_PATH },
    creation(bytes),
    { method: 'HEAD', path },
    piece(path, 0, bytes),
    { method: 'DELETE', path },
    finish,
    removal,
  ];
  for (const wish of every) {
    await ask(wish);
    await ask({ ...wish, ...unsound });
    await askSigned(wish, stranger);
    const signed = await room.signed(wish);
    const changed = (headers: Record<string, string>) => ({
      ...signed,
      headers: { ...signed.headers, ...headers },
    });
    await ask(changed({ [install.ROOM_HEADER]: 'f'.repeat(16) }));
    await ask(changed({ 'content-digest': 'sha-256=:AAAA:' }));
    await ask(changed({ 'signature-input': String(signed.headers?.['signature-input']).replace('.', '.x') }));
    if (wish.path === INSTALL_PATH || wish.path === REMOVAL_PATH) continue;
    const other = { ...wish, headers: { ...wish.headers, 'tus-resumable': '0.2.0' } };
    await askSigned(other);
  }
  const recorded = await room.signed({ path: INSTALL_PATH });
  for (let times = 0; times < 2; times++) await ask(recorded);
  await askSigned({ ...creation(bytes), headers: { 'upload-length': '10' } });
  await askSigned(creation(Buffer.alloc(2 ** 20 + 1)));
  await askSigned(creation(Buffer.alloc(999)));
  const unknown = path.replace(/.{8}$/, '00000000');
  for (const wish of [
    { method: 'HEAD', path: unknown },
    piece(unknown, 0, bytes),
    { method: 'DELETE', path: unknown },
    { method: 'POST', path: `${unknown}/finish` },
  ])
    await askSigned(wish);
  await askSigned({ method: 'HEAD', path });
  await askSigned(piece(path, 1, bytes));
  await askSigned(piece(path, 0, bytes, { 'content-type': 'text/plain' }));
  await askSigned(piece(path, 0, Buffer.alloc(1001)));
  const chunked = await room.signed({
    ...piece(path, 0, Buffer.alloc(0)),
    headers: { 'upload-offset': '0' },
  });
  const { body: _none, ...endless } = chunked;
  await ask({ ...endless, headers: { ...endless.headers, 'transfer-encoding': 'chunked' } });
  const big = await room.signed(piece(path, 0, Buffer.alloc(0)));
  await ask({ ...big, body: Buffer.alloc(install.MAX_PIECE_BYTES + 1) });
  await ask({ ...(await room.signed(removal)), body: Buffer.alloc(install.MAX_PIECE_BYTES + 1) });
  await askSigned({ ...removal, body: Buffer.from('{}') });
  await askSigned(finish);
  await askSigned(piece(path, 0, bytes.subarray(0, 500)));
  room.busy = true;
  for (const wish of [creation(bytes), piece(path, 500, bytes.subarray(500)), finish]) await askSigned(wish);
  room.busy = false;
  await askSigned(piece(path, 500, bytes.subarray(500)));
  // While one is being installed everything else has to wait.
  let release = (): void => undefined;
  const installing = new Promise<void>((resolve) => (release = resolve));
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  room.taken = async () => {
    begun();
    await installing;
    return { ok: false, problem: { code: 'expired', zh: '考试包已过期', en: 'The package has expired' } };
  };
  const waiting = askSigned(finish);
  await started;
  for (const wish of [creation(bytes), piece(path, 0, bytes), { method: 'DELETE', path }, finish, removal])
    await askSigned(wish);
  release();
  await waiting;
  room.taken = async () => ({
    ok: false,
    problem: { code: 'no-package', zh: '考场尚未安装考试包', en: 'No package' },
  });
  await askSigned(removal);
  room.taken = () => null;
  await askSigned(removal);
  await askSigned(creation(bytes));
  const again = String((await askSigned(creation(bytes))).headers['location']);
  await askSigned(piece(again, 0, Buffer.alloc(1000, 2)));
  await askSigned({ method: 'POST', path: `${again}/finish` });
  const third = String((await askSigned(creation(bytes))).headers['location']);
  await askSigned(piece(third, 0, bytes));
  await askSigned({ method: 'POST', path: `${third}/finish` });
  const fourth = String((await askSigned(creation(bytes))).headers['location']);
  await askSigned({ method: 'DELETE', path: fourth });
});

void t.test('files of answers', async () => {
  const bytes = Buffer.alloc(1000, 3);
  const fileHash = sha256(bytes);
  room.sizes.set(fileHash, bytes.length);
  const name = { candidateId: 'c1', lease: 1, fileHash };
  const path = uploads.uploadPath(name);
  const create = (length: number, more: Record<string, string> = {}): Wish => ({
    ...{ method: 'POST', path: uploads.UPLOADS_PATH },
    headers: {
      ...{ ...PROPER, 'upload-length': String(length) },
      'upload-metadata': writeUploadMetadata([
        ['candidate', 'c1'],
        ['lease', '1'],
        ['sha256', fileHash],
      ]),
      ...more,
    },
  });
  const patch = (offset: number, body: Buffer, more: Record<string, string> = {}): Wish => ({
    ...{ method: 'PATCH', path, body },
    headers: { ...PROPER, 'upload-offset': String(offset), 'content-type': TUS_PIECE_TYPE, ...more },
  });
  const head: Wish = { method: 'HEAD', path, headers: PROPER };
  const open: Wish = { path, headers: PROPER };
  await ask({ method: 'OPTIONS', path: uploads.UPLOADS_PATH });
  for (const wish of [create(1000), head, patch(0, bytes), open]) {
    await ask({ ...wish, headers: { ...wish.headers, authorization: 'Bearer x' } });
    for (const code of ['foreign-lease', 'seat-not-paired', 'after-collection'] as const) {
      room.fileRefusal = { code };
      await ask(wish);
    }
    room.fileRefusal = null;
    if (wish !== open) await ask({ ...wish, headers: { ...wish.headers, 'tus-resumable': '0.2.0' } });
  }
  await ask(create(1000, { 'upload-metadata': 'x' }));
  await ask(create(uploads.MAX_FILE_BYTES + 1));
  await ask(create(999));
  for (const wish of [head, open, patch(0, bytes)]) await ask(wish);
  await ask(create(1000));
  await ask(patch(0, bytes, { 'content-type': 'text/plain' }));
  await ask(patch(0, bytes, { 'upload-offset': 'x' }));
  await ask(patch(1, bytes));
  await ask(patch(0, Buffer.alloc(1001)));
  await ask(patch(0, Buffer.alloc(1000, 4)));
  room.receiveRefusal = { code: 'file-not-declared' };
  await ask(create(1000));
  await ask(patch(0, bytes));
  room.receiveRefusal = null;
  for (const wish of [head, open]) await ask(wish);
  const second = Buffer.alloc(1000, 5);
  const other = { ...name, fileHash: sha256(second) };
  room.sizes.set(other.fileHash, 1000);
  const of = (wish: Wish): Wish => ({ ...wish, path: uploads.uploadPath(other) });
  // Bytes that were there in full before the room died, and are not the file that was named.
  const place = { sessionId: SESSION, candidateId: 'c1', fileHash: other.fileHash };
  const all = async function* () {
    yield bytes;
  };
  await room.files.begin(place, 1000);
  await room.files.append(place, 0, all());
  await ask(of(head));
  await room.files.begin(place, 1000);
  await ask(of(patch(0, second.subarray(0, 500))));
});

void t.test('live pictures and recordings', () => askForVideo(room, ask));

void t.test('a disk that is full, and one that fills in the middle', async () => {
  const bytes = Buffer.alloc(1000, 7);
  const fileHash = sha256(bytes);
  room.sizes.set(fileHash, bytes.length);
  const path = String((await askSigned(creation(bytes))).headers['location']);
  await room.files.begin({ sessionId: SESSION, candidateId: 'c1', fileHash }, 1000);
  room.incoming.append = () => Promise.reject(new NoSpaceForPackage());
  room.files.append = () => Promise.reject(new NoSpaceForFile());
  await askSigned(piece(path, 0, bytes));
  await ask({
    ...{ method: 'PATCH', path: uploads.uploadPath({ candidateId: 'c1', lease: 1, fileHash }), body: bytes },
    headers: { ...PROPER, 'upload-offset': '0', 'content-type': TUS_PIECE_TYPE },
  });
  await askSigned({ method: 'DELETE', path });
  await room.stop();
  await room.start({ full: true });
  await askSigned(creation(bytes));
  const fresh = Buffer.alloc(1000, 9);
  room.sizes.set(sha256(fresh), fresh.length);
  await ask({
    ...{ method: 'POST', path: uploads.UPLOADS_PATH },
    headers: {
      ...{ ...PROPER, 'upload-length': '1000' },
      'upload-metadata': writeUploadMetadata([
        ['candidate', 'c1'],
        ['lease', '1'],
        ['sha256', sha256(fresh)],
      ]),
    },
  });
});

void t.test('the sockets', async (t) => {
  const far = await FarRoom.open({ config: { seats: { maxConnections: 1 } } });
  t.teardown(() => far.close());
  const upgrade = (path: string, headers: Record<string, string>, said: string) =>
    new Promise<number>((resolve, reject) => {
      const { url, ca } = far.address;
      const wanted = {
        ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      };
      const sent = request(new URL(path, url), { ca, agent: false, headers: { ...wanted, ...headers } });
      const done = (status: number | undefined) => {
        witness.take({ path: said }, { status: status ?? 0, headers: {}, body: Buffer.alloc(0), code: null });
        resolve(status ?? 0);
      };
      sent.on('upgrade', (response, socket) => {
        t.teardown(() => socket.destroy());
        done(response.statusCode);
      });
      sent.on('response', (response) => {
        response.resume();
        done(response.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
  const protocol = { 'Sec-WebSocket-Protocol': 'kaochang.seat.v1' };
  t.equal(await upgrade('/seat', {}, '/seat'), 400);
  t.equal(await upgrade('/seat', { ...protocol, Origin: 'https://elsewhere.example' }, '/seat'), 403);
  t.equal(await upgrade('/seat', protocol, '/seat'), 101);
  t.equal(await upgrade('/seat', protocol, '/seat'), 503);
  const staff = `${STAFF_SOCKET_PATH}/`;
  t.equal(await upgrade(`${staff}?EIO=4&transport=websocket`, {}, staff), 101);
  for (const path of [`${staff}?EIO=4&transport=polling`, `${staff}?EIO=4&transport=smoke`]) {
    const heard = await far.send({ path });
    witness.take({ path: staff }, { ...heard, code: null });
  }
});

void t.test('whatever was answered is documented', async (t) => {
  for (const said of new Set(witness.undocumented)) t.fail(`undocumented: ${said}`);
  t.ok(witness.seen.size > 40);
});

void t.test('whatever is documented was answered', async (t) => {
  const { absent } = differences(witness.documented(), witness.seen);
  for (const said of absent) t.fail(`documented, and never answered: ${said}`);
});

void t.test('every route of the router and every path of the wires is documented', async (t) => {
  const routed = room.app.middleware
    .map((middleware) => (middleware as unknown as { router?: Router }).router)
    .find((router) => router !== undefined);
  const layers = (routed?.stack ?? []).filter(({ path }) => typeof path === 'string');
  t.ok(layers.length >= 7, 'the router shows its routes');
  const shape = (path: string) => path.replaceAll(/:\w+|\{\w+\}/g, '{}');
  const known = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((m) => `${m} ${shape(path)}`),
  );
  for (const { path, methods } of layers)
    for (const method of methods)
      if (method !== 'HEAD')
        t.ok(known.includes(`${method.toLowerCase()} ${shape(String(path))}`), `${method} ${String(path)}`);
  const constants = Object.entries({
    ...install,
    FILES_PATH: uploads.UPLOADS_PATH,
    STAFF_SOCKET_PATH,
  }).filter((entry): entry is [string, string] => /_PATH$/.test(entry[0]) && typeof entry[1] === 'string');
  t.ok(constants.length >= 5);
  for (const [name, path] of constants)
    t.ok(
      Object.keys(paths).some((one) => one === path || one === `${path}/`),
      `${name} ${path} is documented`,
    );
});

void t.test('the addresses of the cameras are those of the document, and no other', async (t) => {
  const documented = Object.keys(paths).filter((path) => path.startsWith(VIDEO_PATH));
  const answered = VIDEO_ROUTES.map((route) => `${VIDEO_PATH}/${route}`);
  t.same(differences(documented, answered), { undocumented: [], absent: [] });
});

void t.test('a method that is not documented is refused', async (t) => {
  await room.stop();
  await room.start();
  const example = (path: string) =>
    path
      .replace('{id}', 'f'.repeat(32))
      .replace('{candidateId}', 'c1')
      .replace('{lease}', '1')
      .replaceAll(/\{\w+\}/g, HASH);
  for (const [path, item] of Object.entries(paths)) {
    if ('/seat /staff-socket/'.includes(path) && path !== '/') continue;
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (method.toLowerCase() in item) continue;
      const wish = { method, path: example(path), headers: PROPER };
      const { status } = path.startsWith(INSTALL_PATH)
        ? await room.send(await room.signed({ ...wish, headers: {} }))
        : await room.send(wish);
      t.ok([404, 405, 501].includes(status), `${method} ${path} answered ${status}`);
    }
  }
});

void t.test(
  'every problem code of the code is documented, and every documented one is in the code',
  async (t) => {
    const folders = ['http', 'install', 'uploads'];
    const texts = folders.flatMap((folder) =>
      readdirSync(join('server', folder)).map((file) =>
        file.endsWith('.ts') ? readFileSync(join('server', folder, file), 'utf8') : '',
      ),
    );
    const inCode = new Set<string>(install.INSTALL_PROBLEM_CODES);
    for (const text of texts)
      for (const [, code = ''] of text.matchAll(/(?:\bcode: |\bno\(\s*\d{3},\s*)'([a-z-]+)'/g))
        inCode.add(code);
    const refusals = new Refusals(process.cwd());
    for (const command of ['install-package', 'remove-package', 'receive-file'] as const)
      for (const code of refusals.ofCommand(command))
        inCode.add(code === 'room-busy' ? 'session-open' : code);
    for (const code of ['seat-not-paired', ...Object.keys(VIDEO_PROBLEMS)]) inCode.add(code);
    const papers = readFileSync(join('server', 'papers', 'refusal.ts'), 'utf8');
    const [, table = ''] = /const TEXTS = \{(.*?)\n\} as const/s.exec(papers) ?? [];
    const packages = [...table.matchAll(/^ {2}'?([a-z-]+)'?: \[/gm)].map(([, code = '']) => code);
    t.ok(packages.length > 10);
    for (const code of packages) inCode.add(code);
    const documented = new Set([
      'bad-request',
      'not-found',
      'method-not-allowed',
      'body-too-large',
      'server-fault',
    ]);
    const collect = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(collect);
      if (typeof node !== 'object' || node === null) return;
      const { 'x-codes': codes = [] } = node as { 'x-codes'?: string[] };
      for (const code of codes) documented.add(code);
      Object.values(node).forEach(collect);
    };
    collect(document);
    const { undocumented, absent } = differences(documented, inCode);
    t.same(undocumented, [], 'in the code, and not in http.openapi.yaml');
    t.same(absent, [], 'in http.openapi.yaml, and not in the code');
    const codesOf = (path: string, status: string) => {
      const { responses = {} } = (paths[path]?.['post'] ?? {}) as { responses?: Record<string, Node> };
      return follow(document, responses[status] ?? {})['x-codes'] as string[];
    };
    const said = (command: 'install-package' | 'remove-package') =>
      refusals.ofCommand(command).map((code) => (code === 'room-busy' ? 'session-open' : code));
    const finishing = codesOf(`${install.UPLOADS_PATH}/{id}/finish`, '422');
    t.same(
      differences(finishing, [...packages, ...said('install-package'), 'wrong-file-hash']),
      { undocumented: [], absent: [] },
      'why a package is not taken',
    );
    t.same(
      differences(codesOf(REMOVAL_PATH, '409'), said('remove-package')),
      { undocumented: [], absent: [] },
      'why one is not taken away',
    );
  },
);
