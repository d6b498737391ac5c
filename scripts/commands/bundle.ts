// `kaochang bundle export`, `bundle verify` and `receipt`.

import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { exportFromJournal } from '../../server/compose/export-from-journal.js';
import { refuseIfServed } from '../../server/data-folder.js';
import { signReceipt } from '../../server/bundle/receipt.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { readPrivateKeys, readPublicKeys, type PublicKeys } from '../../server/keys/key-files.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';

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
    for (const suffix of ['', STATEMENT_SUFFIX]) {
      await copyFile(source + suffix, target + suffix);
      if (!(await readFile(target + suffix)).equals(await readFile(source + suffix)))
        throw new Error(`读回不一致 / what was read back differs: ${target}${suffix}`);
    }
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
  for (const target of targets) await exportFromJournal(data, session, target, Date.now());
  const text =
    '已由日志直接导出；服务恢复后请在监考台重新生成成绩包 / exported from the journal itself; build the bundle on the console once the service is back';
  return { ok: true, files: targets, text: `${targets.join(', ')}\n${text}` };
}

interface VerifyOptions {
  file: string;
  trust: string[];
  identity?: string;
}

/** Outside with the room's public key; all of it with the organisation's key, or for an unsealed bag. */
export async function bundleVerify({ file, trust, identity }: VerifyOptions) {
  const { report } = await readBundle(file, await Promise.all(trust.map(readPublicKeys)), identity);
  const { ok, depth, candidates, answers, rows, problems } = report;
  const figures =
    depth === 'all'
      ? `${candidates} 名考生 / candidates，${answers} 个答案 / answers，${rows} 条记录 / rows`
      : '外层签名 / outer signature';
  const text = ok
    ? `成绩包完好 / the bundle holds（${figures}）`
    : problems.map(({ fault, where }) => `${fault}: ${where}`).join('\n');
  return { ...report, text };
}

/** Reads a bundle and its statement and checks what can be checked. */
export async function readBundle(file: string, trust: readonly PublicKeys[], identityFile?: string) {
  const statement = file + STATEMENT_SUFFIX;
  const envelope = existsSync(statement) ? await readFile(statement) : null;
  const identity = identityFile === undefined ? undefined : (await readPrivateKeys(identityFile)).identity;
  return verifyBundle({
    file: await readFile(file),
    envelope,
    trust,
    ...(identity === undefined ? {} : { identity }),
  });
}

/** The organisation's receipt for a bundle whose outer signature holds. */
export async function receipt({ file, orgKey, out }: { file: string; orgKey: string; out: string }) {
  const org = await readPrivateKeys(orgKey);
  const envelope = await readFile(file + STATEMENT_SUFFIX, 'utf8');
  const { payload } = JSON.parse(envelope) as { payload: string };
  const statement = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Parameters<
    typeof signReceipt
  >[0];
  await writeFile(out, signReceipt(statement, org, Date.now()));
  return { ok: true, out, text: `回执 / receipt: ${join(out)}` };
}
