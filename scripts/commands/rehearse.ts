// `kaochang rehearse`: simulated candidates from this process, against a room of its own that is gone afterwards, or against
// the practice session of a room. Prints what each phase took.

import { readFile } from 'node:fs/promises';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { rehearseHere } from './rehearse-here.js';
import type { RehearseOptions } from './rehearse-options.js';
import { rehearseThere } from './rehearse-there.js';
import { UsageError } from './usage-error.js';

const MAX_SEATS = 5_000;
const HERE_ONLY = ['plain', 'data'] as const;
const THERE_ONLY = ['from', 'ca', 'serverName', 'staff', 'for'] as const;

/** @throws UsageError, NotPracticeError, Error naming the step that failed */
export async function rehearse(options: RehearseOptions) {
  const { seats, minutes, reconnects, to } = options;
  if (seats < 1 || seats > MAX_SEATS)
    throw new UsageError(`--seats：1 至 ${MAX_SEATS}`, `--seats: 1 to ${MAX_SEATS}`);
  if (reconnects > 100)
    throw new UsageError('--reconnects：0 至 100（百分比）', '--reconnects: 0 to 100 percent');
  if (minutes !== undefined && (minutes <= 0 || minutes > 600))
    throw new UsageError('--minutes：大于 0，至多 600', '--minutes: above 0, 600 at most');
  refuse(options, to === undefined ? THERE_ONLY : HERE_ONLY, to === undefined);
  if (to === undefined) return rehearseHere(options);
  const { staff, from = 1 } = options;
  if (staff === undefined)
    throw new UsageError(
      '--to 需要 --staff：演练场次的系统管理员和监考员，每行“工号 PIN”',
      '--to needs --staff: a file with the sysadmin and the proctor of the practice session, "staffId PIN" in each line',
    );
  if (from < 1) throw new UsageError('--from：从 1 起', '--from: 1 or more');
  return rehearseThere(options, await addressOf(to, options), staff);
}

/** Options of the other way to rehearse are not passed over in silence. */
function refuse(options: RehearseOptions, names: readonly (keyof RehearseOptions)[], isHere: boolean): void {
  const wrong = names.filter((name) => options[name] !== undefined);
  if (wrong.length === 0) return;
  const flags = wrong
    .map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
    .join(' ');
  throw isHere
    ? new UsageError(`${flags} 只与 --to 一起使用`, `${flags}: only with --to`)
    : new UsageError(`${flags} 不与 --to 一起使用`, `${flags}: not with --to`);
}

async function addressOf(to: string, { ca, serverName }: RehearseOptions): Promise<RoomAddress> {
  const url = URL.canParse(to) ? new URL(to) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new UsageError(
      `--to：不是网址：${to}`,
      `--to: not an address: ${to}; for example https://10.0.0.2:8443`,
    );
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !isLoopback)
    throw new UsageError('--to 只走 HTTPS', '--to goes by HTTPS: https://…');
  const pem = ca === undefined ? undefined : await readFile(ca, 'utf8').catch(() => null);
  if (pem === null) throw new UsageError(`--ca：读不出 ${ca}`, `--ca: cannot read ${ca}`);
  return {
    url: url.origin,
    ...(pem === undefined ? {} : { ca: pem }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}
