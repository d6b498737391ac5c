// Parts a paper into what candidates see, what only the org scores with, and what anybody may know (rule 11).

import type { AnswerableOutline, ItemOutline, PaperOutline } from '../core/types.js';
import type { AnswerableSource, CaseSource, ItemSource, PaperSource } from '../protocol/paper-source.js';
import type { ScoringItem } from '../protocol/package.js';
import type { CaseMaterial, ItemContent, PaperContent, SealedFile } from '../protocol/seat.js';
import { cleanRichText } from './rich-text.js';
import type { LoadedPaper } from './source.js';

const TRUE_FALSE = [
  { id: 'true', html: '正确' },
  { id: 'false', html: '错误' },
];

export interface PartedPaper {
  content: PaperContent;
  /** Whole items of sections that draw; in `content` they have neither stem nor options. */
  pooled: ItemContent[];
  scoring: ScoringItem[];
}

/** @param sealMedium takes a picture or a file and says where it will be found */
export function partPaper(
  { paper, media, files = new Map() }: LoadedPaper,
  sealMedium: (bytes: Buffer, index: number) => { path: string; sha256: string },
): PartedPaper {
  const pooled: ItemContent[] = [];
  const scoring: ScoringItem[] = [];
  let mediaCount = 0;
  const pictures = (itemId: string): ItemContent['media'] =>
    (media.get(itemId) ?? []).map(({ name, bytes, type, width, height, alt }) => {
      const { path, sha256 } = sealMedium(bytes, mediaCount++);
      return { name, path, sha256, type, width, height, alt };
    });
  const sealFile = (name: string): SealedFile => {
    const file = files.get(name);
    if (file === undefined) throw new Error(`No file ${name}`);
    return { ...sealMedium(file.bytes, mediaCount++), type: file.type, bytes: file.bytes.length };
  };
  const contentOf = (item: ItemSource): ItemContent => {
    const content = plainContent(item, pictures(item.itemId));
    if (item.audio !== undefined) {
      const { file, label, maxPlays } = item.audio;
      content.audio = { ...sealFile(file), label, maxPlays };
    }
    if (item.type === 'case')
      content.case = {
        materials: item.materials.map(({ title, html, file }): CaseMaterial => ({
          title,
          html: html === undefined ? null : cleanRichText(html),
          file: file === undefined ? null : { ...sealFile(file.file), name: file.name },
        })),
        items: item.items.map(contentOf),
      };
    return content;
  };
  const sections = paper.sections.map((section) => ({
    sectionId: section.sectionId,
    title: section.title,
    instructions: section.instructions,
    items: section.items.map((item) => {
      scoring.push(...scoringOf(item, section.sectionId));
      const content = contentOf(item);
      if (section.draw === null) return content;
      pooled.push(content);
      return withoutWords(content);
    }),
  }));
  return { content: { paperId: paper.paperId, title: paper.title, sections }, pooled, scoring };
}

/** What stands in the paper's text for an item that is sealed apart: enough to number it. */
function withoutWords({ audio: _audio, case: inner, ...content }: ItemContent): ItemContent {
  return {
    ...content,
    stem: null,
    options: content.options.map(({ id }) => ({ id, html: '' })),
    media: [],
    ...(inner === undefined ? {} : { case: { materials: [], items: inner.items.map(withoutWords) } }),
  };
}

function plainContent(item: ItemSource, media: ItemContent['media']): ItemContent {
  const options =
    item.type === 'true-false'
      ? TRUE_FALSE
      : 'options' in item
        ? item.options.map(({ id, html }) => ({ id, html: cleanRichText(html) }))
        : [];
  return {
    itemId: item.itemId,
    type: item.type,
    points: item.points,
    scoringNote: scoringNote(item),
    stem: cleanRichText(item.stem),
    options,
    blanks: item.type === 'fill-in' ? item.blanks.map(({ maxLength }) => ({ maxLength })) : [],
    media,
    ...limitsOf(item),
  };
}

function limitsOf(item: ItemSource): Pick<ItemContent, 'text' | 'files'> {
  if ('files' in item) return { files: item.files };
  if (item.type === 'short-text') return { text: { maxLength: item.maxLength, words: null } };
  if (item.type === 'essay') return { text: { maxLength: item.maxLength, words: item.words ?? null } };
  return {};
}

function scoringNote(item: ItemSource): string | null {
  if (item.type !== 'multiple') return null;
  return item.scoring.rule === 'partial'
    ? `漏选得 ${item.scoring.pointsWhenMissing} 分，错选不得分`
    : '全部选对才得分';
}

function scoringOf(item: ItemSource, sectionId: string): ScoringItem[] {
  if (item.type !== 'case') return [keyOf(item, sectionId)];
  return item.items.map((inner) => ({ ...keyOf(inner, sectionId), caseId: item.itemId }));
}

function keyOf(item: AnswerableSource, sectionId: string): ScoringItem {
  const base = { itemId: item.itemId, sectionId, points: item.points };
  switch (item.type) {
    case 'single':
      return { ...base, type: 'single', answer: item.answer };
    case 'multiple': {
      const pointsWhenMissing = item.scoring.rule === 'partial' ? item.scoring.pointsWhenMissing : null;
      return { ...base, type: 'multiple', answer: item.answer, pointsWhenMissing };
    }
    case 'true-false':
      return { ...base, type: 'true-false', answer: item.answer };
    case 'fill-in':
      return { ...base, type: 'fill-in', accept: item.blanks.map(({ accept }) => accept) };
    case 'short-text':
    case 'essay':
    case 'file-upload':
    case 'screenshot':
      return { ...base, type: item.type, marking: item.marking };
  }
}

/** Numbers and names of items: nothing that helps to answer one. */
export function outlineOf(paper: PaperSource, use: 'main' | 'reserve'): PaperOutline {
  const audio = paper.sections.some(({ items }) => items.some(hasAudio)) ? { audio: true as const } : {};
  return {
    paperId: paper.paperId,
    use,
    ...audio,
    sections: paper.sections.map(({ sectionId, title, shuffleItems, draw, items }) => ({
      sectionId,
      title,
      shuffleItems,
      draw,
      items: items.map(itemOutline),
    })),
  };
}

function hasAudio(item: ItemSource): boolean {
  return item.audio !== undefined || (item.type === 'case' && item.items.some(hasAudio));
}

function itemOutline(item: ItemSource): ItemOutline {
  if (item.type !== 'case') return answerableOutline(item);
  const { itemId, points, shuffleItems, items }: CaseSource = item;
  return { itemId, points, type: 'case', shuffleItems, items: items.map(answerableOutline) };
}

function answerableOutline(item: AnswerableSource): AnswerableOutline {
  const { itemId, points } = item;
  switch (item.type) {
    case 'fill-in':
      return { itemId, points, type: item.type, blanks: item.blanks.map(({ maxLength }) => ({ maxLength })) };
    case 'short-text':
    case 'essay':
      return { itemId, points, type: item.type, maxLength: item.maxLength };
    case 'file-upload':
    case 'screenshot':
      return { itemId, points, type: item.type, files: item.files };
    case 'true-false':
      return { itemId, points, type: item.type, options: ['true', 'false'], shuffleOptions: false };
    default:
      return {
        itemId,
        points,
        type: item.type,
        options: item.options.map(({ id }) => id),
        shuffleOptions: item.shuffleOptions,
      };
  }
}
