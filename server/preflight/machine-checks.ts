// The server itself (REQ-A01): cores, memory, disk, network card, address, virtual machine, operating system.

import { MACHINE_BANDS, type MachineBands } from '../core/preflight-bands.js';
import { amber, check, green, red, same, unknown, type AnyCheck, type Both, type Judgement } from './line.js';

/** What one machine is; measured in machine-facts.ts. Bytes, milliseconds, Mbit/s. */
export interface MachineFacts {
  cpu(): Promise<{ cores: number; model: string }>;
  memoryBytes(): Promise<number>;
  disk(): Promise<{ totalBytes: number; freeBytes: number }>;
  /** Writes of 4 KiB, each brought to the disk before the next. */
  syncLatency(signal: AbortSignal): Promise<{ p50Ms: number; p99Ms: number; writes: number }>;
  networkCards(): Promise<NetworkCard[]>;
  machine(): Promise<{ virtual: boolean; host: string; model: string }>;
  system(): Promise<{ platform: string; name: string; release: string }>;
}

export interface NetworkCard {
  name: string;
  address: string;
  /** null where the system does not say. */
  megabits: number | null;
  dhcp: boolean | null;
  wireless: boolean;
  virtual: boolean;
}

const GB = 1e9;
const GIB = 2 ** 30;
/** Part of the memory goes to the graphics card and the firmware. */
const SHORT_OF = 0.93;

/** Where a hypervisor's name tells a desktop product from a server's. */
const DESKTOP_HOSTS = /virtualbox|parallels|workstation|fusion|player|wsl|virtual pc|qemu user/i;

export function judgeCores(
  { cores, model }: { cores: number; model: string },
  bands: MachineBands,
): Judgement {
  const measured = { zh: `${cores} 核 ${model}`, en: `${cores} cores, ${model}` };
  const required = {
    zh: `${bands.cores} 核以上，建议 ${bands.goodCores} 核以上`,
    en: `${bands.cores} or more, ${bands.goodCores} advised`,
  };
  const cause = { zh: '处理器核心不足', en: 'too few cores' };
  const step = {
    zh: '更换服务器，或在主板设置中启用全部核心',
    en: 'use another server, or enable all cores in its firmware',
  };
  if (cores < bands.cores) return red(measured, required, cause, step);
  return cores < bands.goodCores ? amber(measured, required, cause, step) : green(measured, required);
}

export function judgeMemory(bytes: number, bands: MachineBands): Judgement {
  const measured = same(`${(bytes / GIB).toFixed(1)} GiB`);
  const required = {
    zh: `${bands.memoryGib} GB 以上`,
    en: `${bands.memoryGib} GB or more`,
  };
  if (bytes >= bands.memoryGib * GIB * SHORT_OF) return green(measured, required);
  return red(
    measured,
    required,
    { zh: '内存不足', en: 'too little memory' },
    { zh: '加装内存', en: 'fit more memory' },
  );
}

export function judgeDiskSize(totalBytes: number, bands: MachineBands): Judgement {
  const measured = same(`${Math.round(totalBytes / GB)} GB`);
  const required = { zh: `${bands.diskGb} GB 以上`, en: `${bands.diskGb} GB or more` };
  if (totalBytes >= bands.diskGb * GB * SHORT_OF) return green(measured, required);
  return red(
    measured,
    required,
    { zh: '数据盘太小', en: 'the disk of the data folder is too small' },
    { zh: '把数据目录放到更大的磁盘（--data）', en: 'put the data folder on a larger disk (--data)' },
  );
}

export function judgeDiskFree(freeBytes: number, bands: MachineBands): Judgement {
  const measured = same(`${Math.round(freeBytes / GB)} GB`);
  const required = {
    zh: `可用 ${bands.freeGb} GB 以上，建议 ${bands.goodFreeGb} GB`,
    en: `${bands.freeGb} GB free, ${bands.goodFreeGb} advised`,
  };
  const cause = { zh: '可用空间不足以存放答案和录像', en: 'too little room for answers and recordings' };
  const step = {
    zh: '清理磁盘；往场录像确认移交后再删除',
    en: 'make room; delete earlier recordings only once their hand-over is confirmed',
  };
  if (freeBytes < bands.freeGb * GB) return red(measured, required, cause, step);
  return freeBytes < bands.goodFreeGb * GB
    ? amber(measured, required, cause, step)
    : green(measured, required);
}

export function judgeSync(
  { p50Ms, p99Ms, writes }: { p50Ms: number; p99Ms: number; writes: number },
  bands: MachineBands,
): Judgement {
  const figures = `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  const measured = { zh: `${figures}（${writes} 次落盘）`, en: `${figures} (${writes} writes)` };
  const required = {
    zh: `每次落盘 p99 不超过 ${bands.syncMs} ms`,
    en: `p99 of a durable write ${bands.syncMs} ms`,
  };
  const cause = { zh: '磁盘落盘慢，作答保存会变慢', en: 'the disk is slow to keep data: saves will be slow' };
  const step = {
    zh: '换用固态硬盘；关闭杀毒软件对数据目录的实时扫描；检查 RAID 卡缓存电池',
    en: 'use a solid state disk; exclude the data folder from the virus scanner; check the RAID cache battery',
  };
  if (p99Ms > bands.slowSyncMs) return red(measured, required, cause, step);
  return p99Ms > bands.syncMs ? amber(measured, required, cause, step) : green(measured, required);
}

export function judgeSpeed(cards: readonly NetworkCard[], bands: MachineBands): Judgement {
  const required = { zh: `有线 ${bands.megabits} Mbit/s`, en: `wired, ${bands.megabits} Mbit/s` };
  const card = cards[0];
  if (card === undefined) return noCard(required);
  const { megabits, wireless, name } = card;
  if (megabits === null)
    return unknown(
      required,
      { zh: `网卡 ${name} 不报告速率`, en: `card ${name} does not say its speed` },
      {
        zh: `看网卡和交换机指示灯，人工确认不低于 ${bands.megabits} Mbit/s`,
        en: `look at the lamps of card and switch: ${bands.megabits} Mbit/s or more`,
      },
    );
  const measured = {
    zh: `${name} ${megabits} Mbit/s${wireless ? '（无线）' : ''}`,
    en: `${name} ${megabits} Mbit/s${wireless ? ' (wireless)' : ''}`,
  };
  if (!wireless && megabits >= bands.megabits) return green(measured, required);
  return red(
    measured,
    required,
    wireless
      ? {
          zh: '服务器用的是无线网络，屏蔽器开启后会断',
          en: 'the server is on a wireless network, which the jammer ends',
        }
      : { zh: '网线、交换机端口或网卡达不到', en: 'cable, switch port or card is slower' },
    {
      zh: `用网线连接；网线和交换机端口不低于 ${bands.megabits} Mbit/s`,
      en: `use a cable and a switch port of ${bands.megabits} Mbit/s or more`,
    },
  );
}

export function judgeAddress(cards: readonly NetworkCard[]): Judgement {
  const required = { zh: '固定 IP 地址', en: 'a fixed IP address' };
  const card = cards[0];
  if (card === undefined) return noCard(required);
  const measured = same(`${card.name} ${card.address}`);
  if (card.dhcp === false) return green(measured, required);
  const step = {
    zh: '在系统网络设置中改为手动地址，并记入考场网络表',
    en: 'set the address by hand in the system and note it in the room’s network plan',
  };
  if (card.dhcp === null)
    return unknown(required, { zh: '系统未说明地址来源', en: 'the system does not say' }, step);
  return red(
    measured,
    required,
    { zh: '地址由 DHCP 分配，可能在考试中改变', en: 'the address comes from DHCP and may change' },
    step,
  );
}

export function judgeMachine({
  virtual,
  host,
  model,
}: {
  virtual: boolean;
  host: string;
  model: string;
}): Judgement {
  const required = { zh: '物理服务器', en: 'a machine of its own' };
  if (!virtual) return green(same(model === '' ? '—' : model), required);
  const measured = { zh: `虚拟机 ${host} ${model}`.trim(), en: `virtual machine ${host} ${model}`.trim() };
  const step = { zh: '改用物理机', en: 'use a machine of its own' };
  if (DESKTOP_HOSTS.test(`${host} ${model}`))
    return red(
      measured,
      required,
      {
        zh: '桌面虚拟机或云桌面：时钟和磁盘不可靠',
        en: 'a desktop virtual machine: its clock and disk cannot be relied on',
      },
      step,
    );
  return amber(
    measured,
    required,
    {
      zh: '服务器虚拟化：请确认时钟同步、磁盘和网卡独占',
      en: 'server virtualisation: clock, disk and card are shared',
    },
    step,
  );
}

/** The oldest systems on which the runtime starts. */
export function judgeSystem({
  platform,
  name,
  release,
}: {
  platform: string;
  name: string;
  release: string;
}): Judgement {
  const measured = same(`${name} ${release}`.trim());
  const required = {
    zh: 'Windows 10 / Server 2016 以上，或 Linux（Debian 11、统信、麒麟等）',
    en: 'Windows 10 / Server 2016 or later, or Linux (Debian 11 or later and the like)',
  };
  const major = Number.parseInt(release, 10);
  const tooOld = platform === 'win32' && major < 10;
  if (!tooOld && (platform === 'win32' || platform === 'linux')) return green(measured, required);
  return red(
    measured,
    required,
    tooOld
      ? { zh: '系统过旧，本程序无法可靠运行', en: 'the system is too old for this program' }
      : { zh: '本程序未在此系统上验证', en: 'this program was not proved on this system' },
    {
      zh: '升级系统，或另备一台服务器；旧系统上的 IIS 和数据库可保留不动',
      en: 'upgrade, or use another server; what runs on the old one may stay there',
    },
  );
}

function noCard(required: Both): Judgement {
  return red(
    { zh: '没有可用的网卡', en: 'no network card' },
    required,
    { zh: '没有接通的网卡', en: 'no card is connected' },
    { zh: '插好网线，检查交换机', en: 'plug the cable in and look at the switch' },
  );
}

/** The lines about the machine. */
export function machineChecks(facts: MachineFacts, bands: MachineBands = MACHINE_BANDS): AnyCheck[] {
  const group = 'server' as const;
  const requirement = 'REQ-A01';
  const cards = () => facts.networkCards().then((all) => all.filter(({ virtual }) => !virtual));
  return [
    check({
      id: 'server.cores',
      group,
      requirement,
      title: { zh: '处理器', en: 'cores' },
      measure: () => facts.cpu(),
      judge: (found) => judgeCores(found, bands),
    }),
    check({
      id: 'server.memory',
      group,
      requirement,
      title: { zh: '内存', en: 'memory' },
      measure: () => facts.memoryBytes(),
      judge: (found) => judgeMemory(found, bands),
    }),
    check({
      id: 'server.disk-size',
      group,
      requirement,
      title: { zh: '磁盘容量', en: 'disk size' },
      measure: () => facts.disk(),
      judge: ({ totalBytes }) => judgeDiskSize(totalBytes, bands),
    }),
    check({
      id: 'server.disk-free',
      group,
      requirement: 'REQ-A06',
      title: { zh: '可用空间', en: 'free space' },
      measure: () => facts.disk(),
      judge: ({ freeBytes }) => judgeDiskFree(freeBytes, bands),
    }),
    check({
      id: 'server.disk-sync',
      alone: true,
      group,
      requirement,
      title: { zh: '落盘速度', en: 'durable writes' },
      measure: (signal) => facts.syncLatency(signal),
      judge: (found) => judgeSync(found, bands),
    }),
    check({
      id: 'server.network-speed',
      group,
      requirement: 'REQ-A05',
      title: { zh: '网卡速率', en: 'network card' },
      measure: cards,
      judge: (found) => judgeSpeed(found, bands),
    }),
    check({
      id: 'server.address',
      group,
      requirement,
      title: { zh: 'IP 地址', en: 'address' },
      measure: cards,
      judge: judgeAddress,
    }),
    check({
      id: 'server.virtual-machine',
      group,
      requirement,
      title: { zh: '虚拟机', en: 'virtual machine' },
      measure: () => facts.machine(),
      judge: judgeMachine,
    }),
    check({
      id: 'server.system',
      group,
      requirement,
      title: { zh: '操作系统', en: 'operating system' },
      measure: () => facts.system(),
      judge: judgeSystem,
    }),
  ];
}
