// The service's log: JSON lines by pino. It is no record of the exam (the journal is) and carries no answer, PIN or code.

import { pino, type Logger } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'fatal' | 'debug'>;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields that never reach a log line, wherever they stand. */
const SECRET_FIELDS = [
  'pin',
  'password',
  'startCode',
  'orgCode',
  'pcSecret',
  'value',
  'answers',
  'key',
  'token',
];

/** Makes a log that writes to stderr (stdout belongs to the command's result). */
export function createLog(level: LogLevel): Logger {
  return pino(
    { level, redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), remove: true } },
    pino.destination({ dest: 2, sync: true }),
  );
}
