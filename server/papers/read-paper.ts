// Reads one paper of an organisation: its items, pictures, recordings and materials. Names every fault with its place.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSize } from 'image-size';
import {
  MAX_ESSAY,
  type AnswerableSource,
  type CaseSource,
  type ItemSource,
  type PaperSource,
} from '../protocol/paper-source.js';
import { endingOf, readMaterial, readRecording, type PaperFile } from './paper-files.js';

export interface MediumFile {
  name: string;
  file: string;
  bytes: Buffer;
  type: string;
  width: number;
  height: number;
  alt: string;
}

export interface LoadedPaper {
  folder: string;
  paper: PaperSource;
  /** Pictures by item id; those of a case and of its items each under their own. */
  media: Map<string, MediumFile[]>;
  /** Recordings and materials by their name below media/; absent where the paper has none. */
  files?: Map<string, PaperFile>;
}

const IMAGE_TYPES: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' };

/** Looks a paper over that has its schema. @param path of its folder @param problems is added to, with `where` before each */
export async function readItems(path: string, paper: PaperSource, where: string, problems: string[]) {
  const media: LoadedPaper['media'] = new Map();
  const files = new Map<string, PaperFile>();
  const ids = new Set<string>();
  const readItem = async (item: ItemSource) => {
    const fault = (text: string) => problems.push(`${where}/${item.itemId}: ${text}`);
    if (ids.has(item.itemId)) fault('题号重复 / the item occurs twice');
    ids.add(item.itemId);
    const pictures: MediumFile[] = [];
    for (const { name, file, alt } of item.media ?? []) {
      const found = join(path, 'media', file);
      const bytes = existsSync(found) ? await readFile(found) : null;
      const image = bytes === null ? null : sizeOf(bytes);
      if (bytes === null || image === null) fault(`图片缺失或无法识别 / no such picture: ${file}`);
      else pictures.push({ name, file, bytes, alt, ...image });
    }
    media.set(item.itemId, pictures);
    const keep = (file: string, read: PaperFile | string) =>
      typeof read === 'string' ? fault(read) : files.set(file, read);
    if (item.audio !== undefined) keep(item.audio.file, await readRecording(path, item.audio.file));
    if (item.type !== 'case') return faultsOf(item).forEach(fault);
    caseFaults(item).forEach(fault);
    for (const { file } of item.materials)
      if (file !== undefined) keep(file.file, await readMaterial(path, file.file));
    for (const inner of item.items) await readItem(inner);
  };
  for (const section of paper.sections) {
    if (section.draw !== null && section.draw > section.items.length)
      problems.push(`${where}/${section.sectionId}: 抽题数大于题目数 / draws more items than there are`);
    for (const item of section.items) await readItem(item);
  }
  return { media, files };
}

/** Faults that no schema finds, each in Chinese and English. */
export function faultsOf(item: AnswerableSource): string[] {
  const faults: string[] = [];
  if ('options' in item) {
    const options = item.options.map(({ id }) => id);
    if (new Set(options).size !== options.length) faults.push('选项重复 / an option occurs twice');
    for (const answer of [item.answer].flat())
      if (!options.includes(answer)) faults.push(`答案不在选项中 / the key is no option: ${answer}`);
  }
  if ('marking' in item) {
    const cents = item.marking.rubric.reduce((sum, { points }) => sum + Math.round(points * 100), 0);
    if (cents !== Math.round(item.points * 100))
      faults.push(
        `评分细则合计 ${cents / 100} 分，与题目 ${item.points} 分不符 / the marking scheme and the item have different points`,
      );
  }
  if (item.type === 'essay' && item.words !== undefined) {
    const { min, max } = item.words;
    if (min !== null && max !== null && min > max)
      faults.push('字数下限大于上限 / fewest words above the most words');
    if ((max ?? min ?? 0) > item.maxLength && item.maxLength < MAX_ESSAY)
      faults.push('字符上限低于要求的字数 / the limit of characters is below the words asked for');
  }
  return faults;
}

function caseFaults({ points, items, materials }: CaseSource): string[] {
  const faults: string[] = [];
  const cents = items.reduce((sum, item) => sum + Math.round(item.points * 100), 0);
  if (cents !== Math.round(points * 100))
    faults.push(
      `小题合计 ${cents / 100} 分，与案例 ${points} 分不符 / the items and the case have different points`,
    );
  const names = new Set<string>();
  for (const { title, html, file } of materials) {
    if (html === undefined && file === undefined) faults.push(`材料没有内容 / a material is empty: ${title}`);
    if (file === undefined) continue;
    if (names.has(file.name)) faults.push(`材料重名 / two materials are saved as ${file.name}`);
    names.add(file.name);
    if (endingOf(file.name) !== endingOf(file.file))
      faults.push(`材料的扩展名与文件不符 / ${file.name} does not end as ${file.file} does`);
  }
  return faults;
}

/** What an image is, by its bytes; null for what is none that browsers show. */
export function sizeOf(bytes: Buffer): { type: string; width: number; height: number } | null {
  try {
    const { type, width, height } = imageSize(bytes);
    const mediaType = IMAGE_TYPES[type ?? ''];
    return mediaType === undefined ? null : { type: mediaType, width, height };
  } catch {
    return null;
  }
}
