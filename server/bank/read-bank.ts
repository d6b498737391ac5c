// Opens a bank file by what it is, not by its name, and hands it to its reader. The only door for outside files: whatever
// they hold, it ends in findings or in a BankRefusal.

import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BankZip } from './bank-zip.js';
import { BankRefusal, Findings } from './findings.js';
import { paperFromBook } from './from-spreadsheet.js';
import type { BankPaper } from './paper-draft.js';
import { paperFromQti } from './qti-package.js';
import { readXlsApart } from './xls-process.js';
import { readXlsx } from './xlsx-book.js';

export const MAX_FILE_MB = 200;
const MAX_XLS_MB = 50;
const PICTURE_ENDINGS = ['', '.png', '.jpg', '.jpeg', '.webp'];

/** @param pictures folder of pictures, recordings and materials; beside the bank where none is given. @throws BankRefusal */
export async function readBankFile(file: string, pictures?: string): Promise<BankPaper> {
  let size: number;
  try {
    size = (await stat(file)).size;
  } catch {
    throw new BankRefusal('file-missing', { file });
  }
  if (size > MAX_FILE_MB * 1024 * 1024) throw new BankRefusal('file-too-large', { max: MAX_FILE_MB });
  const folders = pictures === undefined ? besideFolders(file) : [pictures];
  return readBank(await readFile(file), basename(file), (name) => findBeside(folders, name));
}

/** @param beside reads a picture, recording or material beside the bank by its bare name. @throws BankRefusal */
export async function readBank(
  bytes: Buffer,
  fileName: string,
  beside: (name: string) => Promise<Buffer | null>,
): Promise<BankPaper> {
  const findings = new Findings();
  const options = { fileName, findings, beside };
  switch (kindOf(bytes)) {
    case 'zip': {
      const zip = await BankZip.open(bytes);
      if (zip.has('[Content_Types].xml')) return paperFromBook(await readXlsx(bytes), options);
      return paperFromQti(zip, fileName, findings);
    }
    case 'compound':
      if (bytes.length > MAX_XLS_MB * 1024 * 1024)
        throw new BankRefusal('file-too-large', { max: MAX_XLS_MB });
      return paperFromBook(await readXlsApart(bytes, findings, fileName), options);
    default:
      throw new BankRefusal('file-kind', { what: describe(bytes) });
  }
}

function kindOf(bytes: Buffer): 'zip' | 'compound' | null {
  const head = bytes.subarray(0, 8).toString('hex');
  if (head.startsWith('504b0304') || head.startsWith('504b0506')) return 'zip';
  return head === 'd0cf11e0a1b11ae1' ? 'compound' : null;
}

/** What web sites and old programs like to name .xls. */
function describe(bytes: Buffer): string {
  const head = bytes.subarray(0, 300).toString('utf8').trim().toLowerCase();
  if (bytes.length === 0) return '空文件 empty';
  if (head.startsWith('<?xml') || head.includes('<workbook')) return 'XML';
  if (head.startsWith('<')) return 'HTML';
  return /^[\x20-\x7e\s\u0080-\uffff]*$/.test(head) ? '文本 text' : '未知 unknown';
}

function besideFolders(file: string): string[] {
  const folder = dirname(file);
  return [
    folder,
    ...['图片', '材料', '录音', 'pictures', 'images', 'media', 'files'].map((name) => join(folder, name)),
  ];
}

/** By exact name, by name without ending, then without regard to case; never outside the folders. */
async function findBeside(folders: readonly string[], name: string): Promise<Buffer | null> {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const ending of PICTURE_ENDINGS) {
      const wanted = `${name}${ending}`.normalize('NFC').toLowerCase();
      const found =
        names.find((one) => one === `${name}${ending}`) ??
        names.find((one) => one.normalize('NFC').toLowerCase() === wanted);
      if (found === undefined) continue;
      const path = join(folder, found);
      const about = await stat(path).catch(() => null);
      if (about?.isFile() === true && about.size <= MAX_FILE_MB * 1024 * 1024) return readFile(path);
    }
  }
  return null;
}
