// `kaochang package build` and `package check`: for the organisation that sets papers.

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { readPrivateKeys, readPublicKeys } from '../../server/keys/key-files.js';
import { inGroups } from '../../server/keys/typed-code.js';
import { buildPackage } from '../../server/papers/build.js';
import { checkPackage } from '../../server/papers/open-package.js';
import { mergeSources } from '../../server/papers/merge-sources.js';
import { loadSource } from '../../server/papers/source.js';
import { chinaTime } from './china-time.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

interface BuildOptions {
  src: string;
  /** Folders of the plan's other subjects. */
  with?: string[];
  orgKey: string;
  roomKey: string[];
  out: string;
  secrets: string;
}

/** Builds, signs and writes; the secrets go to a file of mode 0600. @throws SourceError with every fault of the source */
export async function packageBuild(options: BuildOptions) {
  const { src, with: others = [], orgKey, roomKey, out, secrets: secretsFile } = options;
  const source = mergeSources([await loadSource(src), ...(await Promise.all(others.map(loadSource)))]);
  const org = await readPrivateKeys(orgKey);
  const rooms = await Promise.all(roomKey.map(readPublicKeys));
  const progress = (done: number, of: number, what: string) =>
    process.stderr.write(`[${done}/${of}] ${what}\n`);
  const now = Date.now();
  const secrets = await buildPackage({ source, org, rooms, file: out, now, minServer: version, progress });
  await writeFile(secretsFile, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  const codes = secrets.papers.map(
    ({ paperId, use, startCode }) => `  ${paperId} (${use}): ${inGroups(startCode)}`,
  );
  const text = [
    ...source.warnings.map((line) => `提醒 / warning: ${line}`),
    `考试包 / package: ${out}`,
    '启封码 / start codes:',
    ...codes,
  ].join('\n');
  return { ok: true, file: out, packageId: secrets.packageId, warnings: source.warnings, text };
}

/** Everything that installing would check, but for the room's own key. @throws PackageRefusal */
export async function packageCheck({ file, trust }: { file: string; trust: string[] }) {
  const keys = await Promise.all(trust.map(readPublicKeys));
  const { manifest, zip } = await checkPackage(file, {
    trust: keys,
    now: Date.now(),
    serverVersion: version,
  });
  zip.close();
  const { packageId, sequence, orgName, planName, expiresAt, entries, rooms } = manifest;
  const until = chinaTime(expiresAt).slice(0, 16);
  const text = `考试包完好 / the package holds: ${packageId} #${sequence}\n${orgName} · ${planName}\n${rooms.map(({ name }) => name).join(', ')}\n有效至 / valid until ${until}，${entries.length} 个文件 / files`;
  return { ok: true, packageId, sequence, expiresAt, entries: entries.length, text };
}
