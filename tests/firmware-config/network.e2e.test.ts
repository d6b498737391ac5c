// Names, addresses and time of the room: dnsmasq itself takes the settings and answers by them, and all files agree with the
// plan of addresses.

import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { writeFileSync } from 'node:fs';
import { BlockList, isIPv4 } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { settingsPath, settingsText } from './support/settings-folder.js';

const lines = (path: string) =>
  settingsText(path)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

interface Place {
  role: string;
  mac: string;
  address: string;
}
const plan: Place[] = lines('network/plan.csv')
  .slice(1)
  .map((line) => {
    const [role = '', , mac = '', address = ''] = line.split(',');
    return { role, mac, address };
  });
const addressOf = (role: string) => plan.find((place) => place.role === role)?.address ?? '';

void t.test('dnsmasq takes the settings, and refuses a slip', async (t) => {
  const check = (file: string) =>
    spawnSync('dnsmasq', ['--test', '-C', file], {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/bin' },
    });
  t.equal(check(settingsPath('network/dnsmasq.conf')).status, 0);
  const broken = join(t.testdir({}), 'dnsmasq.conf');
  writeFileSync(broken, settingsText('network/dnsmasq.conf').replace('no-resolv', 'no-resolve'));
  t.not(check(broken).status, 0);
});

void t.test('[A04] the room’s name has the server’s address, every other name does not exist', async (t) => {
  const port = await freePort();
  const config = join(t.testdir({}), 'dnsmasq.conf');
  // Names alone, on this machine alone: addresses are handed out by nobody in a test.
  const kept = lines('network/dnsmasq.conf').filter((line) => !/^(interface|bind|dhcp)/.test(line));
  writeFileSync(
    config,
    [...kept, `port=${port}`, 'listen-address=127.0.0.1', 'bind-interfaces', ''].join('\n'),
  );
  const server = spawn('/usr/sbin/dnsmasq', ['-k', '-C', config, '--user=', '--pid-file='], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => server.kill());
  const resolver = new dns.Resolver({ timeout: 500, tries: 10 });
  resolver.setServers([`127.0.0.1:${port}`]);
  t.strictSame(await onceUp(() => resolver.resolve4('room.exam')), [addressOf('server')]);
  for (const name of ['www.baidu.com', 'example.org', 'dns.google', 'x'])
    await t.rejects(resolver.resolve4(name), { code: 'ENOTFOUND' }, `${name} does not exist`);
  await t.rejects(resolver.resolve6('www.baidu.com'), { code: 'ENOTFOUND' });
});

void t.test('[A04] nobody is handed a gateway', async (t) => {
  t.ok(
    lines('network/dnsmasq.conf').includes('dhcp-option=option:router'),
    'an empty option takes the default away',
  );
  t.notMatch(lines('network/dhcpd.conf').join('\n'), /routers/);
  t.notMatch(
    settingsText('network/dnsmasq.conf'),
    /^(server|resolv-file)=/m,
    'no name is asked for elsewhere',
  );
});

void t.test('all files agree with the plan of addresses', async (t) => {
  const room = new BlockList();
  room.addSubnet('192.168.10.0', 24);
  for (const { role, mac, address } of plan) {
    t.ok(isIPv4(address) && room.check(address), `${address} is in the room`);
    t.match(role, /^(server|spare|control-pc|display|candidate|camera|device)$/);
    t.match(mac, /^$|^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  }
  t.equal(new Set(plan.map(({ address }) => address)).size, plan.length, 'no address twice');
  const rules = settingsText('nftables/kaochang.nft');
  t.match(rules, `define control_pc = ${addressOf('control-pc')}\n`);
  const within = (role: string, define: string) => {
    const [, first = '', last = ''] = new RegExp(`define ${define} = ([\\d.]+)-([\\d.]+)`).exec(rules) ?? [];
    const range = new BlockList();
    range.addRange(first, last);
    for (const { address } of plan.filter((place) => place.role === role))
      t.ok(range.check(address), `${role} ${address}`);
  };
  within('camera', 'cameras');
  within('device', 'device_boxes');
  const server = addressOf('server');
  for (const path of ['network/dnsmasq.conf', 'network/dhcpd.conf', 'clock/pc.reg'])
    t.match(settingsText(path), server, path);
  t.match(rules, 'define https_port = 8443\n', 'the port that the service has by itself');
});

void t.test('dhcp-hosts.sh makes one line a seat, and names what is twice or no card', async (t) => {
  const folder = t.testdir({});
  const hosts = (text: string) => {
    writeFileSync(join(folder, 'plan.csv'), text);
    return spawnSync('sh', [settingsPath('network/dhcp-hosts.sh'), join(folder, 'plan.csv')], {
      encoding: 'utf8',
    });
  };
  const made = hosts(settingsText('network/plan.csv'));
  t.equal(
    made.stdout,
    plan
      .filter(({ mac }) => mac !== '')
      .map(({ mac, address }) => `${mac},${address}\n`)
      .join(''),
  );
  t.equal(made.status, 0);
  const head = 'role,seat,mac,address,note\n';
  const row = 'candidate,01,02:00:00:00:00:01,192.168.10.11,\n';
  for (const [text, why] of [
    [`${head}${row}${row}`, /twice/],
    [`${head}${row}${row.replace(':01,', ':02,')}`, /twice/],
    [`${head}${row.replace(':01,', ':zz,')}`, /zz/],
  ] as const) {
    const refused = hosts(text);
    t.equal(refused.status, 1);
    t.match(refused.stderr, why);
  }
});

void t.test(
  'the clock jumps at the start of the service only, and is served without the internet',
  async (t) => {
    const known =
      /^(server [a-z.]+ iburst|allow [\d./]+|local stratum \d+|makestep [\d.]+ \d+|maxslewrate \d+|minsources \d+|maxdistance [\d.]+|driftfile \/\S+|rtcsync|leapsectz \S+|logdir \/\S+|log( \w+)+|bindcmdaddress 127\.0\.0\.1)$/;
    const settings = lines('clock/chrony.conf');
    for (const line of settings) t.match(line, known);
    t.ok(settings.includes('makestep 1.0 3'), 'in the first three updates');
    t.ok(settings.includes('local stratum 10'));
    t.ok(settings.filter((line) => line.startsWith('server ')).length >= 3, 'a wrong source is outvoted');
  },
);

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Asks until the server listens, for half a minute at most. */
async function onceUp<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 600; ; left--)
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
