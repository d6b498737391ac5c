// `kaochang bank template`, `bank import` and `bank export`: question banks of organisations in and out of paper folders.
// Says what was not taken, item by item, before it says what was.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sayFinding } from '../../server/bank/findings.js';
import { readPaperFolder, writePaperFolder } from '../../server/bank/paper-folder.js';
import { readBankFile } from '../../server/bank/read-bank.js';
import { bankWorkbook } from '../../server/bank/template-sheets.js';
import { EXAMPLES } from '../../server/bank/template-words.js';
import { paperToQti } from '../../server/bank/to-qti.js';
import { paperToSpreadsheet } from '../../server/bank/to-spreadsheet.js';

/** Findings printed in full; all of them are in the result. */
const SHOWN = 500;

/** Writes the empty template. @throws when the file is there already */
export async function bankTemplate({ file }: { file: string }) {
  if (!/\.xlsx$/i.test(file)) throw new Error('模板是 .xlsx 文件 / the template is an .xlsx file');
  const bytes = await bankWorkbook(null, EXAMPLES).xlsx.writeBuffer();
  await writeFile(file, Buffer.from(bytes), { flag: 'wx' });
  return { ok: true, file, text: `题库模板 / template: ${file}` };
}

interface ImportOptions {
  file: string;
  out: string;
  pictures?: string;
  strict?: boolean;
}

/** Writes the paper folder; with `strict` only when everything was taken. @throws BankRefusal for an unreadable file */
export async function bankImport({ file, out, pictures, strict = false }: ImportOptions) {
  const { paper, media, taken, findings } = await readBankFile(file, pictures);
  const { faults, notes, uncounted } = findings;
  const whole = faults.length === 0 && uncounted === 0;
  const ok = paper !== null && (whole || !strict);
  if (ok) await writePaperFolder(out, paper, media);
  const points = paper?.sections.flatMap(({ items }) => items.map((item) => item.points)) ?? [];
  const sum = Math.round(points.reduce((total, one) => total + one, 0) * 100) / 100;
  const lines = [
    ...faults.slice(0, SHOWN).map((one) => `未采用 / not taken: ${sayFinding(one)}`),
    ...notes.slice(0, SHOWN).map((one) => `请核对 / please look: ${sayFinding(one)}`),
    ...(uncounted > 0 ? [`另有 ${uncounted} 处 / and ${uncounted} more`] : []),
    `读入 ${taken} 题，${sum} 分；未采用 ${faults.length} 处，请核对 ${notes.length} 处 / ${taken} items, ${sum} points; ${faults.length} not taken, ${notes.length} to look at`,
    ok ? `试卷 / paper: ${join(out, 'paper.json')}` : '没有写入试卷 / no paper was written',
  ];
  return { ok, out: ok ? out : null, taken, points: sum, faults, notes, uncounted, text: lines.join('\n') };
}

interface ExportOptions {
  folder: string;
  out: string;
  withKeys?: boolean;
  pictures?: string;
}

/** A paper folder as a QTI 3.0 package (.zip) or a filled template (.xlsx). @throws when the file is there already */
export async function bankExport({ folder, out, pictures, withKeys = false }: ExportOptions) {
  const { paper, media } = await readPaperFolder(folder);
  if (existsSync(out)) throw new Error(`文件已存在 / the file is there already: ${out}`);
  if (/\.zip$/i.test(out)) {
    const { bytes, findings } = await paperToQti(paper, media, { withKeys });
    await writeFile(out, bytes, { flag: 'wx', mode: 0o600 });
    return exported(out, findings.faults.map(sayFinding), findings.notes.map(sayFinding));
  }
  if (!/\.xlsx$/i.test(out)) throw new Error('输出应为 .zip 或 .xlsx / write to .zip or .xlsx');
  if (!withKeys)
    throw new Error(
      '表格题库含有答案，须加 --with-keys / a spreadsheet bank holds the keys: add --with-keys',
    );
  const { bytes, findings } = await paperToSpreadsheet(paper);
  if (media.size > 0 && pictures === undefined)
    throw new Error(
      '试卷有图片、录音或材料，请用 --pictures 指定存放目录 / the paper has pictures, recordings or materials: say where with --pictures DIR',
    );
  if (pictures !== undefined) {
    await mkdir(pictures, { recursive: true });
    for (const [file, picture] of media)
      await writeFile(join(pictures, basename(file)), picture, { flag: 'wx' });
  }
  await writeFile(out, bytes, { flag: 'wx', mode: 0o600 });
  return exported(out, findings.faults.map(sayFinding), findings.notes.map(sayFinding));
}

function exported(out: string, faults: string[], notes: string[]) {
  const lines = [
    ...faults.map((line) => `未导出 / not exported: ${line}`),
    ...notes.map((line) => `请核对 / please look: ${line}`),
    `已导出 / exported: ${out}`,
  ];
  return { ok: faults.length === 0, file: out, faults, notes, text: lines.join('\n') };
}
