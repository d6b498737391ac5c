// The sheet that the demo prints: addresses, sign-ins, codes and keys, in the order in which somebody needs them.

import { inGroups } from '../../server/keys/typed-code.js';
import type { LoadedSource } from '../../server/papers/source.js';
import type { PackageSecrets } from '../../server/protocol/package.js';

export interface SheetFacts {
  /** `http://127.0.0.1:PORT` */
  base: string;
  data: string;
  source: LoadedSource;
  secrets: PackageSecrets;
  /** Each works once. */
  sealCodes: readonly string[];
  /** Seats at which a person may sit. */
  seats: number;
  /** A spare PC at which nobody is played. */
  spareLabel: string;
  /** Time of day. */
  startsAt: string;
  minutes: number;
}

const ROLES: Record<string, string> = {
  'org-technician': '技术支持 technician',
  chief: '主考 chief',
  deputy: '副主考 deputy',
  inspector: '巡考员 inspector',
  clerk: '考务 clerk',
  proctor: '监考员 proctor',
  sysadmin: '系统管理员 sysadmin',
};

export const KEYS =
  'n 下一步 next step · p 配对、核验、应答举手 pair, check in, answer hands · k 断电/恢复 kill/restart the server · q 结束 quit';

/** The sheet as text, ending with a line break. */
export function demoSheet(facts: SheetFacts): string {
  const { base, data, source, secrets, sealCodes, seats, spareLabel, startsAt, minutes } = facts;
  const label = (seatId: string) => source.plan.seats.find((seat) => seat.seatId === seatId)?.label ?? seatId;
  const main = secrets.papers.find(({ use }) => use === 'main');
  return [
    '',
    `考场 ROOM  ${source.plan.room.name}   开考 start ${startsAt}   时长 ${Math.round(minutes * 10) / 10} min`,
    '',
    '考生机 CANDIDATES  （每个网址是一台考生机 / each address is one PC）',
    ...source.roster
      .slice(0, seats)
      .flatMap(({ name, ticketNo, seatId }, index) => [
        `  ${base}/?pc=${index + 1}`,
        `    ${label(seatId)} 号 ${name}   准考证号 ticket ${ticketNo}   密码 password ${ticketNo.slice(-6)}`,
      ]),
    `  ${base}/?pc=${seats + 1}   备用机 spare PC（可配对为 ${spareLabel} / may be paired as ${spareLabel}）`,
    '',
    `监考台 STAFF  ${base}/staff`,
    ...source.plan.staff.map(
      ({ name, roles, pin }) =>
        `  ${name}  PIN ${pin}  ${roles.map((role) => ROLES[role] ?? role).join(', ')}`,
    ),
    '',
    '电话告知的号码 CODES  （评价组织值班员读出 / read out by the organisation）',
    `  启封码 start code  ${inGroups(main?.startCode ?? '')}`,
    `  封场授权码 seal code  ${sealCodes.map(inGroups).join('   ')}（各用一次 / each once）`,
    '',
    `按键 KEYS  ${KEYS}`,
    `数据 DATA  ${data}`,
    '',
    '',
  ].join('\n');
}
