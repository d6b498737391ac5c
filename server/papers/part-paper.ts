// Parts a paper into what candidates see, what only the org scores with, and what anybody may know (rule 11).

import type { PaperOutline } from '../core/types.js';
import type { ItemSource, PaperSource } from '../protocol/paper-source.js';
import type { ScoringItem } from '../protocol/package.js';
import type { ItemContent, PaperContent } from '../protocol/seat.js';
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

/** @param sealMedium takes a picture and says where it will be found */
export function partPaper(
  { paper, media }: LoadedPaper,
  sealMedium: (bytes: Buffer, index: number) => { path: string; sha256: string },
): PartedPaper {
  const pooled: ItemContent[] = [];
  const scoring: ScoringItem[] = [];
  let mediaCount = 0;
  const sections = paper.sections.map((section) => ({
    sectionId: section.sectionId,
    title: section.title,
    instructions: section.instructions,
    items: section.items.map((item) => {
      scoring.push(scoringOf(item, section.sectionId));
      const pictures = (media.get(item.itemId) ?? []).map(({ name, bytes, type, width, height, alt }) => {
        const { path, sha256 } = sealMedium(bytes, mediaCount++);
        return { name, path, sha256, type, width, height, alt };
      });
      const content = contentOf(item, pictures);
      if (section.draw === null) return content;
      pooled.push(content);
      return {
        ...content,
        stem: null,
        options: content.options.map(({ id }) => ({ id, html: '' })),
        media: [],
      };
    }),
  }));
  return { content: { paperId: paper.paperId, title: paper.title, sections }, pooled, scoring };
}

function contentOf(item: ItemSource, media: ItemContent['media']): ItemContent {
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
  };
}

function scoringNote(item: ItemSource): string | null {
  if (item.type !== 'multiple') return null;
  return item.scoring.rule === 'partial'
    ? `漏选得 ${item.scoring.pointsWhenMissing} 分，错选不得分`
    : '全部选对才得分';
}

function scoringOf(item: ItemSource, sectionId: string): ScoringItem {
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
  }
}

/** Numbers and names of items: nothing that helps to answer one. */
export function outlineOf(paper: PaperSource, use: 'main' | 'reserve'): PaperOutline {
  return {
    paperId: paper.paperId,
    use,
    sections: paper.sections.map(({ sectionId, title, shuffleItems, draw, items }) => ({
      sectionId,
      title,
      shuffleItems,
      draw,
      items: items.map((item) => {
        const { itemId, points } = item;
        if (item.type === 'fill-in')
          return {
            itemId,
            points,
            type: item.type,
            blanks: item.blanks.map(({ maxLength }) => ({ maxLength })),
          };
        if (item.type === 'true-false')
          return { itemId, points, type: item.type, options: ['true', 'false'], shuffleOptions: false };
        return {
          itemId,
          points,
          type: item.type,
          options: item.options.map(({ id }) => id),
          shuffleOptions: item.shuffleOptions,
        };
      }),
    })),
  };
}
