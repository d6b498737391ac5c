// A paper as one HTML page to read and print: what candidates see, in the order in which it was written. Keys stand on pages
// of their own at the end, and only when asked for. Loads nothing and runs nothing.

import { imageSize } from 'image-size';
import type { ItemSource, PaperSource } from '../protocol/paper-source.js';
import { cleanRichText } from '../papers/rich-text.js';
import { mediaTypeOf } from '../papers/paper-files.js';
import { escapeHtml } from './cell-text.js';
import { writeFileSize } from './marked-values.js';

const TYPES: Readonly<Record<ItemSource['type'], string>> = {
  single: '单选题',
  multiple: '多选题',
  'true-false': '判断题',
  'fill-in': '填空题',
  'short-text': '简答题',
  essay: '论述题',
  'file-upload': '文件上传',
  screenshot: '截图',
  case: '案例题',
};
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** @param media bytes by file name below media/ */
export function paperPreview(
  paper: PaperSource,
  media: ReadonlyMap<string, Buffer>,
  { withKeys }: { withKeys: boolean },
): string {
  const total = paper.sections.reduce((sum, { items }) => sum + pointsOf(items), 0);
  const keys: string[] = [];
  let number = 0;
  const sections = paper.sections.map(({ title, instructions, items, draw, shuffleItems }) => {
    const notes = [
      draw === null ? '' : `从 ${items.length} 题中抽 ${draw} 题`,
      shuffleItems ? '题目乱序' : '',
      `共 ${round(pointsOf(items))} 分`,
    ].filter((note) => note !== '');
    const body = items.map((item) => {
      number += 1;
      keys.push(keyRow(item, String(number)));
      return itemHtml(item, String(number), media);
    });
    return `<section><h2>${escapeHtml(title)}</h2><p class="note">${notes.join('，')}</p>${
      instructions === '' ? '' : `<p>${escapeHtml(instructions).replaceAll('\n', '<br>')}</p>`
    }${body.join('\n')}</section>`;
  });
  const keyPages = withKeys
    ? `<section class="keys"><h2>答案（命题与评分人员专用）/ Keys</h2><table><thead><tr><th>题</th><th>编号</th><th>分值</th><th>答案</th></tr></thead><tbody>${keys.join('')}</tbody></table></section>`
    : '';
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(paper.title)}</title><style>${STYLE}</style></head>
<body><header><h1>${escapeHtml(paper.title)}</h1><p class="note">预览 / preview · ${number} 题 · ${round(total)} 分 · ${escapeHtml(paper.paperId)}</p></header>
${sections.join('\n')}
${keyPages}</body></html>
`;
}

function itemHtml(item: ItemSource, number: string, media: ReadonlyMap<string, Buffer>): string {
  const text = (html: string) => withPictures(cleanRichText(html), item, media);
  const head = `<p class="head"><b>${number}.</b> ${TYPES[item.type]}（${item.points} 分${scoringNote(item)}）</p>`;
  return `<article>${head}${recordingHtml(item, media)}<div class="stem">${text(item.stem)}</div>${answerSpace(item, number, text, media)}</article>`;
}

/** The recording with the browser's own player, for whoever checks the paper; candidates have a player that counts. */
function recordingHtml({ audio }: ItemSource, media: ReadonlyMap<string, Buffer>): string {
  if (audio === undefined) return '';
  const plays = audio.maxPlays === null ? '可反复播放' : `可播放 ${audio.maxPlays} 次`;
  const bytes = media.get(audio.file);
  const source = `data:${mediaTypeOf(audio.file) ?? 'audio/mpeg'};base64,${bytes?.toString('base64') ?? ''}`;
  const player = bytes === undefined ? '' : `<audio controls src="${source}"></audio>`;
  return `<div class="audio"><b>录音：${escapeHtml(audio.label)}</b>（${plays}）${player}</div>`;
}

/** As candidates are told it. */
function scoringNote(item: ItemSource): string {
  if (item.type !== 'multiple') return '';
  return item.scoring.rule === 'partial'
    ? `，漏选得 ${item.scoring.pointsWhenMissing} 分，错选不得分`
    : '，全部选对才得分';
}

function answerSpace(
  item: ItemSource,
  number: string,
  text: (html: string) => string,
  media: ReadonlyMap<string, Buffer>,
): string {
  switch (item.type) {
    case 'single':
    case 'multiple':
      return `<ol class="options">${item.options.map(({ html }) => `<li>${text(html)}</li>`).join('')}</ol>`;
    case 'true-false':
      return '<ol class="options"><li>正确</li><li>错误</li></ol>';
    case 'fill-in':
      return '';
    case 'short-text':
      return `<div class="box line">字符 0 / ${item.maxLength}</div>`;
    case 'essay': {
      const words = item.words === undefined ? '' : `${wordsText(item.words)} · `;
      return `<div class="box">${words}字符 0 / ${item.maxLength}</div>`;
    }
    case 'file-upload':
    case 'screenshot':
      return `<div class="box">${item.type === 'screenshot' ? '按 Ctrl+V 粘贴截图' : '上传文件'}：至多 ${item.files.maxCount} 个，每个不超过 ${writeFileSize(item.files.maxBytes)}（${escapeHtml(item.files.types.join('、'))}）</div>`;
    case 'case': {
      const materials = item.materials.map(
        ({ title, html, file }) =>
          `<div class="material"><h3>${escapeHtml(title)}</h3>${html === undefined ? '' : text(html)}${file === undefined ? '' : `<p class="file">下载：${escapeHtml(file.name)}${sizeText(media.get(file.file))}</p>`}</div>`,
      );
      const items = item.items.map((one, index) => itemHtml(one, `${number}.${index + 1}`, media));
      if (item.shuffleItems) materials.push('<p class="note">小题乱序</p>');
      return `${materials.join('')}${items.join('\n')}`;
    }
  }
}

/** As candidates are told it. */
function wordsText({ min, max }: { min: number | null; max: number | null }): string {
  if (min !== null && max !== null) return `要求 ${min}–${max} 字`;
  return min === null ? `要求不超过 ${max ?? 0} 字` : `要求不少于 ${min} 字`;
}

function sizeText(bytes: Buffer | undefined): string {
  if (bytes === undefined) return '';
  const kilobytes = bytes.length / 1024;
  const size =
    kilobytes < 1024 ? `${Math.max(1, Math.round(kilobytes))} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
  return `（${size}）`;
}

/** Blanks become lines to write on, references to pictures the pictures themselves. */
function withPictures(html: string, item: ItemSource, media: ReadonlyMap<string, Buffer>): string {
  return html
    .replace(/<blank n="([^"]*)"[^>]*>(<\/blank>)?/g, '<span class="blank">$1</span>')
    .replace(/<img data-media="([^"]*)"/g, (tag, name: string) => {
      const file = item.media?.find((one) => one.name === name)?.file;
      const bytes = file === undefined ? undefined : media.get(file);
      return bytes === undefined
        ? tag
        : `<img src="data:${typeOf(bytes)};base64,${bytes.toString('base64')}"`;
    });
}

function typeOf(bytes: Buffer): string {
  const { type } = imageSize(bytes);
  return type === 'jpg' ? 'image/jpeg' : `image/${type ?? 'png'}`;
}

function keyRow(item: ItemSource, number: string): string {
  const row = `<tr><td>${number}</td><td>${escapeHtml(item.itemId)}</td><td>${item.points}</td><td>${keyOf(item)}</td></tr>`;
  return item.type === 'case'
    ? `${row}${item.items.map((one, index) => keyRow(one, `${number}.${index + 1}`)).join('')}`
    : row;
}

function keyOf(item: ItemSource): string {
  switch (item.type) {
    case 'single':
    case 'multiple': {
      const letters = [item.answer]
        .flat()
        .map((id) => LETTERS.charAt(item.options.findIndex((one) => one.id === id)));
      const missing =
        item.type === 'multiple' && item.scoring.rule === 'partial' ? item.scoring.pointsWhenMissing : null;
      return `${letters.join('')}${missing === null ? '' : `（漏选 ${missing} 分）`}`;
    }
    case 'true-false':
      return item.answer ? '正确' : '错误';
    case 'fill-in':
      return item.blanks.map(({ accept }) => accept.map(escapeHtml).join(' | ')).join('；');
    case 'case':
      return '';
    default:
      return `${cleanRichText(item.marking.reference)}<ul>${item.marking.rubric.map(({ what, points }) => `<li>${escapeHtml(what)}（${points} 分）</li>`).join('')}</ul>`;
  }
}

function pointsOf(items: readonly ItemSource[]): number {
  return items.reduce((sum, { points }) => sum + points, 0);
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}

const STYLE = `
@page { size: A4; margin: 18mm 16mm }
body { font: 12pt/1.7 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; color: #111; max-width: 178mm; margin: 12mm auto; padding: 0 6mm }
h1 { font-size: 18pt; text-align: center; margin: 0 } h2 { font-size: 14pt; margin: 1.4em 0 .2em } h3 { font-size: 12pt; margin: .4em 0 }
.note, .head { color: #555; font-size: 10pt } header .note { text-align: center } .head b { color: #111; font-size: 12pt }
article { break-inside: avoid; margin: .9em 0 } article p { margin: .15em 0 } article article { margin-left: 1.5em }
.options { list-style: upper-alpha; margin: .2em 0 .2em 1.2em; padding-left: 1em } img { max-width: 100%; max-height: 90mm; display: block }
.blank { display: inline-block; min-width: 6em; border-bottom: 1px solid #111; text-align: center; color: #888; font-size: 9pt; line-height: 1.3 }
.box { border: 1px solid #999; color: #777; font-size: 10pt; min-height: 14mm; padding: 1mm 2mm } .line { min-height: 7mm } .audio { margin: .3em 0; font-size: 11pt } .audio audio { display: block; height: 9mm; margin-top: 1mm } .file { font-weight: bold }
.material { margin: .5em 0; border-left: 3px solid #bbb; padding-left: 3mm }
table { border-collapse: collapse } td, th { border: 1px solid #999; padding: .1em .5em; text-align: left; vertical-align: top }
.keys { break-before: page } .keys ul, .keys p { margin: 0 } .keys td:first-child, .keys th { white-space: nowrap } @media print { body { margin: 0; padding: 0; max-width: none } }`;
