// The NUT settings that come with the room, taken by NUT's own programs: drivers accept their sections, upsd its users,
// and upsmon shuts down at low battery and not before.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openNutUps } from '../../server/devices/nut-ups.js';
import { openSnmpUps } from '../../server/devices/snmp-ups.js';
import { NUT_PROGRAMS, startNutServer, until, type NutServer } from './support/nut-server.js';
import { HEALTHY_MIB, startSnmpServer } from './support/snmp-agent.js';

const FOLDER = join(process.cwd(), 'firmware-config', 'nut');
const shipped = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const user = userInfo().username;

interface Ran {
  said: string;
  end: () => void;
}

/** Runs a program until it says one of these words, or ends. */
async function run(
  t: Test,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  words: RegExp,
): Promise<Ran> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ran: Ran = { said: '', end: () => child.kill('SIGKILL') };
  t.teardown(ran.end);
  process.once('exit', ran.end);
  await new Promise<void>((resolve) => {
    const hear = (bytes: Buffer) => {
      ran.said += bytes.toString();
      if (words.test(ran.said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => resolve());
  });
  return ran;
}

/** A settings folder for one driver, changed as the test needs it. */
function driverFolder(t: Test, upsConf: string): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-nut-config-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const state = join(folder, 'run');
  mkdirSync(state, { mode: 0o770 });
  writeFileSync(join(folder, 'ups.conf'), upsConf, { mode: 0o640 });
  return { ...process.env, NUT_CONFPATH: folder, NUT_STATEPATH: state, NUT_ALTPIDPATH: state };
}

/** Ends soon, and finds no UPS that happens to be plugged into this machine. */
const quick = (upsConf: string) => `${hasty(upsConf)}\n    serial = "not of this machine"\n`;
const hasty = (upsConf: string) =>
  upsConf.replace(/^maxretry = \d+/m, 'maxretry = 1').replace(/^retrydelay = \d+/m, 'retrydelay = 1');
/** How NUT speaks of settings that it does not understand. */
const MISUNDERSTOOD =
  /not a valid variable|discarding invalid|unknown|parse error|not found in ups\.conf|Duplicate/i;

void t.test('every file is named in the readme', async (t) => {
  const readme = shipped('README.md');
  for (const name of readdirSync(FOLDER)) if (name !== 'README.md') t.match(readme, `\`${name}\``, name);
  for (const heading of ['Apply', 'Verify', 'Undo'])
    t.match(readme, new RegExp(`^## .*${heading}`, 'm'), heading);
});

void t.test('the drivers take their sections, and look for a UPS', async (t) => {
  for (const [file, driver, misses] of [
    ['ups.conf', 'usbhid-ups', /No matching HID UPS found/],
    ['ups.megatec.conf', 'nutdrv_qx', /Device not supported|No supported devices|subdriver/],
  ] as const) {
    t.match(shipped(file), `driver = ${driver}`);
    const args = ['-a', 'ups', '-u', user, '-F'];
    const env = driverFolder(t, quick(shipped(file)));
    const ran = await run(t, join(NUT_PROGRAMS, driver), args, env, misses);
    t.match(ran.said, misses, `${file}: it gets as far as the missing UPS`);
    t.notMatch(ran.said, MISUNDERSTOOD, file);
    const wrong = driverFolder(t, `${quick(shipped(file))}\n    runtimcal = 1,2,3,4\n`);
    const refused = await run(t, join(NUT_PROGRAMS, driver), args, wrong, MISUNDERSTOOD);
    t.match(refused.said, MISUNDERSTOOD, `${file}: a misspelt word would be seen`);
  }
});

void t.test('a remark of a file holds as a setting, too', async (t) => {
  const remarks = shipped('ups.conf').replace(/^ {4}# (ignorelb|override\S+ = \d+)$/gm, '    $1');
  t.match(remarks, /^ {4}ignorelb$/m);
  const env = driverFolder(t, quick(remarks));
  const args = ['-a', 'ups', '-u', user, '-F'];
  const ran = await run(t, join(NUT_PROGRAMS, 'usbhid-ups'), args, env, /No matching HID UPS found/);
  t.match(ran.said, /No matching HID UPS found/);
  t.notMatch(ran.said, MISUNDERSTOOD);
});

void t.test('a network card: NUT and the room read the same of it', async (t) => {
  const agent = await startSnmpServer(HEALTHY_MIB);
  t.teardown(() => agent.remove());
  const upsConf = hasty(shipped('ups.snmp.conf')).replace('192.0.2.20', `127.0.0.1:${agent.port}`);
  const server = await startNutServer({
    variables: { 'ups.status': 'OL' },
    upsConf,
    driver: 'snmp-ups',
  });
  t.teardown(() => server.remove());
  const viaNut = openNutUps('a', { host: server.host, port: server.port, ups: 'ups' });
  const direct = openSnmpUps('b', { host: agent.host, port: agent.port, version: '2c', community: 'public' });
  t.teardown(() => Promise.all([viaNut.close(), direct.close()]));
  const [theirs, ours] = await Promise.all([
    viaNut.poll(AbortSignal.timeout(20_000)),
    direct.poll(AbortSignal.timeout(20_000)),
  ]);
  for (const name of [
    'mains.present',
    'battery.charge',
    'battery.runtime',
    'battery.low',
    'ups.bypass',
  ] as const)
    t.equal(ours[name], theirs[name], name);
});

const CALM = { 'ups.status': 'OL', 'battery.charge': '100', 'battery.runtime': '8000' };

/** The shipped settings of upsd and upsmon, with a short end, a marker for the shutdown and the test's port. */
function settings(marker: string): { 'upsd.conf': string; 'upsd.users': string; 'upsmon.conf': string } {
  const password = (text: string) => text.replaceAll('CHANGE-ME', 'f00dfeed');
  return {
    'upsd.conf': shipped('upsd.conf').replace(' 3493', ' $PORT'),
    'upsd.users': password(shipped('upsd.users')),
    'upsmon.conf': password(shipped('upsmon.conf'))
      .replace('ups@localhost', 'ups@127.0.0.1:$PORT')
      .replace(/^SHUTDOWNCMD .*$/m, `SHUTDOWNCMD "/bin/touch ${marker}"`)
      .replace(/^POWERDOWNFLAG .*$/m, `POWERDOWNFLAG ${marker}.flag`)
      .replace(/^(POLLFREQ|POLLFREQALERT|FINALDELAY) \d+$/gm, '$1 1'),
  };
}

void t.test('upsd and upsmon with the shipped settings', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-nut-marker-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const marker = join(folder, 'shut-down');
  const server: NutServer = await startNutServer({ variables: CALM, files: settings(marker) });
  t.teardown(() => server.remove());

  await t.test('nobody may switch the UPS or set anything; upsmon may force a shutdown', async (t) => {
    const asMonitor = ['USERNAME upsmon', 'PASSWORD f00dfeed'];
    const answers = await server.tell(
      ...asMonitor,
      'SET VAR ups ups.status "OB LB"',
      'INSTCMD ups load.off',
      'PRIMARY ups',
    );
    t.match(answers, ['OK', 'OK', /^ERR ACCESS-DENIED/, /^ERR/, /^OK/]);
    t.match(await server.tell('USERNAME upsmon', 'PASSWORD wrong', 'PRIMARY ups'), [
      'OK',
      'OK',
      /^ERR ACCESS-DENIED/,
    ]);
  });

  await t.test('upsmon shuts down at low battery on battery, and not before', async (t) => {
    const args = ['-F', '-p', '-D', '-u', user];
    const connected = /Communications with UPS .* established|UPS: ups@127\.0\.0\.1.*primary/;
    const monitor = await run(t, join(NUT_PROGRAMS, 'upsmon'), args, server.env, connected);
    t.match(monitor.said, connected);
    server.rewrite({ ...CALM, 'ups.status': 'OL LB' });
    await until(async () => (await server.tell('GET VAR ups ups.status'))[0]?.includes('OL LB') === true);
    server.rewrite({ ...CALM, 'ups.status': 'OB DISCHRG' });
    await until(async () => /on battery/i.test(monitor.said));
    t.notOk(existsSync(marker), 'neither on line with a low battery nor on battery alone');
    server.rewrite({ ...CALM, 'ups.status': 'OB DISCHRG LB' });
    await until(async () => existsSync(marker));
    t.ok(existsSync(marker), 'on battery and low');
    t.match(await server.tell('GET VAR ups ups.status'), [/FSD/], 'and it stays latched');
  });
});
