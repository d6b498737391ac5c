#!/usr/bin/env node
// The `kaochang` command: reads the command line, calls the command, gives the exit status. Thin: each command loads only
// what it needs. 0 = fine, 1 = refused or found wrong (the reason on stderr), 2 = used wrongly.

import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';

/** What a command says when it is done. With `--json` all of it is printed as the last line. */
interface Result {
  ok: boolean;
  /** Sentences for people. */
  text?: string;
  [more: string]: unknown;
}

type Run = (options: Record<string, unknown>) => Promise<Result | void>;

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
const DATA = process.env['KAOCHANG_DATA'] ?? 'data';

/** Loads a command's function when it is called, so that one command never waits for another's modules. */
function load(file: string, name: string): Run {
  return async (options) => {
    const module = (await import(new URL(`./commands/${file}.js`, import.meta.url).href)) as Record<
      string,
      Run
    >;
    const run = module[name];
    if (run === undefined) throw new Error(`commands/${file} has no ${name}`);
    return run(options);
  };
}

const program = new Command('kaochang')
  .description('考场：考试机房的考务服务器 / the exam appliance of one exam room')
  .version(version)
  .exitOverride()
  .showHelpAfterError();

/** Adds a command. Positional names become options of the same name. */
function command(parent: Command, name: string, description: string, run: Run, args: string[] = []): Command {
  const added = parent.command(name).description(description).exitOverride();
  for (const arg of args) added.argument(arg);
  return added.action(async (...given: unknown[]) => {
    const options: Record<string, unknown> = { ...added.opts() };
    args.forEach((arg, index) => (options[arg.replace(/[<>[\].]/g, '')] = given[index]));
    await finish(run, options);
  });
}

async function finish(run: Run, options: Record<string, unknown>): Promise<void> {
  try {
    const result = await run(options);
    if (result === undefined) return;
    if (typeof result.text === 'string' && result.text !== '')
      (result.ok ? process.stdout : process.stderr).write(`${result.text}\n`);
    if (options['json'] === true) process.stdout.write(`${JSON.stringify({ ...result, text: undefined })}\n`);
    process.exitCode = result.ok ? 0 : 1;
  } catch (error) {
    // Whoever works in the room needs the sentence; the stack is for a debugger.
    process.stderr.write(`${(error as Error).message}\n`);
    if (process.env['NODE_ENV'] === 'development') process.stderr.write(`${(error as Error).stack}\n`);
    if (options['json'] === true)
      process.stdout.write(`${JSON.stringify({ ok: false, error: (error as Error).message })}\n`);
    process.exitCode = (error as Error).name === 'UsageError' ? 2 : 1;
  }
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new CommanderError(2, 'kaochang.number', `error: ${text} is not a whole number`);
  return value;
};

/** An option that may be given several times. */
function several(flags: string, description: string): Option {
  const gather = (value: string, before: string[] | undefined) => [...(before ?? []), value];
  return new Option(flags, `${description}（可多次 / may be repeated）`).argParser(gather);
}

command(program, 'serve', '运行考务服务器 / runs the appliance', load('serve', 'serve'))
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--config <file>', '配置文件 / settings', process.env['KAOCHANG_CONFIG'])
  .addOption(new Option('--ends-with-stdin').hideHelp());

command(
  program,
  'demo',
  '用样例数据运行一个完整的演示考场 / a complete room on sample data',
  load('demo', 'demo'),
)
  .option('--port <n>', '端口 / port', positive)
  .option('--data <dir>', '数据目录 / data folder')
  .option('--seats <n>', '考位数 / seats', positive, 40)
  .addOption(
    new Option('--exam <subject>', '理论或实操 / theory or practical')
      .choices(['theory', 'practical'])
      .default('theory'),
  )
  .option('--auto', '自动走完全天 / plays the whole day')
  .option('--no-cameras', '不带模拟摄像机 / without the simulated cameras')
  .option('--starts-in <seconds>', '多少秒后开考 / seconds until the start', positive)
  .option('--lasts <seconds>', '考试时长（秒）/ seconds of the exam', positive)
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');

const decimal = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new CommanderError(2, 'kaochang.number', `error: ${text} is not a number`);
  return value;
};

command(
  program,
  'rehearse',
  '模拟考生演练：本机自建演练考场，或用 --to 到考场的演练场次 / simulated candidates, in a room of their own or in the practice session of a room',
  load('rehearse', 'rehearse'),
)
  .option('--seats <n>', '模拟考生数 / simulated candidates', positive, 40)
  .option('--minutes <m>', '作答分钟数，可用小数 / minutes of answering', decimal)
  .option('--reconnects <percent>', '断线重连的考生比例 / candidates who lose their cable once', positive, 10)
  .option('--seed <n>', '随机种子 / seed', positive, 1)
  .option('--plain', '自建考场走本机 HTTP / the room of its own by plain HTTP')
  .option('--data <dir>', '保留自建考场的数据目录 / keeps the data folder of the room of its own')
  .option('--to <url>', '考场地址 / address of a room with a practice session')
  .option('--from <n>', '从第几个考位起 / the first seat to play', positive)
  .option('--ca <file>', '考场 CA 证书（ca.crt）/ CA of the room')
  .option('--server-name <name>', '证书中的名称 / name in the certificate')
  .option('--staff <file>', '系统管理员和监考员，每行“工号 PIN” / sysadmin and proctor, "staffId PIN" a line')
  .option('--for <minutes>', '至多运行多久 / ends after so long at the latest', positive)
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');

command(
  program,
  'preflight',
  '考前检查：服务器、考试包、设备、考生机、考场 / checks the room before an exam',
  load('preflight', 'preflight'),
)
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--config <file>', '配置文件 / settings', process.env['KAOCHANG_CONFIG'])
  .option('--attest <ids>', '人工确认的项目，逗号分隔 / lines that a person saw to be well, by commas')
  .addOption(several('--note <id=words>', '人工确认的备注 / a note beside such a line'))
  .option('--out <folder>', '报告目录 / folder of the report')
  .option('--no-rehearsal', '不做全员演练 / without the rehearsal')
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');

const keys = program.command('keys').description('密钥 / key pairs').exitOverride();
command(keys, 'new', '生成一对密钥 / makes a key pair', load('keys', 'keysNew'))
  .addOption(
    new Option('--role <role>', '角色 / role').choices(['org', 'room', 'technician']).makeOptionMandatory(),
  )
  .requiredOption('--out <dir>', '目录 / folder')
  .option('--name <name>', '名称 / name')
  .option('--json');

const pack = program.command('package').description('考试包 / exam packages').exitOverride();
command(pack, 'build', '制作考试包 / builds and signs a package', load('package', 'packageBuild'), ['<src>'])
  .requiredOption('--org-key <file>', '评价组织私钥 / private key of the organisation')
  .addOption(several('--with <folder>', '同一计划其他科目的目录 / folder of another subject of the plan'))
  .addOption(several('--room-key <file>', '考场公钥 / public key of the room').makeOptionMandatory())
  .requiredOption('--out <file>', '考试包 / package')
  .requiredOption('--secrets <file>', '启封码等 / start codes and secrets')
  .option('--json');
command(pack, 'check', '检查考试包 / checks a package', load('package', 'packageCheck'), ['<file>'])
  .addOption(several('--trust <file>', '评价组织公钥 / public key of the organisation').makeOptionMandatory())
  .option('--json');

/** Options of whoever reaches a room from afar. */
function remote(added: Command, to: Option, key: Option): Command {
  return added
    .addOption(to)
    .addOption(key)
    .option('--ca <file>', '考场 CA 证书（ca.crt）/ CA of the room')
    .option('--server-name <name>', '证书中的名称 / name in the certificate')
    .option('--room-key <file>', '考场公钥，用于核对考场 / public key of the room, to be sure which it is')
    .option('--json');
}
const toRoom = () => new Option('--to <url>', '考场地址 / address of the room');
const withKey = () => new Option('--key <file>', '技术支持私钥 / private key of the technician');

/** From afar where an address is named, else into the data folder. */
const install: Run = (options) => {
  if (options['to'] === undefined) return load('install', 'installLocal')(options);
  if (options['key'] === undefined) throw new Error('--to 需要 --key / --to needs --key');
  return load('install-remote', 'installRemote')(options);
};
remote(
  command(
    program,
    'install',
    '安装考试包（本机，或用 --to 远程）/ installs a package, here or from afar',
    install,
    ['<file>'],
  ),
  toRoom(),
  withKey(),
)
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--replace', '取消自己未传完的另一份 / takes back what the same key left unfinished')
  .addOption(
    several('--trust <file>', '评价组织或技术支持的公钥 / public key of an organisation or a technician'),
  );
remote(
  command(
    program,
    'readiness',
    '远程查看考场是否就绪 / how a room far away stands',
    load('install-remote', 'readinessRemote'),
  ),
  toRoom().makeOptionMandatory(),
  withKey().makeOptionMandatory(),
);
remote(
  command(
    program,
    'remove',
    '封场前远程删除考试包 / takes a package away before the seal',
    load('install-remote', 'removeRemote'),
    ['<packageId>'],
  ),
  toRoom().makeOptionMandatory(),
  withKey().makeOptionMandatory(),
).requiredOption('--reason <text>', '原因 / reason');

command(
  program,
  'org-code',
  '由评价组织出具授权码 / an authorisation code of the organisation',
  load('org-code', 'orgCode'),
)
  .requiredOption('--secrets <file>', 'package build 的输出 / what package build wrote')
  .addOption(
    new Option('--act <act>', '事项 / act')
      .choices(['seal', 'delay-start', 'extension', 'reserve'])
      .makeOptionMandatory(),
  )
  .requiredOption('--session <id>', '场次 / session')
  .option('--scope <id>', '考生编号或备用卷编号 / candidate, or reserve paper', '')
  .option('--minutes <n>', '分钟 / minutes', positive, 0)
  .option('--counter <n>', '序号 / counter', positive, 1)
  .option('--json');

command(pack, 'preview', '预览试卷 / a paper as one page', load('preview', 'packagePreview'), ['<folder>'])
  .requiredOption('--out <html>', '网页 / page')
  .option('--with-keys', '另页附答案 / keys on pages of their own')
  .option('--json');

const bank = program.command('bank').description('题库 / question banks').exitOverride();
command(bank, 'template', '题库模板 / an empty template', load('bank', 'bankTemplate'), ['<file>']);
command(bank, 'import', '导入题库 / a bank -> a paper folder', load('bank', 'bankImport'), ['<file>'])
  .requiredOption('--out <dir>', '试卷目录 / paper folder')
  .option('--pictures <dir>', '图片目录 / folder of pictures')
  .option('--strict', '有任何未采用的内容即失败 / fails when anything was not taken')
  .option('--json');
command(bank, 'export', '导出试卷 / exports a paper folder', load('bank', 'bankExport'), ['<folder>'])
  .requiredOption('--out <file>', '.zip (QTI 3.0) 或 / or .xlsx')
  .option('--with-keys', '包含答案 / with the keys')
  .option('--pictures <dir>', '.xlsx 的图片目录 / folder for the pictures of an .xlsx')
  .option('--json');

const journal = program.command('journal').description('考务日志 / the journal').exitOverride();
command(journal, 'verify', '核验日志 / verifies the journal', load('journal-verify', 'verifyJournalCommand'))
  .option('--copy <file>', '一份副本 / a copy of it, instead of the journal itself')
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--json');

command(program, 'backup', '备份日志与上交文件 / copies journal and files', load('backup', 'backup'))
  .requiredOption('--out <folder>', '另一块磁盘上的目录 / folder on another disk')
  .option('--keep <n>', '保留几份日志 / copies of the journal that stay', positive, 48)
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--json');

const release = program.command('release').description('发行包 / releases').exitOverride();
command(release, 'check', '核对发行包 / checks a release', load('release', 'releaseCheck'), ['<folder>'])
  .addOption(several('--trust <file>', '发布方公钥 / public key of the makers'))
  .option('--json');
command(
  release,
  'may-change',
  '现在能否换成本版本 / whether this version may take over now',
  load('release', 'releaseMayChange'),
)
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--destroy', '能否删除数据 / whether the data may be destroyed')
  .option('--json');

command(
  release,
  'keep-journal',
  '本版本要更新日志格式时，先留存一份 / keeps the journal where this version changes its format',
  load('release-journal', 'releaseKeepJournal'),
)
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--json');
command(
  release,
  'journal-back',
  '退回旧版前，换回升级前的日志 / puts the journal of before in its place, for an older version',
  load('release-journal', 'releaseJournalBack'),
)
  .requiredOption(
    '--format <n>',
    '旧版认得的最新格式 / the newest format that the older version knows',
    positive,
  )
  .option('--check', '只检查 / checks only')
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--json');

/** Who signed a bundle has to be known before anything is believed of it. */
function roomKeys(): Option {
  const what = '考场公钥，核验考场签名 / public key of the room, to check its signatures';
  return several('--trust <file>', what).makeOptionMandatory();
}

const bundle = program.command('bundle').description('成绩包 / result bundles').exitOverride();
command(bundle, 'export', '导出成绩包 / exports the bundle', load('bundle', 'bundleExport'))
  .requiredOption('--session <id>', '场次 / session')
  .requiredOption('--out <file>', '成绩包 / bundle')
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option('--copy <file>', '第二份 / second copy (REQ-F03)')
  .option('--json');
command(bundle, 'verify', '核验成绩包 / verifies a bundle', load('bundle', 'bundleVerify'), ['<file>'])
  .addOption(roomKeys())
  .option('--identity <file>', '评价组织私钥 / private key of the organisation')
  .option('--json');

const video = program.command('video').description('录像 / recordings').exitOverride();
const CONFIG = ['--config <file>', '配置文件 / settings', process.env['KAOCHANG_CONFIG']] as const;
command(
  video,
  'export',
  '导出一场的录像到 U 盘或另一块盘 / recordings of a session to a USB drive or another disk',
  load('video', 'videoExport'),
)
  .requiredOption('--session <id>', '场次 / session')
  .requiredOption('--to <folder>', '目标目录 / target folder')
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option(...CONFIG)
  .addOption(
    new Option('--fat32 <when>', '按 FAT32 分段 / in parts below 4 GB')
      .choices(['auto', 'yes', 'no'])
      .default('auto'),
  )
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');
command(
  video,
  'verify',
  '核验导出的录像，或考场自己的录像目录 / verifies exported recordings, or the room’s own folder',
  load('video', 'videoVerify'),
  ['<folder>'],
)
  .addOption(several('--trust <file>', '考场公钥 / public key of the room'))
  .option('--data <dir>', '与这一考场的考务日志对照 / holds the lists against the journal of this room')
  .option(...CONFIG)
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');
command(video, 'status', '录像情况 / what records', load('video-status', 'videoStatus'))
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option(...CONFIG)
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');

command(
  video,
  'import',
  '导入摄录机的文件 / takes the files of a camcorder in',
  load('video-import', 'videoImport'),
  ['<files...>'],
)
  .requiredOption('--camera <id>', '设置中的摄录机编号 / id of the camcorder in the settings')
  .option('--start <time>', '第一个文件的开拍时间（北京时间）/ when the first file begins (China)')
  .option('--yes', '时间已核对 / the times were seen and are right')
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option(...CONFIG)
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');
command(
  video,
  'mark',
  '标记录像盘，防止写到别的盘 / marks the disk for recordings, so that no other is taken for it',
  load('video-import', 'videoMark'),
)
  .option('--data <dir>', '数据目录 / data folder', DATA)
  .option(...CONFIG)
  .option('--json', '最后一行输出 JSON / one JSON object as the last line');

const camera = program.command('camera').description('摄像机的安装调试 / setting cameras up').exitOverride();
command(
  camera,
  'discover',
  '查找网络上的 ONVIF 摄像机 / finds ONVIF cameras',
  load('camera', 'cameraDiscover'),
).option('--json', '最后一行输出 JSON / one JSON object as the last line');
for (const [name, description, run] of [
  ['look', '看 20 秒码流，说明分辨率、码率、关键帧 / what a camera sends, in 20 s', 'cameraLook'],
  ['snapshot', '取一张画面 / a picture of now', 'cameraSnapshot'],
  ['set-clock', '把摄像机时钟校到服务器 / sets a camera’s clock to the server’s', 'cameraSetClock'],
] as const) {
  const added = command(camera, name, description, load('camera', run), ['<id>'])
    .option('--data <dir>', '数据目录 / data folder', DATA)
    .option(...CONFIG)
    .option('--json', '最后一行输出 JSON / one JSON object as the last line');
  if (name === 'snapshot') added.requiredOption('--out <file>', 'JPEG 文件 / file');
  if (name === 'set-clock')
    added.option('--ntp <address>', '改由此时间服务器校时 / by this time server from now on');
}

command(program, 'receipt', '评价组织出具回执 / the receipt of the organisation', load('bundle', 'receipt'), [
  '<file>',
])
  .requiredOption('--org-key <file>', '评价组织私钥 / private key of the organisation')
  .requiredOption('--out <file>', '回执 / receipt')
  .addOption(roomKeys())
  .option(
    '--accept-lost',
    '只缺考场自己报失的文件时仍出具回执，并逐个列明 / a receipt although files are missing that the room itself reports lost; it names each',
  )
  .option('--json');

const MARKS = [
  '--marks <file>',
  '评卷员填好的评卷表（xlsx 或 csv）/ the marking sheet that came back',
] as const;
const ALSO = ['--also <bundle>', '同一计划其他科目的成绩包 / bundle of another subject of the plan'] as const;
for (const [name, description, run] of [
  ['score', '评分 / scores a bundle', load('score', 'scoreBundle')],
  ['rescore', '独立复核评分 / the second scorer', load('score', 'rescoreBundle')],
] as const)
  command(program, name, description, run, ['<bundle>'])
    .addOption(several('--package <file>', '考试包 / package').makeOptionMandatory())
    .requiredOption('--org-key <file>', '评价组织私钥 / private key of the organisation')
    .addOption(roomKeys())
    .addOption(several(...ALSO))
    .option(...MARKS)
    .option('--out <xlsx>', '成绩表 / score sheet')
    .option('--marking-sheet <xlsx>', '写出评卷表 / writes the sheet for the markers')
    .option('--json');

command(program, 'review', '查看一名考生的作答 / one candidate’s answers', load('review', 'reviewBundle'), [
  '<bundle>',
])
  .requiredOption('--ticket <n>', '准考证号 / ticket number')
  .requiredOption('--org-key <file>', '评价组织私钥 / private key of the organisation')
  .option('--package <file>', '考试包 / package')
  .addOption(roomKeys())
  .option(...MARKS)
  .option('--history', '列出文本题每一次保存的全文 / with every version of texts')
  .option('--files <folder>', '写出考生上交的文件 / writes the files that were handed in')
  .option('--out <file>')
  .option('--json');

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end with 0; whatever is wrong with the command line with 2.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  if (error.code === 'kaochang.number') process.stderr.write(`${error.message}\n`);
}
