// `kaochang bundle export`, `bundle verify` and `receipt`.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { copyDurably } from '../../server/bundle/partial-file.js';
import { exportFromJournal } from '../../server/compose/export-from-journal.js';
import { refuseIfServed } from '../../server/data-folder.js';
import { signReceipt } from '../../server/bundle/receipt.js';
import { verifyBundle, type ReadBundle } from '../../server/bundle/verify.js';
import { readPrivateKeys, readPublicKeys, type PublicKeys } from '../../server/keys/key-files.js';
import { bytesOfFile, streamOf } from '../../server/keys/readable-bytes.js';
import { STATEMENT_SUFFIX, StatementSchema, type Statement } from '../../server/protocol/bundle.js';
import { progressLine, untilInterrupted } from './progress-line.js';

interface ExportOptions {
  session: string;
  out: string;
  data: string;
  copy?: string;
}

/** Copies the bundle that the server built, and its statement; reads both back (REQ-F02, F03). */
export async function bundleExport({ session, out, data, copy }: ExportOptions) {
  const source = new BundleFiles(data).sealed(session);
  const targets = copy === undefined ? [out] : [out, copy];
  if (!existsSync(source)) return exportUnbuilt(data, session, targets);
  for (const target of targets)
    await untilInterrupted((signal) =>
      copyDurably([source, source + STATEMENT_SUFFIX], [target, target + STATEMENT_SUFFIX], {
        ...{ keepFreeBytes: 0, signal },
        onProgress: progressLine(`导出 / exporting ${target}`),
      }),
    );
  return { ok: true, files: targets, text: `已导出 / exported: ${targets.join(', ')}` };
}

/** While a server runs it builds the bundle itself; without one the journal alone gives it, for a disk that is full. */
async function exportUnbuilt(data: string, session: string, targets: string[]) {
  try {
    await refuseIfServed(data);
  } catch {
    throw new Error(
      `场次 ${session} 的成绩包尚未生成：收卷后由系统管理员在监考台生成 / the bundle of ${session} is not built yet: the sysadmin builds it on the console after the collection`,
    );
  }
  const missing: string[] = [];
  for (const file of targets) {
    const onProgress = progressLine(`生成 / building ${file}`);
    const { lost } = await untilInterrupted((signal) =>
      exportFromJournal(data, session, { file, keepFreeBytes: 0, onProgress, signal }, Date.now()),
    );
    missing.push(
      ...lost.map(
        ({ path }) => `${path}: 已收到的文件丢失或损坏 / received, but lost or changed on the disk`,
      ),
    );
  }
  const text =
    '已由日志直接导出；服务恢复后请在监考台重新生成成绩包 / exported from the journal itself; build the bundle on the console once the service is back';
  return { ok: true, files: targets, text: [targets.join(', '), text, ...missing].join('\n') };
}

interface VerifyOptions {
  file: string;
  trust: string[];
  identity?: string;
}

/** Outside with the room's public key; all of it with the organisation's key, or for an unsealed bag. */
export async function bundleVerify({ file, trust, identity }: VerifyOptions) {
  const keys = await Promise.all(trust.map(readPublicKeys));
  const { report } = await readBundle(file, keys, identity);
  const { ok, depth, candidates, answers, files, rows, problems } = report;
  const figures =
    depth === 'all'
      ? `${candidates} 名考生 / candidates，${answers} 个答案 / answers，${files} 个文件 / files，${rows} 条记录 / rows`
      : '外层签名 / outer signature';
  const text = ok
    ? `成绩包完好 / the bundle holds（${figures}）`
    : problems.map(({ fault, where }) => `${fault}: ${where}`).join('\n');
  return { ...report, text };
}

/**
 * Reads a bundle and its statement and checks what can be checked.
 * @param use goes on reading the bag: only until it resolves is the file open
 */
export async function readBundle(
  file: string,
  trust: readonly PublicKeys[],
  identityFile?: string,
  use: (read: ReadBundle) => Promise<void> = () => Promise.resolve(),
): Promise<Omit<ReadBundle, 'bag'>> {
  const statement = file + STATEMENT_SUFFIX;
  const envelope = existsSync(statement) ? await readFile(statement) : null;
  const identity = identityFile === undefined ? undefined : (await readPrivateKeys(identityFile)).identity;
  const bytes = await bytesOfFile(file);
  try {
    const read = await verifyBundle({
      ...{ file: bytes, envelope, trust, onProgress: progressLine('核验 / verifying') },
      ...(identity === undefined ? {} : { identity }),
    });
    await use(read);
    return { report: read.report, state: read.state, lost: read.lost };
  } finally {
    await bytes.close();
  }
}

interface ReceiptOptions {
  file: string;
  orgKey: string;
  out: string;
  /** Public keys of the room. */
  trust: string[];
  /** The organisation knows that files are missing which the room lost before, and takes the bundle without them. */
  acceptLost?: boolean;
}

/**
 * The organisation's receipt for a bundle that it holds whole and has opened: the room destroys its own copy for it. What the
 * room says itself that it lost comes from nowhere any more: with `acceptLost` the receipt names it instead of being refused.
 * @throws Error with every fault
 */
export async function receipt({ file, orgKey, out, trust, acceptLost = false }: ReceiptOptions) {
  const org = await readPrivateKeys(orgKey);
  const statement = await statementOf(file);
  const { report, lost } = await readBundle(file, await Promise.all(trust.map(readPublicKeys)), orgKey);
  const faults = report.problems;
  const isOnlyLost = faults.length > 0 && faults.every(({ fault }) => fault === 'file-lost');
  if (!report.ok && !(acceptLost && isOnlyLost)) throw new Error(noReceipt(report, isOnlyLost));
  await writeFile(out, signReceipt(statement, org, Date.now(), [...lost]));
  const missing = [...lost].sort();
  const lines = [
    `回执 / receipt: ${join(out)}`,
    ...missing.map((path) => `考场已报失，回执中列明 / lost by the room, named in the receipt: ${path}`),
  ];
  return { ok: true, out, lost: missing, text: lines.join('\n') };
}

function noReceipt({ problems }: ReadBundle['report'], isOnlyLost: boolean): string {
  const hint =
    '只缺考场自己报失的文件：请先在考场磁盘和备份中找回并重新生成成绩包；确实找不回时加 --accept-lost / only files are missing that the room itself reports lost: look for them on its disk and backup and build the bundle again; when they are gone for good, add --accept-lost';
  return [
    '成绩包有误，未出具回执 / the bundle does not hold, there is no receipt:',
    ...problems.map(({ fault, where }) => `${fault}: ${where}`),
    ...(isOnlyLost ? [hint] : []),
  ].join('\n');
}

/** What stands beside the file, when it is about this very file. @throws Error otherwise */
async function statementOf(file: string): Promise<Statement> {
  const bytes = await bytesOfFile(file);
  try {
    const hash = createHash('sha256');
    for await (const chunk of streamOf(bytes)) hash.update(chunk);
    const { payload } = JSON.parse(await readFile(file + STATEMENT_SUFFIX, 'utf8')) as { payload: string };
    const statement: unknown = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
    if (!Value.Check(StatementSchema, statement)) throw new Error('unsound');
    if (statement.bytes === bytes.size && statement.sha256 === hash.digest('hex')) return statement;
  } catch (error) {
    throw new Error(
      `成绩包的说明文件有误 / the statement beside the bundle is unsound: ${(error as Error).message}`,
    );
  } finally {
    await bytes.close();
  }
  throw new Error('成绩包与其说明文件不符，未出具回执 / the bundle is not the one that its statement names');
}
