// The org opens the scoring part of its own package; the room has no key for it (rule 11).

import { openWith } from '../keys/age-box.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { openBytes } from '../keys/seal-bytes.js';
import type { ScoringPart } from '../protocol/package.js';
import type { PaperContent } from '../protocol/seat.js';
import { checkPackage, type CheckedPackage, type CheckOptions } from './open-package.js';
import { PackageRefusal } from './refusal.js';

export interface OrgPackage {
  checked: CheckedPackage;
  scoring: Map<string, ScoringPart>;
  content: Map<string, PaperContent>;
}

/** Opens keys and texts of every paper. An expired package can still be scored. @throws PackageRefusal */
export async function openForOrg(
  file: string,
  org: PrivateKeys,
  options: Omit<CheckOptions, 'now'>,
): Promise<OrgPackage> {
  const checked = await checkPackage(file, { ...options, now: 0 });
  const scoring = new Map<string, ScoringPart>();
  const content = new Map<string, PaperContent>();
  try {
    for (const { path } of checked.manifest.entries) {
      const paperId = /^papers\/([^/]+)\/scoring\.age$/.exec(path)?.[1];
      if (paperId === undefined) continue;
      const part = JSON.parse(
        (await openWith(org.identity, await checked.zip.read(path))).toString('utf8'),
      ) as ScoringPart;
      scoring.set(paperId, part);
      const textPath = `papers/${paperId}/text.sealed`;
      const key = Buffer.from(part.contentKey, 'base64');
      const text = openBytes(
        key,
        await checked.zip.read(textPath),
        `${checked.manifest.packageId}/${textPath}`,
      );
      content.set(paperId, JSON.parse(text.toString('utf8')) as PaperContent);
    }
  } catch (error) {
    if (error instanceof PackageRefusal) throw error;
    throw new PackageRefusal('bad-content', { why: (error as Error).message });
  } finally {
    checked.zip.close();
  }
  return { checked, scoring, content };
}
