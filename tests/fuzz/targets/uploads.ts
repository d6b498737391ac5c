// Both kinds of uploads behind their locks: handed-in files by a PC that holds the lease, packages with a technician's signature.
// What is refused changes nothing; what is acknowledged has its hash.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contentDigest, signMessage } from '../../../server/keys/http-signatures.js';
import { NONCE_HEADER, ROOM_HEADER, TUS_VERSION } from '../../../server/protocol/install.js';
import { TUS_PIECE_TYPE, writeUploadMetadata } from '../../../server/protocol/tus.js';
import { uploadPath } from '../../../server/protocol/uploads.js';
import { FarRoom } from '../../support/far-room.js';
import { SECRET, SESSION, UploadSetting } from '../../uploads/setting.js';
import { mutateBytes } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { Random } from '../random.js';
import { exchange, mutateRequest, writeRequest, type HttpAnswer, type HttpInput } from '../wire.js';
import { expect, showBytes, type OpenTarget, type Target } from '../target.js';

const TUS: [string, string] = ['Tus-Resumable', TUS_VERSION];
const request = (
  method: string,
  path: string,
  headers: [string, string][] = [],
  body = Buffer.alloc(0),
): HttpInput => ({
  ...{ method, path, headers, body, raw: null },
});
const codeOf = ({ body }: HttpAnswer): string =>
  /"code":"([a-z0-9-]+)"/.exec(body.toString('utf8'))?.[1] ?? '';

async function openHandedIn(): Promise<OpenTarget<HttpInput[]>> {
  const room = await new UploadSetting().start();
  const files = ['甲'.repeat(300), '乙', 'x'.repeat(70_000)].map((text) => Buffer.from(text));
  const names = files.map((bytes) => room.name(bytes));
  const declared = new Set(names.map(({ fileHash }) => fileHash));
  const auth: [string, string] = ['Authorization', `Bearer ${SECRET}`];
  const create = (index: number) => {
    const { candidateId, lease, fileHash } = names[index] ?? { candidateId: '', lease: 0, fileHash: '' };
    const pairs = [
      ['candidate', candidateId],
      ['lease', String(lease)],
      ['sha256', fileHash],
    ] as const;
    return request('POST', '/uploads', [
      auth,
      TUS,
      ['Upload-Length', String(files[index]?.length)],
      ['Upload-Metadata', writeUploadMetadata(pairs)],
    ]);
  };
  const piece = (index: number, from: number, to: number) =>
    request(
      'PATCH',
      uploadPath(names[index] as never),
      [auth, TUS, ['Upload-Offset', String(from)], ['Content-Type', TUS_PIECE_TYPE]],
      files[index]?.subarray(from, to),
    );
  const days = files.map((bytes, index) => {
    const half = Math.floor(bytes.length / 2);
    const path = uploadPath(names[index] as never);
    return [
      create(index),
      piece(index, 0, half),
      request('HEAD', path, [auth, TUS]),
      piece(index, half, bytes.length),
      request('GET', path, [auth]),
    ];
  });
  const folder = join(room.folder, SESSION, 'c1');
  const disk = () =>
    (existsSync(folder)
      ? readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).size}`)
      : []
    ).join();
  return {
    sample: (random) => random.pick(days),
    mutate: (day, random) => {
      const next = [...day];
      const at = random.below(next.length);
      const one = next[at];
      if (one === undefined) return day;
      const kind = random.below(7);
      if (kind === 0) next.splice(at, 1);
      else if (kind === 1) next.splice(random.below(next.length), 0, one);
      else next[at] = mutateRequest(one, random);
      return next;
    },
    attempt: async (day) => {
      for (const one of day) {
        // What still came on a line that broke is taken first.
        for (const name of names) await room.ask('HEAD', uploadPath(name));
        const before = disk();
        const known = JSON.stringify([...room.received]);
        const answer = await exchange(room.port, one.raw ?? writeRequest(one));
        const { status, head, body } = answer;
        expect(
          status !== 500 && status !== 502,
          () => `Answered ${head.slice(0, 200)} ${body.toString('utf8').slice(0, 300)}`,
        );
        expect(!head.includes(SECRET) && !body.includes(SECRET), 'The secret came back');
        const isRefused = status !== null && status >= 400;
        const code = codeOf(answer);
        // Bytes that came before the fault stay, and another file under a known name goes: both are said in the protocol.
        if (isRefused && one.method !== 'PATCH')
          expect(disk() === before || code === 'wrong-hash', () => `${code} changed the disk`);
        if (isRefused) expect(JSON.stringify([...room.received]) === known, () => `${code} was recorded`);
        for (const [hash, bytes] of room.received)
          expect(
            files.some(
              (file) => createHash('sha256').update(file).digest('hex') === hash && file.length === bytes,
            ),
            'A file was recorded that is none',
          );
        for (const name of existsSync(folder) ? readdirSync(folder) : []) {
          expect(declared.has(name), () => `${name} lies on the disk`);
          const size = room.sizes.get(name) ?? 0;
          expect(statSync(join(folder, name)).size <= size + 6 + 4_096, 'More bytes than were named');
        }
        expect(
          readdirSync(room.folder).every((name) => name === SESSION),
          'Something lies outside of the session',
        );
      }
      room.received.clear();
    },
    show: (day) => day.map((one) => showBytes(one.raw ?? writeRequest(one), 600)).join('\n'),
    close: () => room.close(),
  };
}

interface SignedInput {
  request: HttpInput;
  /** Changes after the signature; none = a signature that holds. */
  tampered: number | null;
}

function difference(before: string, after: string): string {
  const at = [...after].findIndex((sign, index) => sign !== before[index]);
  return `${before.slice(Math.max(0, at - 40), at + 80)} -> ${after.slice(Math.max(0, at - 40), at + 80)}`;
}

async function openInstall(): Promise<OpenTarget<SignedInput>> {
  const room = await FarRoom.open({
    config: {
      plainHttpOnLoopback: true,
      plainHttpPort: 0,
      http: {
        maxOpeningPerAddress: 50_000,
        handshakesPerSecondPerAddress: 50_000,
        handshakesPerSecond: 50_000,
        handshakesPerSecondIdle: 50_000,
        requestTimeoutMs: 2_000,
        headersTimeoutMs: 1_000,
      },
    },
  });
  const port = room.server.plainHttpPort ?? 0;
  let nonce = await room.nonce();
  const bytes = Buffer.from('not a package at all');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const metadata: [string, string] = ['Upload-Metadata', `sha256 ${Buffer.from(sha256).toString('base64')}`];
  const uploads = '/api/v1/install/uploads';
  const unknown = `${uploads}/${'0'.repeat(32)}`;
  const begin = request('POST', uploads, [TUS, ['Upload-Length', String(bytes.length)], metadata]);
  const samples = [
    request('GET', '/api/v1/install'),
    begin,
    begin,
    request('HEAD', unknown, [TUS]),
    request(
      'PATCH',
      unknown,
      [TUS, ['Upload-Offset', '0'], ['Content-Type', 'application/offset+octet-stream']],
      bytes,
    ),
    request('POST', `${unknown}/finish`, [TUS]),
    request('DELETE', unknown, [TUS]),
    request(
      'POST',
      '/api/v1/install/removal',
      [],
      Buffer.from(JSON.stringify({ packageId: 'small-exam', reason: '换包' })),
    ),
    request(
      'POST',
      '/api/v1/install/remove',
      [],
      Buffer.from(JSON.stringify({ packageId: 'small-exam', reason: '换包' })),
    ),
  ];
  let current = '';
  const picture = () => {
    const { clock: _clock, lastAt: _lastAt, ...rest } = room.server.room.state;
    return `${JSON.stringify(rest)} ${room.left().join()}`;
  };
  const send = async (input: HttpInput, tampered: number | null): Promise<HttpAnswer> => {
    const path = current === '' ? input.path : input.path.replace('0'.repeat(32), current);
    const given = [
      ...input.headers,
      ...(input.body.length > 0 || input.method === 'GET' ? [] : [['Content-Length', '0']]),
    ] as [string, string][];
    const headers = Object.fromEntries([...given].map(([name, value]) => [name.toLowerCase(), value.trim()]));
    const own = { [ROOM_HEADER]: room.roomKeyId, 'content-digest': contentDigest(input.body) };
    const signed = signMessage(
      { method: input.method, path, headers: { ...headers, ...own } },
      nonce,
      room.technician,
      1,
    );
    let whole: HttpInput = {
      ...input,
      path,
      headers: [...given, ...Object.entries(own), ...Object.entries(signed)],
    };
    if (tampered !== null) whole = mutateRequest(whole, new Random(tampered));
    const answer = await exchange(port, whole.raw ?? writeRequest(whole));
    nonce = answer.headers.get(NONCE_HEADER) ?? (await room.nonce());
    return answer;
  };
  return {
    sample: (random) => ({ request: random.pick(samples), tampered: null }),
    mutate: ({ request: one, tampered }, random) =>
      random.onceIn(3)
        ? { request: one, tampered: random.below(2 ** 31) }
        : {
            request: mutateRequest({ ...one, raw: null }, random, (body, dice) =>
              body.length > 0 && body[0] === 0x7b
                ? Buffer.from(mutateJson(body.toString('utf8'), dice))
                : mutateBytes(body, dice),
            ),
            tampered,
          },
    attempt: async ({ request: one, tampered }) => {
      const before = picture();
      const answer = await send({ ...one, raw: null }, tampered);
      const { status, head, body } = answer;
      const code = codeOf(answer);
      expect(
        status !== 500 && status !== 502,
        () => `Answered ${head.slice(0, 200)} ${body.toString('utf8').slice(0, 300)}`,
      );
      expect(
        !body.includes(room.technician.signing) && !body.includes(room.exam.room.identity),
        'A key came back',
      );
      // What is thrown away at its end is said in the protocol: a file of another hash, and one that is no package.
      const isEnd = status === 422 || code === 'wrong-file-hash';
      // Who signed well and left before the answer may have been served.
      const isRefused = status === null ? tampered !== null : status >= 400 && !isEnd;
      if (isRefused)
        expect(picture() === before, () => `${status} ${code} changed ${difference(before, picture())}`);
      if (status === 201)
        current = /[0-9a-f]{32}$/.exec(answer.headers.get('location') ?? '')?.[0] ?? current;
      expect(room.server.room.state.package === null, 'A package was installed');
    },
    show: ({ request: one, tampered }) => `${showBytes(writeRequest(one))} tampered ${tampered}`,
    close: () => room.close(),
  };
}

export const uploadTargets: readonly Target[] = [
  {
    name: 'handed-in',
    reads: [
      'server/uploads/routes.ts',
      'server/uploads/file-store.ts',
      'server/uploads/sealed-file.ts',
      'server/protocol/tus.ts',
    ],
    about:
      'Uploads of three files in pieces by the PC that holds the lease; requests changed, left out, doubled. Real disk, rules set by hand.',
    inputsInTests: 40,
    open: () => openHandedIn() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'install',
    reads: [
      'server/install/routes.ts',
      'server/install/read-body.ts',
      'server/install/nonces.ts',
      'server/keys/http-signatures.ts',
    ],
    about:
      'Requests of a trusted technician changed before the signature, or after it; the appliance as it stands.',
    inputsInTests: 100,
    open: () => openInstall() as Promise<OpenTarget<unknown>>,
  },
];
