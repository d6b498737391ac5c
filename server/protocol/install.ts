// The wire of remote installation (docs/remote-install.md): what a room says of its readiness, and why it refuses a
// technician far away. No candidate and no word of a paper passes here.

import { Type, type Static } from '@sinclair/typebox';
import type { HttpProblem } from './http.js';

const strict = { additionalProperties: false } as const;
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

export const INSTALL_PATH = '/api/v1/install';
export const UPLOADS_PATH = `${INSTALL_PATH}/uploads`;
export const REMOVAL_PATH = `${INSTALL_PATH}/removal`;
/** tus 1.0.0 with the extensions creation and termination. */
export const TUS_VERSION = '1.0.0';
export const PIECE_TYPE = 'application/offset+octet-stream';
/** Room's answer: a number that the next request signs, used once. */
export const NONCE_HEADER = 'replay-nonce';
/** Both ways: the key id of the room that is meant. */
export const ROOM_HEADER = 'kaochang-room';
export const MAX_PIECE_BYTES = 4 * 2 ** 20;

/** How the room stands. GET /api/v1/install */
export const ReadinessSchema = Type.Object(
  {
    roomKeyId: Type.String(),
    version: Type.String(),
    disk: Type.Object(
      {
        freeBytes: Type.Integer({ minimum: 0 }),
        /** The largest package that the room would take now. */
        roomForBytes: Type.Integer({ minimum: 0 }),
      },
      strict,
    ),
    clock: Type.Object(
      { roomTime: Type.Integer(), wallTime: Type.Integer(), trusted: Type.Boolean() },
      strict,
    ),
    package: orNull(
      Type.Object(
        {
          packageId: Type.String(),
          sequence: Type.Integer(),
          manifestHash: Type.String(),
          roomName: Type.String(),
          planName: Type.String(),
          expiresAt: Type.Integer(),
          /** The file lies there and was checked at the start. */
          fileThere: Type.Boolean(),
        },
        strict,
      ),
    ),
    /** The session that holds the room; nothing is installed meanwhile. */
    currentSession: orNull(Type.String()),
    sessions: Type.Array(
      Type.Object(
        {
          sessionId: Type.String(),
          subject: Type.String(),
          startsAt: Type.Integer(),
          phase: Type.String(),
          candidates: Type.Integer(),
          seal: Type.Object(
            {
              sysadmin: Type.Boolean(),
              clerk: Type.Boolean(),
              orgConfirmed: Type.Boolean(),
              brokenBy: orNull(Type.String()),
            },
            strict,
          ),
        },
        strict,
      ),
    ),
    pairing: Type.Object(
      { seats: Type.Integer(), paired: Type.Integer(), connected: Type.Integer(), waiting: Type.Integer() },
      strict,
    ),
    /** What is on its way, if anything. */
    upload: orNull(
      Type.Object(
        {
          keyId: Type.String(),
          sha256: Type.String(),
          length: Type.Integer(),
          offset: Type.Integer(),
        },
        strict,
      ),
    ),
  },
  strict,
);
export type Readiness = Static<typeof ReadinessSchema>;

/** Answer to a finished installation. */
export const InstalledAnswerSchema = Type.Object(
  {
    packageId: Type.String(),
    sequence: Type.Integer(),
    manifestHash: Type.String(),
    readiness: ReadinessSchema,
  },
  strict,
);
export type InstalledAnswer = Static<typeof InstalledAnswerSchema>;

/** POST /api/v1/install/removal */
export const RemovalSchema = Type.Object(
  {
    packageId: Type.String({ minLength: 1, maxLength: 100 }),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
  },
  strict,
);
export type Removal = Static<typeof RemovalSchema>;

/** HTTP status, then the sentence and the next step in Chinese and in English. */
const PROBLEMS = {
  'signature-needed': [
    401,
    '请求未签名。请用技术支持的密钥签名后重试',
    'The request is not signed; sign it with the technician’s key and try again',
  ],
  'bad-signature-input': [
    400,
    '签名字段不合规。请按协议文档签名',
    'The signature fields are unsound; sign as the document of the wire says',
  ],
  'unknown-key': [
    401,
    '本考场不认识这把密钥。请系统管理员把技术支持的公钥放入 data/trust 后重试',
    'This room does not know the key; let the system administrator put its public half into data/trust',
  ],
  'wrong-room': [
    401,
    '请求是给另一考场的。请核对考场地址与考场密钥',
    'The request is meant for another room; check the address and the room’s key',
  ],
  'wrong-signature': [
    401,
    '签名不符。请核对密钥文件，并检查网络中间设备',
    'The signature does not hold; check the key file and what stands between',
  ],
  replayed: [
    401,
    '此请求已用过一次，不能重放。请重新签名',
    'The request was used before and counts once; sign a new one',
  ],
  'stale-nonce': [
    401,
    '签名所用的随机数已过期。请用新的随机数重新签名',
    'The number that was signed is no longer good; sign again with the new one',
  ],
  'wrong-digest': [
    400,
    '收到的内容与声明的摘要不符，本段未保存。请重发本段',
    'What came is not what its digest says, and nothing of it was kept; send the piece again',
  ],
  'length-needed': [
    411,
    '缺少 Content-Length。请声明长度后重发',
    'Content-Length is missing; say how long it is and send again',
  ],
  'bad-request': [400, '请求有误。请按协议文档发送', 'The request is not well formed; see the document'],
  'piece-too-large': [
    413,
    '单段超过上限。请分成更小的段',
    'The piece is above the limit; send smaller pieces',
  ],
  'package-too-large': [
    413,
    '考试包超过本考场允许的大小。请联系系统管理员调整设置',
    'The package is larger than this room takes; ask the system administrator about the setting',
  ],
  'wrong-offset': [
    409,
    '起点不符，请从本考场已收到的位置继续',
    'The piece does not begin where the last one ended; go on from where the room is',
  ],
  'upload-in-progress': [
    409,
    '另一份考试包正在上传。请等待其完成或取消后再试',
    'Another package is on its way; wait until it is done or taken back',
  ],
  'upload-busy': [
    423,
    '本次上传的另一段正在写入。请稍后查询位置再继续',
    'Another piece of this upload is being written; ask for the offset and go on',
  ],
  'unknown-upload': [404, '没有这次上传。请重新开始', 'There is no such upload; begin anew'],
  'upload-incomplete': [
    409,
    '尚未传完，不能安装。请继续上传',
    'Not everything has come yet; go on uploading',
  ],
  'wrong-file-hash': [
    422,
    '传完的文件与声明的摘要不符，已删除。请重新上传',
    'The file is not what was declared, and is deleted; upload it again',
  ],
  'disk-full': [
    507,
    '考场服务器磁盘空间不足，已删除未完成的内容。请系统管理员清理磁盘后重试',
    'The disk of the room has no space for it, and nothing of it was kept; let the system administrator make room',
  ],
  'session-open': [
    409,
    '有场次正在进行，不能安装或删除考试包。请在该场收卷完成后重试',
    'A session holds the room: nothing is installed or removed; try again when it is collected',
  ],
  'tus-version': [412, '请使用 tus 1.0.0', 'Please speak tus 1.0.0'],
  'not-found': [404, '这里没有所要的内容', 'There is nothing here'],
  'method-not-allowed': [405, '不支持这种请求方式', 'This method is not allowed here'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type InstallProblemCode = keyof typeof PROBLEMS;
export const INSTALL_PROBLEM_CODES = Object.keys(PROBLEMS) as InstallProblemCode[];

/** The status and the body of a refusal on this wire. */
export function installProblem(code: InstallProblemCode): { status: number; body: HttpProblem } {
  const [status, zh, en] = PROBLEMS[code];
  return { status, body: { code, zh, en } };
}
