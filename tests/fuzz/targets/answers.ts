// Answers of other machines: what a room tells a technician's program, and what an organisation's task server tells a room that
// asks. The far side may be anybody; no answer of it throws, hangs or installs anything that was not signed.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askReadiness, installRemotely, RoomRefusal } from '../../../server/install/remote-install.js';
import { NoAnswerError, SignedClient } from '../../../server/install/signed-client.js';
import { TaskPoller } from '../../../server/install/task-poller.js';
import { UploadStore } from '../../../server/install/upload-store.js';
import { signDsse } from '../../../server/keys/dsse.js';
import { generateKeys } from '../../../server/keys/key-files.js';
import type { Log } from '../../../server/log.js';
import { NONCE_HEADER, ROOM_HEADER, type Readiness } from '../../../server/protocol/install.js';
import { TASK_PAYLOAD_TYPE, type Task } from '../../../server/protocol/tasks.js';
import { mutateBytes, mutateText } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import type { Random } from '../random.js';
import { expect, Finding, showBytes, type OpenTarget, type Target } from '../target.js';

interface Reply {
  status: string;
  headers: [string, string][];
  body: Buffer;
  /** The body says nothing of its length. */
  unsaid?: boolean;
  raw: Buffer | null;
}

const write = ({ status, headers, body, unsaid, raw }: Reply): Buffer => {
  if (raw !== null) return raw;
  const length: [string, string][] = unsaid === true ? [] : [['Content-Length', String(body.length)]];
  const lines = [...headers, ...length, ['Connection', 'close']]
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines}\r\n`), body]);
};

function mutateReply(reply: Reply, random: Random): Reply {
  const headers = reply.headers.map(([name, value]): [string, string] => [name, value]);
  const header = headers[random.below(headers.length)];
  switch (random.below(7)) {
    case 0:
      return {
        ...reply,
        status: random.pick([
          '200 OK',
          '204 No Content',
          '206 Partial',
          '301 Moved',
          '401 No',
          '409 X',
          '500 X',
          '100 Continue',
          '999 X',
          'x',
        ]),
      };
    case 1:
      if (header !== undefined) header[1] = mutateText(header[1], random);
      return { ...reply, headers };
    case 2:
      if (header !== undefined) headers.splice(headers.indexOf(header), 1);
      return { ...reply, headers };
    case 3:
      return { ...reply, raw: mutateBytes(write(reply), random) };
    case 4:
      return { ...reply, body: mutateBytes(reply.body, random) };
    case 5:
      return {
        ...reply,
        body:
          reply.body.length === 0
            ? Buffer.from('{}')
            : Buffer.concat(Array.from({ length: random.pick([2, 50]) }, () => reply.body)),
        unsaid: random.onceIn(2),
      };
    default:
      return { ...reply, body: Buffer.from(mutateJson(reply.body.toString('utf8'), random)) };
  }
}

/** Answers each connection with the next reply that the test laid down, whatever is asked. */
async function farSide() {
  let replies: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const next = replies.length > 1 ? replies.shift() : replies[0];
      socket.end(next ?? Buffer.alloc(0));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lay: (given: readonly Buffer[]) => (replies = [...given]),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const READINESS = (room: string): Readiness =>
  ({
    ...{
      format: 'kaochang-readiness-1',
      room,
      roomName: '102',
      version: '0.1.0',
      now: 1,
      package: null,
      busy: false,
    },
  }) as unknown as Readiness;

async function openAnswers(): Promise<OpenTarget<Reply[]>> {
  const far = await farSide();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-answers-'));
  const file = join(folder, 'x.exampkg');
  writeFileSync(file, 'not a package at all');
  const keys = await generateKeys('technician', '远助');
  const room = '0'.repeat(16);
  const known: [string, string][] = [
    [NONCE_HEADER, 'nonce-1234567890'],
    [ROOM_HEADER, room],
    ['Tus-Resumable', '1.0.0'],
    ['Upload-Offset', '0'],
    ['Location', `/api/v1/install/uploads/${'1'.repeat(32)}`],
  ];
  const reply = (status: string, body: object): Reply => ({
    status,
    headers: known,
    body: Buffer.from(JSON.stringify(body)),
    raw: null,
  });
  const problem = { code: 'stale-nonce', zh: '请重试', en: 'try again' };
  const sample = [
    reply('401 Unauthorized', problem),
    reply('201 Created', {}),
    reply('204 No Content', {}),
    reply('200 OK', READINESS(room)),
  ];
  return {
    sample: () => sample,
    mutate: (replies, random) => {
      const at = random.below(replies.length);
      return replies.map((one, index) => (index === at ? mutateReply(one, random) : one));
    },
    attempt: async (replies) => {
      for (const act of [
        askReadiness,
        (client: SignedClient) => installRemotely(client, file, { patienceMs: 0 }),
      ]) {
        far.lay(replies.map(write));
        try {
          await act(new SignedClient({ url: far.url }, keys, room, 1_000));
        } catch (error) {
          if (!(error instanceof RoomRefusal) && !(error instanceof NoAnswerError)) throw error;
          expect(!error.message.includes(keys.signing), 'A key is in the message');
        }
      }
    },
    show: (replies) => replies.map((one) => showBytes(write(one), 600)).join('\n'),
    close: async () => {
      await far.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface TaskInput {
  /** Signed by the organisation as it stands. */
  payload: string;
  replies: Reply[];
  envelope: string | null;
}

async function openTasks(): Promise<OpenTarget<TaskInput>> {
  const far = await farSide();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-tasks-'));
  const org = await generateKeys('org', '示例培训评价组织');
  const room = await generateKeys('room', '102');
  const bytes = Buffer.from('not a package at all');
  const faults: unknown[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    debug: () => undefined,
    fatal: (one: unknown) => faults.push(one),
    error: (one: unknown) => faults.push(one),
  } as unknown as Log;
  const task: Task = {
    ...{
      format: 'kaochang-task-1',
      taskId: 'task-1',
      room: room.public.keyId,
      packagePath: '/packages/x.exampkg',
      bytes: bytes.length,
    },
    ...{ sha256: createHash('sha256').update(bytes).digest('hex'), expiresAt: 10 },
  };
  const known: [string, string][] = [
    [NONCE_HEADER, 'nonce-1234567890'],
    [ROOM_HEADER, room.public.keyId],
    ['Content-Range', `bytes 0-${bytes.length - 1}/${bytes.length}`],
  ];
  const reply = (status: string, body: Buffer): Reply => ({ status, headers: known, body, raw: null });
  const start: TaskInput = {
    payload: JSON.stringify(task),
    envelope: null,
    replies: [
      reply('401 Unauthorized', Buffer.from('{"code":"signature-needed"}')),
      reply('200 OK', Buffer.alloc(0)),
      reply('206 Partial Content', bytes),
      reply('200 OK', Buffer.alloc(0)),
    ],
  };
  const signed = (payload: string) =>
    JSON.stringify(signDsse(TASK_PAYLOAD_TYPE, Buffer.from(payload), [org]));
  const incoming = join(folder, 'incoming');
  return {
    sample: () => start,
    mutate: (input, random) => {
      if (random.onceIn(3)) return { ...input, payload: mutateJson(input.payload, random) };
      if (random.onceIn(3))
        return { ...input, envelope: mutateJson(input.envelope ?? signed(input.payload), random) };
      const at = random.below(input.replies.length);
      return {
        ...input,
        replies: input.replies.map((one, index) => (index === at ? mutateReply(one, random) : one)),
      };
    },
    attempt: async ({ payload, replies, envelope }) => {
      rmSync(incoming, { recursive: true, force: true });
      mkdirSync(incoming);
      const store = await UploadStore.open(incoming, 'pull', 0);
      let installed = 0;
      const host = {
        ...{ roomKeyId: room.public.keyId, isBusy: () => false, now: () => 5, log },
        orgs: async () => [org.public],
        readiness: () => READINESS(room.public.keyId),
        install: async (path: string) => {
          installed += 1;
          expect(readFileSync(path).equals(bytes), 'Other bytes than the task names');
          return { ok: false as const, problem: { code: 'damaged', zh: '', en: '' } };
        },
        remove: () => Promise.reject(new Finding('Removed')),
        recordRefusal: async () => undefined,
      };
      const client = new SignedClient({ url: far.url }, room, room.public.keyId, 1_000);
      const options = { url: `${far.url}/tasks/x`, everyMs: 1, folder: incoming, maxPackageBytes: 2 ** 20 };
      const body = Buffer.from(envelope ?? signed(payload));
      far.lay(
        replies.map((one, index) =>
          write(index === 1 && one.body.length === 0 && one.raw === null ? { ...one, body } : one),
        ),
      );
      faults.length = 0;
      const round = await new TaskPoller(host, store, client, options).round();
      expect(['nothing', 'refused', 'failed', 'installed'].includes(round), () => `The round is ${round}`);
      expect(installed <= 1, 'Installed twice');
      if (faults.length > 0)
        throw new Finding(
          'A fault of the far side is logged as one of the room',
          (faults[0] as { err?: unknown }).err,
        );
    },
    show: ({ payload, envelope, replies }) =>
      `${payload.slice(0, 1_000)}\n${envelope?.slice(0, 1_000)}\n${replies.map((one) => showBytes(write(one), 400)).join('\n')}`,
    close: async () => {
      await far.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const answerTargets: readonly Target[] = [
  {
    name: 'room-answers',
    reads: ['server/install/remote-install.ts', 'server/install/signed-client.ts'],
    about:
      'Answers to a technician’s program, from greeting to the end of an upload; status, headers, JSON and bytes changed.',
    inputsInTests: 60,
    open: () => openAnswers() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'pulled-tasks',
    reads: [
      'server/install/task-poller.ts',
      'server/install/signed-client.ts',
      'server/keys/dsse.ts',
      'server/install/upload-store.ts',
    ],
    about:
      'Answers of a task server to a room that asks; task, envelope, ranges and bytes changed, with and without the signature.',
    inputsInTests: 80,
    open: () => openTasks() as Promise<OpenTarget<unknown>>,
  },
];
