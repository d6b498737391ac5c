// Small readers of one text or one file: keys, codes, envelopes, headers, notes, settings. Thousands of inputs a second.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '../../../server/config.js';
import { UploadStore } from '../../../server/install/upload-store.js';
import { DsseError, signDsse, verifyDsse } from '../../../server/keys/dsse.js';
import {
  contentDigest,
  isSignedBy,
  readSignatureInput,
  signMessage,
  type SignedMessage,
} from '../../../server/keys/http-signatures.js';
import {
  generateKeys,
  KeyFileError,
  readPrivateKeys,
  readPublicKeys,
  signingKey,
  verifyingKey,
} from '../../../server/keys/key-files.js';
import {
  checkOrgCode,
  inGroups,
  makeOrgCode,
  makeStartCode,
  readTypedCode,
} from '../../../server/keys/typed-code.js';
import { readByteCount, readUploadMetadata, writeUploadMetadata } from '../../../server/protocol/tus.js';
import { readSecret, readUploadPath, uploadPath } from '../../../server/protocol/uploads.js';
import { encodeHead, newHead, readHead } from '../../../server/uploads/sealed-file.js';
import { mutateBytes, mutateText } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import type { Random } from '../random.js';
import { expect, Finding, showBytes, type OpenTarget, type Target } from '../target.js';

/** One text of several kinds, and what has to hold for each. */
interface Kind {
  name: string;
  sound: string;
  mutate: (text: string, random: Random) => string;
  attempt: (text: string) => void | Promise<void>;
}

interface Text {
  kind: Kind;
  text: string;
}

async function openTexts(): Promise<OpenTarget<Text>> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-text-'));
  const org = await generateKeys('org', '示例培训评价组织');
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const kinds: Kind[] = [
    ...keyFiles(org, file),
    ...codes(),
    ...headers(org),
    envelope(org),
    settings(folder),
    await uploadNotes(folder),
    head(file),
  ];
  return {
    sample: (random) => {
      const kind = random.pick(kinds);
      return { kind, text: kind.sound };
    },
    mutate: ({ kind, text }, random) => ({ kind, text: kind.mutate(text, random) }),
    attempt: async ({ kind, text }) => {
      await kind.attempt(text);
    },
    show: ({ kind, text }) => `${kind.name}: ${showBytes(Buffer.from(text))}`,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

type Keys = Awaited<ReturnType<typeof generateKeys>>;

function keyFiles(org: Keys, file: (name: string, text: string) => string): Kind[] {
  const secret = org.signing.slice(20, 44);
  const refusal = (error: unknown) => {
    if (error instanceof Finding || !(error instanceof KeyFileError)) throw error;
    expect(
      !error.message.includes(secret) && !error.message.includes(org.identity),
      'A key is in the message',
    );
  };
  return [
    {
      name: 'public keys',
      sound: JSON.stringify(org.public),
      mutate: mutateJson,
      attempt: (text) =>
        readPublicKeys(file('x.pub', text)).then((keys) => {
          expect(verifyingKey(keys).asymmetricKeyType === 'ed25519', 'A key of another kind was taken');
        }, refusal),
    },
    {
      name: 'private keys',
      sound: JSON.stringify(org),
      mutate: mutateJson,
      attempt: (text) =>
        readPrivateKeys(file('x.key', text)).then((keys) => {
          expect(signingKey(keys).asymmetricKeyType === 'ed25519', 'A key of another kind was taken');
          expect(verifyingKey(keys.public).asymmetricKeyType === 'ed25519', 'A public key of another kind');
        }, refusal),
    },
  ];
}

function codes(): Kind[] {
  const key = Buffer.alloc(32, 3);
  const scope = { act: 'extension', sessionId: 'theory-am', scope: 'c1', minutes: 10 };
  const org = makeOrgCode(key, { ...scope, counter: 7 });
  const start = makeStartCode();
  return [
    {
      name: 'start code',
      sound: inGroups(start),
      mutate: mutateText,
      attempt: (text) => {
        const read = readTypedCode(text);
        expect(
          read === null || (/^\d{6,40}$/.test(read) && BigInt(read) % 97n === 1n),
          'A code without its check',
        );
      },
    },
    {
      name: 'org code',
      sound: inGroups(org),
      mutate: mutateText,
      attempt: (text) => {
        const counter = checkOrgCode(key, scope, text);
        const digits = text.normalize('NFKC').replace(/[\s-]/g, '');
        expect(counter === null || (counter === 7 && digits === org), 'Another code counts');
      },
    },
  ];
}

function headers(org: Keys): Kind[] {
  const message: SignedMessage = {
    method: 'PATCH',
    path: '/api/v1/install/uploads/0',
    headers: {
      'content-digest': contentDigest(Buffer.from('x')),
      'kaochang-room': '0'.repeat(16),
      'upload-offset': '5',
    },
  };
  const signed = signMessage(message, 'nonce-12345', org, 1);
  const all = { ...message, headers: { ...message.headers, ...signed } };
  const name = { candidateId: 'c1', lease: 1, fileHash: 'a'.repeat(64) };
  return [
    {
      name: 'signed request',
      sound: JSON.stringify(all),
      mutate: mutateJson,
      attempt: (text) => {
        const given = stringsOf(text);
        if (given === null) return;
        const input = readSignatureInput(given.headers['signature-input']);
        if (input === null || !isSignedBy(given, input, given.headers['signature'], org.public)) return;
        const covered = [
          'content-digest',
          'kaochang-room',
          'upload-length',
          'upload-offset',
          'upload-metadata',
          'range',
          'if-match',
        ];
        expect(given.method === all.method && given.path === all.path, 'Another request counts as signed');
        for (const one of covered)
          expect(
            (given.headers[one] ?? '').trim() === ((all.headers as Record<string, string>)[one] ?? ''),
            `Another ${one} counts as signed`,
          );
      },
    },
    {
      name: 'Upload-Metadata',
      sound: writeUploadMetadata([
        ['candidate', 'c1'],
        ['lease', '1'],
        ['sha256', 'a'.repeat(64)],
      ]),
      mutate: mutateText,
      attempt: (text) => {
        const pairs = readUploadMetadata(text);
        if (pairs !== null)
          for (const [key] of pairs) expect(/^[\w-]{1,64}$/.test(key), 'A key that is none');
      },
    },
    {
      name: 'Upload-Offset',
      sound: '1048576',
      mutate: mutateText,
      attempt: (text) => {
        const count = readByteCount(text);
        expect(
          count === null || (String(count) === text && Number.isSafeInteger(count)),
          'A count that is none',
        );
      },
    },
    {
      name: 'path of an upload',
      sound: uploadPath(name),
      mutate: mutateText,
      attempt: (text) => {
        const read = readUploadPath(text);
        expect(read === null || uploadPath(read) === text, 'A path that is read as another');
      },
    },
    {
      name: 'Authorization',
      sound: `Bearer ${'5'.repeat(64)}`,
      mutate: mutateText,
      attempt: (text) => {
        const secret = readSecret(text);
        expect(secret === null || text === `Bearer ${secret}`, 'A secret that was not given');
      },
    },
  ];
}

/** HTTP gives texts: what is none never comes so far. */
function stringsOf(text: string): SignedMessage | null {
  try {
    const { method, path, headers: given } = JSON.parse(text) as SignedMessage;
    const fields = Object.entries(given).filter(([, value]) => typeof value === 'string');
    if (typeof method !== 'string' || typeof path !== 'string') return null;
    return { method, path, headers: Object.fromEntries(fields) };
  } catch {
    return null;
  }
}

function envelope(org: Keys): Kind {
  const type = 'application/vnd.kaochang.test+json';
  return {
    name: 'envelope',
    sound: JSON.stringify(signDsse(type, Buffer.from('{"a":1}'), [org])),
    mutate: mutateJson,
    attempt: (text) => {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return;
      }
      try {
        const payload = verifyDsse(value, type, [org.public]);
        expect(payload.toString('utf8') === '{"a":1}', 'Another payload counts as signed');
      } catch (error) {
        if (error instanceof Finding || !(error instanceof DsseError)) throw error;
      }
    },
  };
}

function settings(folder: string): Kind {
  const data = join(folder, 'data');
  mkdirSync(data);
  return {
    name: 'config.json',
    sound: JSON.stringify({
      httpsPort: 443,
      extraNames: ['a'],
      seats: { messageBurst: 5_000 },
      http: {},
      pull: { taskUrl: '' },
    }),
    mutate: mutateJson,
    attempt: (text) => {
      writeFileSync(join(data, 'config.json'), text);
      try {
        const config = readConfig({ data, file: null }, {});
        expect(Number.isInteger(config.httpsPort) && config.httpsPort <= 65_535, 'A port that is none');
      } catch (error) {
        if (error instanceof Finding || !(error instanceof ConfigError)) throw error;
        expect(error.problems.length > 0, 'A refusal without a reason');
      }
    },
  };
}

async function uploadNotes(folder: string): Promise<Kind> {
  const incoming = join(folder, 'incoming');
  const store = await UploadStore.open(incoming, 'remote', 0);
  await store.begin({ length: 100, sha256: 'a'.repeat(64), keyId: 'k', address: '127.0.0.1' }, 1);
  await store.append(Buffer.alloc(60, 7), 2);
  const sound = JSON.stringify(store.current);
  return {
    name: 'notes of an upload',
    sound,
    mutate: mutateJson,
    attempt: async (text) => {
      writeFileSync(join(incoming, 'remote.json'), text);
      writeFileSync(join(incoming, 'remote.part'), Buffer.alloc(60, 7));
      const { current } = await UploadStore.open(incoming, 'remote', 0);
      if (current === null)
        return expect(readdirSync(incoming).length === 0, 'Something is left of a forgotten upload');
      expect(current.offset <= 60 && current.length >= 1, 'More bytes than there are');
    },
  };
}

function head(file: (name: string, text: string) => string): Kind {
  return {
    name: 'head of a handed-in file',
    sound: Buffer.concat([encodeHead(newHead('theory-am.1', 60)), Buffer.alloc(60, 7)]).toString('latin1'),
    mutate: (text, random) => mutateBytes(Buffer.from(text, 'latin1'), random).toString('latin1'),
    attempt: async (text) => {
      const path = file('head', '');
      writeFileSync(path, Buffer.from(text, 'latin1'));
      const handle = await openFile(path, 'r');
      try {
        const found = await readHead(handle);
        if (found === null) return;
        const { keyId, salt, size } = found.head;
        expect(typeof keyId === 'string' && typeof salt === 'string', 'A head without its fields');
        expect(Number.isSafeInteger(size) && size >= 0, 'A head with a size that is none');
      } finally {
        await handle.close();
      }
    },
  };
}

export const textTargets: readonly Target[] = [
  {
    name: 'texts',
    reads: [
      ...[
        'server/keys/key-files.ts',
        'server/keys/typed-code.ts',
        'server/keys/http-signatures.ts',
        'server/keys/dsse.ts',
      ],
      ...['server/config.ts', 'server/install/upload-store.ts', 'server/uploads/sealed-file.ts'],
      ...['server/protocol/tus.ts', 'server/protocol/uploads.ts'],
    ],
    about:
      'Key files, typed codes, envelopes, signed requests, tus headers, config.json, notes of uploads, heads of handed-in files.',
    inputsInTests: 800,
    open: () => openTexts() as Promise<OpenTarget<unknown>>,
  },
];
