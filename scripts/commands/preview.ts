// `kaochang package preview`: a paper folder as one page to read and print before it is built into a package.

import { writeFile } from 'node:fs/promises';
import { readPaperFolder } from '../../server/bank/paper-folder.js';
import { paperPreview } from '../../server/bank/preview.js';

/** Keys stand in the page only with `withKeys`. @throws when the file is there already */
export async function packagePreview(options: { folder: string; out: string; withKeys?: boolean }) {
  const { folder, out, withKeys = false } = options;
  const { paper, media } = await readPaperFolder(folder);
  // Whoever reads the page reads the paper: for its owner alone.
  await writeFile(out, paperPreview(paper, media, { withKeys }), { flag: 'wx', mode: 0o600 });
  return { ok: true, file: out, text: `预览 / preview: ${out}` };
}
