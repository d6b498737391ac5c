// The measurements themselves: on this machine, against time and web servers on loopback, a held port, and programs that say what
// systems of all kinds say.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { cpus, tmpdir, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { cardsOf, leasedIn, machineFacts, syncLatency } from '../../server/preflight/machine-facts.js';
import {
  openFilesIn,
  serviceFacts,
  sleepsByPowercfg,
  sleepsByTargets,
  updatesBySc,
  updatesByUnits,
  type ServiceSettings,
} from '../../server/preflight/service-facts.js';
import { freePort } from '../../server/rehearsal/free-port.js';

const NEVER = new AbortController().signal;
const folder = (t: Test) => {
  const made = mkdtempSync(join(tmpdir(), 'kaochang-facts-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
};
const settings = (more: Partial<ServiceSettings> = {}): ServiceSettings => ({
  ...{ httpsPort: 1, timeServers: [], internetUrls: [] },
  sessionUnderWay: () => false,
  recordsVideo: true,
  isOurs: () => Promise.resolve(false),
  ...more,
});

/** Puts programs of these names before all others; each prints its text and ends with its status. */
function programs(t: Test, said: Record<string, { out: string; status?: number }>): string {
  const bin = folder(t);
  for (const [name, { out, status = 0 }] of Object.entries(said)) {
    writeFileSync(join(bin, `${name}.txt`), out);
    writeFileSync(join(bin, name), `#!/bin/sh\n/bin/cat "${bin}/${name}.txt"\nexit ${status}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${bin}${delimiter}${before}`;
  t.teardown(() => (process.env['PATH'] = before));
  return bin;
}

void t.test('this machine: cores, memory, disk and system are those that Node knows', async (t) => {
  const data = join(folder(t), 'not', 'there', 'yet');
  const facts = machineFacts(data);
  const [cpu, memory, disk, system] = await Promise.all([
    facts.cpu(),
    facts.memoryBytes(),
    facts.disk(),
    facts.system(),
  ]);
  t.equal(cpu.cores, cpus().length);
  t.equal(memory, totalmem());
  t.ok(disk.totalBytes > disk.freeBytes && disk.freeBytes > 0);
  t.equal(system.platform, process.platform);
  t.type((await facts.machine()).virtual, 'boolean');
  t.ok(Array.isArray(await facts.networkCards()));
  const { writes, p99Ms, p50Ms } = await facts.syncLatency(NEVER);
  t.ok(writes > 0 && p99Ms >= p50Ms && p50Ms > 0);
  t.same(readdirSync(join(data, '..', '..', '..')), [], 'and nothing is left behind');
});

void t.test(
  'a folder that cannot be written to is a failed measurement; an abort ends the writes',
  async (t) => {
    const file = join(folder(t), 'file');
    writeFileSync(file, '');
    await t.rejects(syncLatency(file, NEVER));
    const { writes } = await syncLatency(folder(t), AbortSignal.abort());
    t.equal(writes, 0);
  },
);

void t.test(
  'cards: those that are up, the one of the default route first, leased addresses as the kernel says',
  async (t) => {
    const one = (iface: string, more: object = {}) => ({
      ...{ iface, ip4: `10.0.0.${iface.length}`, internal: false, operstate: 'up', default: false },
      ...{ speed: 1_000, dhcp: true, type: 'wired', virtual: false },
      ...more,
    });
    const cards = cardsOf([
      one('a', { speed: null }),
      one('bb', { default: true, type: 'wireless', dhcp: 'unknown' }),
      one('ccc', { operstate: 'down' }),
      one('dddd', { internal: true }),
    ] as never);
    t.match(cards, [
      { name: 'bb', wireless: true, dhcp: null },
      { name: 'a', megabits: null, dhcp: true },
    ]);
    t.equal(cards.length, 2);
    const leased = leasedIn(
      '[{"ifname":"a","addr_info":[{"local":"10.0.0.1"}]},{"addr_info":[{"local":"10.0.0.2","dynamic":true}]},{}]',
    );
    t.match(cardsOf([one('a'), one('bb')] as never, leased), [{ dhcp: false }, { dhcp: true }]);
  },
);

/** An SNTP server whose clock is off by so much. */
async function timeServer(t: Test, offMs: number): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (asked, from) => {
    const answer = Buffer.alloc(48);
    answer[0] = 0x24;
    answer[1] = 2;
    asked.copy(answer, 24, 40, 48);
    const at = Date.now() + offMs + 2_208_988_800_000;
    for (const place of [16, 32, 40]) {
      answer.writeUInt32BE(Math.floor(at / 1_000), place);
      answer.writeUInt32BE(Math.floor(((at % 1_000) / 1_000) * 2 ** 32), place + 4);
    }
    socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  t.teardown(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

void t.test('the clock is compared with every time server; one that is silent gives nothing', async (t) => {
  const [right, wrong, silent] = [
    await timeServer(t, 0),
    await timeServer(t, 10_000),
    `127.0.0.1:${await freePort()}`,
  ];
  const answers = await serviceFacts(settings({ timeServers: [right, wrong, silent] })).clock(NEVER);
  t.equal(answers.length, 3);
  t.ok(Math.abs(answers[0]?.offsetMs ?? Infinity) < 500, `${answers[0]?.offsetMs}`);
  t.ok(Math.abs((answers[1]?.offsetMs ?? 0) - 10_000) < 500, `${answers[1]?.offsetMs}`);
  t.equal(answers[2]?.offsetMs, null);
});

void t.test(
  'the internet: an address that answers, whatever its status, and one that does not',
  async (t) => {
    const asked: string[] = [];
    const web = createHttp((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    t.teardown(() => web.close());
    const there = `http://127.0.0.1:${(web.address() as AddressInfo).port}/x`;
    const gone = `http://127.0.0.1:${await freePort()}/`;
    const tries = await serviceFacts(settings({ internetUrls: [there, gone] })).internet(NEVER);
    t.match(tries, [
      { url: there, ok: true },
      { url: gone, ok: false },
    ]);
    t.same(asked, ['HEAD /x']);
    asked.length = 0;
    const held = settings({ internetUrls: [there], sessionUnderWay: () => true });
    t.equal(await serviceFacts(held).internet(NEVER), null, 'nobody asks while a session holds the room');
    t.same(asked, []);
  },
);

void t.test('the port: free, this very service, or held by another, who is named', async (t) => {
  const httpsPort = await freePort();
  const port = (more: Partial<ServiceSettings> = {}) =>
    serviceFacts(settings({ httpsPort, ...more })).port(NEVER);
  t.match(await port(), { port: httpsPort, state: 'free' });
  t.match(await port({ isOurs: () => Promise.resolve(true) }), { state: 'ours' });
  const other = createServer((socket) => void socket.on('error', () => undefined));
  await new Promise<void>((resolve) => other.listen(httpsPort, '127.0.0.1', resolve));
  t.teardown(() => other.close());
  const taken = await port();
  t.equal(taken.state, 'taken');
  if (taken.holder !== null) t.match(taken.holder, String(process.pid));
});

const MUXERS = '  E mp4             MP4\n  E segment         segment\n  E stream_segment  x\n';
void t.test('ffmpeg: its version and what it lacks; none at all', async (t) => {
  const bin = folder(t);
  const fake = (name: string, muxers: string) => {
    const file = join(bin, name);
    writeFileSync(
      file,
      `#!/bin/sh\ncase "$*" in *-version*) echo "ffmpeg version 5.1.9-x Copyright";; *-demuxers*) echo "  D rtsp            RTSP";; *) printf '${muxers.replaceAll('\n', '\\n')}';; esac\n`,
    );
    chmodSync(file, 0o755);
    return serviceFacts(settings({ ffmpeg: file })).ffmpeg(NEVER);
  };
  t.same(await fake('whole', MUXERS), { version: '5.1.9-x', missing: [] });
  t.same(await fake('part', MUXERS.replace(/.* segment .*\n/, '')), {
    version: '5.1.9-x',
    missing: ['segment'],
  });
  t.equal(await serviceFacts(settings({ ffmpeg: join(bin, 'none') })).ffmpeg(NEVER), null);
  mkdirSync(join(bin, 'folder'));
  await t.rejects(
    serviceFacts(settings({ ffmpeg: join(bin, 'folder') })).ffmpeg(NEVER),
    'one that cannot be run',
  );
});

/** What `powercfg /query SCHEME_CURRENT SUB_SLEEP STANDBYIDLE` prints, in English and in Chinese. */
const powercfg = (hex: string) => `Power Scheme GUID: 381b4222-f694-41f0-9685-ff5bb260df2e  (Balanced)
      Possible Settings units: Seconds
    Maximum Possible Setting: 0xffffffff
    Current AC Power Setting Index: 0x${hex}
    Current DC Power Setting Index: 0x00000384
`;
const powercfgZh = (hex: string) => `    最大可能的设置: 0xffffffff
    当前交流电源设置索引: 0x${hex}
    当前直流电源设置索引: 0x00000000
`;
const sc = (type: string) =>
  `[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: wuauserv\n        TYPE               : 20  WIN32_SHARE_PROCESS\n        START_TYPE         : ${type}\n`;

void t.test('Windows: sleep by powercfg and updates by sc, asked of programs in the path', async (t) => {
  programs(t, { powercfg: { out: powercfg('00000708') }, sc: { out: sc('3   DEMAND_START') } });
  const facts = serviceFacts(settings({ platform: 'win32' }));
  t.equal(await facts.sleeps(NEVER), 'when-idle');
  t.equal(await facts.updatesItself(NEVER), true);
  t.equal(await facts.openFiles(), null);
  programs(t, { powercfg: { out: powercfgZh('00000000') }, sc: { out: sc('4   DISABLED') } });
  t.equal(await facts.sleeps(NEVER), 'never');
  t.equal(await facts.updatesItself(NEVER), false);
  programs(t, { powercfg: { out: '', status: 1 }, sc: { out: '', status: 5 } });
  t.equal(await facts.sleeps(NEVER), null);
  t.equal(await facts.updatesItself(NEVER), null);
});

void t.test('Linux: masked targets and active units, by systemctl', async (t) => {
  const facts = serviceFacts(settings({ platform: 'linux' }));
  programs(t, { systemctl: { out: 'masked\n', status: 1 } });
  t.equal(await facts.sleeps(NEVER), 'never');
  programs(t, { systemctl: { out: 'active\n' } });
  t.equal(await facts.updatesItself(NEVER), true);
  programs(t, { systemctl: { out: 'inactive\n', status: 3 } });
  t.equal(await facts.updatesItself(NEVER), false);
  programs(t, { systemctl: { out: '', status: 1 } });
  t.equal(await facts.sleeps(NEVER), null);
  t.equal(await facts.updatesItself(NEVER), null);
  t.type(await facts.openFiles(), 'number');
  t.equal(await facts.timeZone(), Intl.DateTimeFormat().resolvedOptions().timeZone);
});

void t.test('sleep by targets: masked is never, anything else can, nothing known is not well', async (t) => {
  t.equal(sleepsByTargets(['masked', 'masked-runtime'], false), 'never');
  t.equal(sleepsByTargets(['masked', 'static'], true), 'can');
  t.equal(
    sleepsByTargets(['static', 'static'], false),
    null,
    'the files say nothing where systemd does not run',
  );
  t.equal(sleepsByTargets(['masked', null], true), null);
  t.equal(updatesByUnits([null, 'inactive', 'failed']), false);
  t.equal(openFilesIn('Max open files            1024                 4096                 files'), 1_024);
  t.equal(openFilesIn('Max open files            unlimited            unlimited            files'), null);
});

void t.test(
  'what programs print never breaks a reader, and no noise makes a machine look safe',
  async (t) => {
    const noise = fc.string({ maxLength: 200 });
    fc.assert(
      fc.property(noise, (text) => {
        openFilesIn(text);
        leasedIn(text);
        t.equal(updatesBySc(text) === false && !/START_TYPE\s*:\s*4/.test(text), false);
        t.equal(sleepsByPowercfg(text) === 'never' && !/0x00000000/i.test(text), false);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.nat(0xffffffff), noise, (seconds, before) => {
        const hex = seconds.toString(16).padStart(8, '0');
        const wanted = seconds === 0 ? 'never' : 'when-idle';
        return [powercfg(hex), powercfgZh(hex)].every(
          (text) => sleepsByPowercfg(`${before}\n${text}`) === wanted,
        );
      }),
      { numRuns: 100 },
    );
  },
);
