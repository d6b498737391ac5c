// A real upsd with NUT's dummy driver in a folder of its own, on a loopback port of its own, for tests: its variables can be
// set, its driver frozen and killed, its forced shutdown latched. Nothing of the machine's own NUT is touched.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../server/rehearsal/free-port.js';

/** Where Debian's nut-server has them; /usr/sbin/upsd is a script that reads the machine's own settings. */
export const NUT_PROGRAMS = '/lib/nut';
const MOST_ATTEMPTS = 1_200;
const DUMMY = `maxretry = 1
pollinterval = 1
[ups]
driver = dummy-ups
port = ups.dev
mode = dummy-once`;

export interface NutServer {
  host: string;
  port: number;
  folder: string;
  /** What its programs find their settings by. */
  env: NodeJS.ProcessEnv;
  /** Sets a variable of the UPS, as `upsrw` does; it shows at the driver's next round. */
  set(name: string, value: string): Promise<void>;
  /** Sets all variables in the driver's own file, which needs no user of upsd. */
  rewrite(variables: Record<string, string>): void;
  /** Latches the forced shutdown, as a primary upsmon does. */
  forceShutdown(): Promise<void>;
  freezeDriver(): void;
  thawDriver(): void;
  killDriver(): Promise<void>;
  startDriver(): Promise<void>;
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Sends one line, gives all lines that came with the answer. */
  tell(...lines: string[]): Promise<string[]>;
  remove(): Promise<void>;
}

export interface NutServerOptions {
  variables: Record<string, string>;
  /** Further lines of upsd.conf. */
  upsdConf?: (folder: string) => string[];
  /** Seconds after which upsd calls data stale. */
  maxAgeS?: number;
  /** Whole files in the place of the test's own; `$PORT` is the port. */
  upsConf?: string;
  /** Another driver than the dummy, for `upsConf`. */
  driver?: string;
  files?: Partial<Record<'upsd.conf' | 'upsd.users' | 'upsmon.conf', string>>;
}

/** Starts driver and server; resolves when upsd has data of the UPS called `ups`. */
export async function startNutServer(options: NutServerOptions): Promise<NutServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-nut-'));
  const port = await freePort();
  const run = join(folder, 'run');
  mkdirSync(run, { mode: 0o770 });
  const write = (name: string, lines: string[]) =>
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`, { mode: 0o640 });
  write('nut.conf', ['MODE=standalone']);
  write('ups.conf', [options.upsConf ?? DUMMY]);
  const rewrite = (variables: Record<string, string>) =>
    write(
      'ups.dev',
      Object.entries(variables).map(([name, value]) => `${name}: ${value}`),
    );
  rewrite(options.variables);
  write('upsd.conf', [
    `LISTEN 127.0.0.1 ${port}`,
    `MAXAGE ${options.maxAgeS ?? 15}`,
    ...(options.upsdConf?.(folder) ?? []),
  ]);
  write('upsd.users', [
    '[admin]',
    'password = admin',
    'actions = SET',
    'actions = FSD',
    'upsmon primary',
    '[reader]',
    'password = "a \\"word\\" \\\\ more"',
  ]);
  chmodSync(folder, 0o770);
  for (const [name, text] of Object.entries(options.files ?? {}))
    write(name, [text.replaceAll('$PORT', String(port))]);
  const env = { ...process.env, NUT_CONFPATH: folder, NUT_STATEPATH: run, NUT_ALTPIDPATH: run };
  const user = userInfo().username;
  const said: string[] = [];
  const start = (program: string, args: string[]) => {
    const child = spawn(join(NUT_PROGRAMS, program), [...args, '-F', '-u', user], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
    // A test that is ended from outside leaves nothing running.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    return child;
  };
  let driver: ChildProcess | null = null;
  let server: ChildProcess | null = null;

  const tell = (...lines: string[]) => talk(port, lines);
  const startDriver = async () => {
    driver = start(options.driver ?? 'dummy-ups', ['-a', 'ups']);
    if (server !== null) await until(async () => hasData(await tell('GET VAR ups ups.status')));
  };
  const startServer = async () => {
    server = start('upsd', []);
    await until(async () => hasData(await tell('GET VAR ups ups.status')));
  };
  const asAdmin = async (...lines: string[]) => {
    const answers = await tell('USERNAME admin', 'PASSWORD admin', ...lines);
    const wrong = answers.find((line) => line.startsWith('ERR'));
    if (wrong !== undefined) throw new Error(`${lines.join(', ')}: ${wrong}`);
  };
  const remove = async () => {
    await Promise.all([end(driver), end(server)]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await startDriver();
    await startServer();
  } catch (error) {
    await remove();
    throw new Error(`NUT did not start: ${said.join('')}`, { cause: error });
  }
  return {
    host: '127.0.0.1',
    port,
    folder,
    env,
    rewrite,
    tell,
    startDriver,
    startServer,
    set: (name, value) => asAdmin(`SET VAR ups ${name} "${value}"`),
    forceShutdown: () => asAdmin('PRIMARY ups', 'FSD ups'),
    freezeDriver: () => void driver?.kill('SIGSTOP'),
    thawDriver: () => void driver?.kill('SIGCONT'),
    killDriver: async () => {
      await end(driver);
      driver = null;
    },
    killServer: async () => {
      await end(server);
      server = null;
    },
    remove,
  };
}

const hasData = ([line = '']: string[]) => line.startsWith('VAR ') && !line.includes('WAIT');

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Asks until it holds. @throws Error after a minute */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never came to hold');
}

/** One connection, one line after the other, one line of answer each. */
async function talk(port: number, lines: string[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  const answers: string[] = [];
  let text = '';
  return await new Promise<string[]>((resolve, reject) => {
    socket.setTimeout(20_000, () => socket.destroy(new Error('upsd did not answer')));
    socket.on('connect', () => socket.write(`${lines[0]}\n`));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('upsd closed')));
    socket.on('data', (bytes) => {
      text += bytes.toString();
      // upsd writes a list line by line.
      if (!text.endsWith('\n') || (text.startsWith('BEGIN ') && !/^END /m.test(text))) return;
      answers.push(...text.trimEnd().split('\n'));
      text = '';
      const next = lines[answers.length];
      if (next !== undefined) return void socket.write(`${next}\n`);
      resolve(answers);
      socket.destroy();
    });
  });
}
