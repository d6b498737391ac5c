// What a room's technician may set: one schema with defaults, unknown keys refused, all errors at once. Times and rules of
// an exam are not here but in the package's policy; the clock is not here at all.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { deviceProblems, DevicesSchema } from './devices/settings.js';
import { LOG_LEVELS } from './log.js';

const strict = { additionalProperties: false } as const;
const Port = (preset: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: preset, description });
const group = <T extends Record<string, TSchema>>(fields: T) =>
  Type.Object(fields, { ...strict, default: {} });

export const ConfigSchema = Type.Object(
  {
    host: Type.String({
      default: '0.0.0.0',
      description: 'Address on which HTTPS listens; 127.0.0.1 for this machine alone.',
    }),
    httpsPort: Port(8443, 'Port of HTTPS; 0 takes any free one.'),
    hostName: Type.String({
      default: 'room.exam',
      pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
      description:
        'Name under which the PCs know the room. It is the origin of their storage: never change it during an exam.',
    }),
    extraNames: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
      default: [],
      maxItems: 50,
      description: 'Further host names or addresses for the certificate.',
    }),
    plainHttpOnLoopback: Type.Boolean({
      default: false,
      description: 'Also speak plain HTTP on 127.0.0.1, for a demo on this machine.',
    }),
    plainHttpPort: Port(8080, 'Port of plain HTTP on 127.0.0.1; 0 takes any free one.'),
    webFolder: Type.String({ default: 'build/web', description: 'Folder of the built pages.' }),
    ballastMegabytes: Type.Integer({
      minimum: 0,
      maximum: 10_000,
      default: 64,
      description: 'Disk space kept back for the moment at which the disk is full.',
    }),
    logLevel: Type.Union(
      LOG_LEVELS.map((level) => Type.Literal(level)),
      { default: 'info', description: 'How much the service writes to stderr.' },
    ),
    devices: DevicesSchema,
    recording: group({
      folder: Type.String({
        minLength: 1,
        maxLength: 1_000,
        default: 'video',
        description:
          'Where recordings lie; a relative folder is below the data folder. Better a disk of its own: answers and video then never fight for space.',
      }),
      exportFolders: Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
        default: [],
        maxItems: 20,
        description:
          'Folders that recordings may be exported to from the dashboard, beside removable drives: a mounted network disk, for instance.',
      }),
      volumeId: Type.String({
        maxLength: 200,
        default: '',
        description:
          'Identifier in `kaochang-volume.json` on the video disk: on any other disk nothing is recorded. Empty = any disk.',
      }),
      segmentSeconds: Type.Integer({
        minimum: 2,
        maximum: 600,
        default: 10,
        description: 'Length of one recorded file.',
      }),
      beforeMinutes: Type.Integer({
        minimum: 0,
        maximum: 1_440,
        default: 10,
        description: 'Cameras record from so long before entry opens (REQ-A06).',
      }),
      afterMinutes: Type.Integer({
        minimum: 0,
        maximum: 1_440,
        default: 10,
        description: 'And until so long after everything is collected.',
      }),
      aloneMinutes: Type.Integer({
        minimum: 2,
        maximum: 1_440,
        default: 1_440,
        description:
          'So long at most the recorder goes on when no server speaks any more: to the planned end of the session by default, a few minutes where nobody misses its films.',
      }),
      lowGb: Type.Number({
        minimum: 0,
        maximum: 1e6,
        default: 20,
        description:
          'With less free space (1e9 bytes) the smaller stream is recorded, where a camera has one.',
      }),
      stopGb: Type.Number({
        minimum: 0,
        maximum: 1e6,
        default: 5,
        description: 'With less free space nothing is recorded: answers always win. Nothing is ever deleted.',
      }),
      ffmpeg: Type.String({
        maxLength: 1_000,
        default: '',
        description:
          'The program that records; empty = ffmpeg of the PATH, then the module ffmpeg-static where somebody installed it.',
      }),
    }),
    preflight: group({
      rehearsal: Type.Boolean({
        default: true,
        description:
          'Plays a rehearsal with as many simulated candidates as there are seats as part of the check of the room; without it that line stays unknown.',
      }),
      timeServers: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$' }), {
        default: ['ntp.aliyun.com', 'ntp.tencent.com'],
        maxItems: 10,
        description:
          'Time servers (NTP) that the check of the room compares the clock with, `host` or `host:port`. Two or more, so that a wrong one shows.',
      }),
      internetUrls: Type.Array(Type.String({ pattern: '^https?://[^\\s]{1,500}$' }), {
        default: ['https://www.baidu.com/', 'https://www.qq.com/'],
        maxItems: 10,
        description:
          'Addresses that the server must reach before and after the exam (REQ-A02); better the organisation’s own. None is asked while a session holds the room.',
      }),
    }),
    probes: group({
      addresses: Type.Array(Type.String({ pattern: '^https?://[A-Za-z0-9.:_/?=&%-]{1,300}$' }), {
        default: [
          'https://www.baidu.com/favicon.ico',
          'https://www.qq.com/favicon.ico',
          'https://223.5.5.5/',
          'https://1.12.12.12/',
          'http://www.msftconnecttest.com/connecttest.txt',
          'http://223.6.6.6/',
        ],
        maxItems: 12,
        description:
          'Outside addresses that every candidate PC tries: where one answers, its seat turns red (REQ-A04). Names and bare addresses, so that a PC without DNS is caught too; a page on HTTPS reaches an address without a name only where that has a certificate of its own. Empty = nothing is tried.',
      }),
      fromSeconds: Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 180,
        description: 'Two rounds of a PC are apart by a random time, at least so long.',
      }),
      toSeconds: Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 420,
        description: 'And at most so long.',
      }),
    }),
    http: group({
      maxConnections: Type.Integer({
        minimum: 10,
        maximum: 100_000,
        default: 10_000,
        description: 'Connections of everybody at once; below the limit of open files of the service.',
      }),
      maxConnectionsPerAddress: Type.Integer({
        minimum: 2,
        maximum: 100_000,
        default: 512,
        description:
          'Connections of one address: a PC needs seven, a whole room behind one address (NAT) some three hundred.',
      }),
      maxOpeningPerAddress: Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 128,
        description:
          'Of these, how many may be without a finished handshake: twenty pages that are loaded at once.',
      }),
      handshakesPerSecond: Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 250,
        description:
          'How many handshakes begin in a second while much else is to be done, addresses by turns: a fifth of a core.',
      }),
      handshakesPerSecondIdle: Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 600,
        description:
          'The same while the server is busy for less than six tenths of the time: after a restart 2,000 PCs are back the sooner.',
      }),
      handshakesPerSecondPerAddress: Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 40,
        description:
          'How many of them one address gets for long, after `maxOpeningPerAddress` at once: a whole room behind one address is back in seven seconds.',
      }),
      handshakeTimeoutMs: Type.Integer({
        minimum: 100,
        maximum: 120_000,
        default: 10_000,
        description: 'Who has not finished the handshake by then is let go.',
      }),
      acceptQueue: Type.Integer({
        minimum: 1,
        maximum: 65_535,
        default: 128,
        description:
          'Connections that the system holds ready for the server, which takes all of them in one go and lets their handshakes begin by turns. Who finds it full tries again after a second by itself.',
      }),
      headersTimeoutMs: Type.Integer({
        minimum: 100,
        maximum: 120_000,
        default: 15_000,
        description: 'Who has not said by then what it wants is let go.',
      }),
      requestTimeoutMs: Type.Integer({
        minimum: 1_000,
        maximum: 3_600_000,
        default: 600_000,
        description:
          'How long one request may take to come in: a large file of a candidate over a slow line.',
      }),
      keepAliveTimeoutMs: Type.Integer({
        minimum: 100,
        maximum: 600_000,
        default: 10_000,
        description: 'An idle connection is kept for so long.',
      }),
      minReadBytesPerSecond: Type.Integer({
        minimum: 0,
        maximum: 2 ** 30,
        default: 1_024,
        description:
          'Who takes an answer more slowly holds memory that others need; a modem takes four times as much.',
      }),
      slowPatienceMs: Type.Integer({
        minimum: 100,
        maximum: 600_000,
        default: 20_000,
        description: 'For so long a reader may be slower, before it is let go.',
      }),
    }),
    install: group({
      remote: Type.Boolean({
        default: true,
        description: 'Takes packages from technicians far away, whose keys are in data/trust.',
      }),
      maxPackageMegabytes: Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 2_048,
        description: 'The largest package from afar: one with audio for every item is below it.',
      }),
      keepFreeMegabytes: Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        default: 1_024,
        description: 'Disk space that no package from afar may take: the answers of a day come before it.',
      }),
      idleMinutes: Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 15,
        description: 'An upload that stood still for so long makes way for another technician.',
      }),
    }),
    pull: group({
      taskUrl: Type.String({
        default: '',
        pattern: '^$|^https://[^?#\\s]+$|^http://127\\.0\\.0\\.1(:\\d+)?/[^?#\\s]*$',
        description:
          'Where the room asks its organisation for packages to install; empty = it asks nobody. HTTPS, without a query.',
      }),
      caFile: Type.String({
        default: '',
        description: 'PEM of the CA of that server; empty = those of the system.',
      }),
      everySeconds: Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 60,
        description: 'How often it asks while no session holds the room; slower after failures.',
      }),
    }),
    uploads: group({
      megabytesPerSecond: Type.Number({
        exclusiveMinimum: 0,
        maximum: 10_000,
        default: 8,
        description:
          'What all candidates together may upload: 40 files of 50 MB in under five minutes. Above it the saves of the others wait for the same disk and CPU.',
      }),
      keepFreeMegabytes: Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        default: 1_024,
        description:
          'Disk space that neither a handed-in file nor the building of a result bundle may take: answers go on where they cannot.',
      }),
    }),
    seats: group({
      maxConnections: Type.Integer({
        minimum: 1,
        maximum: 20_000,
        default: 5_000,
        description: 'Connections of candidate PCs at once; above the largest room, below the file limit.',
      }),
      helloTimeoutMs: Type.Integer({
        minimum: 100,
        maximum: 60_000,
        default: 10_000,
        description: 'A PC that does not introduce itself for so long is let go.',
      }),
      silentTimeoutMs: Type.Integer({
        minimum: 200,
        maximum: 300_000,
        default: 20_000,
        description: 'A PC that sends nothing for so long is taken as gone: four beats of 5 s.',
      }),
      maxOutstanding: Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 32,
        description:
          'Requests of one PC on their way to the disk before its next one waits: what one commit takes in about a millisecond. Answers of an outage go as fast, and nobody else waits behind them.',
      }),
      maxBufferedBytes: Type.Integer({
        minimum: 65_536,
        maximum: 2 ** 28,
        default: 4 * 2 ** 20,
        description: 'Bytes that a PC may leave unread before it is let go; it comes back by itself.',
      }),
      messagesPerSecond: Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 50,
        description: 'What one PC may send for long: a fast typist makes two messages a second.',
      }),
      floodRestMs: Type.Integer({
        minimum: 0,
        maximum: 600_000,
        default: 5_000,
        description:
          'A PC that sent more than it may is heard again after so long; it keeps what it has to send.',
      }),
      bytesPerSecond: Type.Integer({
        minimum: 1_024,
        maximum: 2 ** 30,
        default: 256 * 1_024,
        description:
          'What one PC may send for long: an essay of 20,000 characters every five seconds is 12 KB/s.',
      }),
      byteBurst: Type.Integer({
        minimum: 65_536,
        maximum: 2 ** 30,
        default: 16 * 2 ** 20,
        description: 'What one PC may send at once: a whole paper of unsent essays after an outage.',
      }),
      messageBurst: Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 2_000,
        description: 'What one PC may send at once: a whole paper of unsent answers after an outage.',
      }),
    }),
  },
  strict,
);

export type Config = Static<typeof ConfigSchema>;

/** What one setting is wrong about; the person gets all of them at once. */
export interface ConfigProblem {
  where: string;
  zh: string;
  en: string;
}

/** The settings cannot be used. The message names every problem; there is no stack to read for a technician. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(({ where, zh, en }) => `${where}: ${zh} / ${en}`).join('\n'));
    this.name = 'ConfigError';
  }
}

/** Environment variables that the command knows; another `KAOCHANG_...` is an error, so that a slip does not pass unseen. */
const KNOWN_VARIABLES = ['KAOCHANG_DATA', 'KAOCHANG_CONFIG'];
const NO_CLOCK = {
  zh: '服务器只按真实时钟运行，不接受设定的时钟',
  en: 'the server runs on the real clock only and takes no driven one',
};

/**
 * Reads the settings: the file, `<data>/config.json` where none is named, defaults where there is no file.
 * @param file null = `<data>/config.json` if it is there
 * @throws ConfigError with all that is wrong
 */
export function readConfig(
  options: { data: string; file: string | null },
  env: NodeJS.ProcessEnv = process.env,
): Config {
  const problems = environmentProblems(env);
  const file = options.file ?? join(options.data, 'config.json');
  const value = readSettings(file, options.file !== null, problems);
  const config = parseConfig(value, problems);
  if (problems.length > 0 || config === null) throw new ConfigError(problems);
  return config;
}

/** Fills in defaults and adds what is wrong to `problems`. @returns null when something is */
export function parseConfig(value: unknown, problems: ConfigProblem[]): Config | null {
  const before = problems.length;
  let filled: unknown;
  try {
    filled = Value.Default(ConfigSchema, Value.Clone(value));
  } catch {
    problems.push({ where: '/', zh: '嵌套过深', en: 'nested too deeply' });
    return null;
  }
  for (const { path, message, value: found } of Value.Errors(ConfigSchema, filled)) {
    const where = path === '' ? '/' : path;
    if (/^\/devices\/\d+$/.test(where)) {
      problems.push(...problemsOfDevice(where, found));
      continue;
    }
    if (problems.some((known) => known.where === where)) continue;
    if (/clock|faketime/i.test(where)) problems.push({ where, ...NO_CLOCK });
    else
      problems.push({
        where,
        zh: `设置有误（现为 ${JSON.stringify(found) ?? '空'}）`,
        en: message.charAt(0).toLowerCase() + message.slice(1),
      });
  }
  if (problems.length === before) problems.push(...repeatedDevices((filled as Config).devices));
  return problems.length > before ? null : (filled as Config);
}

/** Of the adapter that the entry names, not of all that there are. */
function problemsOfDevice(where: string, entry: unknown): ConfigProblem[] {
  return deviceProblems(entry).map(({ path, message }) => ({
    where: where + path,
    zh: '设备设置有误',
    en: message.charAt(0).toLowerCase() + message.slice(1),
  }));
}

/** A device is known by its id for ever, in the journal and in the bundle. */
function repeatedDevices(devices: readonly { id?: unknown }[]): ConfigProblem[] {
  const ids = devices.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [{ where: `/devices/${index}/id`, zh: '两台设备编号相同', en: 'two devices have this id' }],
  );
}

function environmentProblems(env: NodeJS.ProcessEnv): ConfigProblem[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('KAOCHANG_') && !KNOWN_VARIABLES.includes(name))
    .map((name) =>
      /CLOCK|TIME|NOW/.test(name)
        ? { where: name, ...NO_CLOCK }
        : { where: name, zh: '没有这个环境变量', en: `unknown; known are ${KNOWN_VARIABLES.join(', ')}` },
    );
}

function readSettings(file: string, mustExist: boolean, problems: ConfigProblem[]): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || mustExist)
      problems.push({ where: file, zh: '配置文件读不出来', en: `cannot be read: ${message}` });
    return {};
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    problems.push({ where: file, zh: '不是有效的 JSON', en: `not JSON: ${(error as Error).message}` });
    return {};
  }
}
