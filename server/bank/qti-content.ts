// Content of QTI items -> the rich text of a paper: the safe subset, pictures by reference, blanks for text entries. What
// has no counterpart is named and makes the item a fault; nothing is dropped in silence.

import { childrenOf, textOf, type XmlElement } from './xml-tree.js';
import { escapeHtml } from './cell-text.js';
import { oldName } from './qti-names.js';

export interface ContentSink {
  /** The tag of a picture, or null after a fault. */
  picture: (element: XmlElement) => string | null;
  /** The tag of a blank for a text entry interaction. */
  blank: (element: XmlElement) => string;
  /** An interaction that stands between blocks. */
  interaction: (element: XmlElement) => void;
  /** Something that cannot be taken. */
  element: (name: string) => void;
  /** Something that is aside and not read. */
  aside: (name: string, element: XmlElement) => void;
  /** A recording among the text. */
  audio: (element: XmlElement) => void;
  /** A link; its text stays. */
  link: (href: string) => void;
}

const INLINE_KEPT = new Set(['b', 'strong', 'i', 'em', 'u', 'sub', 'sup', 'span', 'ruby', 'rt', 'rp']);
const INLINE_OPENED = new Set(
  'a abbr acronym big small cite code dfn kbd q samp tt var bdi bdo label time mark'.split(' '),
);
const BLOCK_OPENED = new Set(
  'div blockquote section article aside header footer address figure contentBody itemBody nav main'.split(
    ' ',
  ),
);
const HEADINGS = /^h[1-6]$/;
const LISTS = new Set(['ul', 'ol', 'table']);
const WITHIN = new Set(['li', 'thead', 'tbody', 'tr', 'th', 'td', 'caption']);
const FEEDBACK = new Set(['feedbackInline', 'feedbackBlock', 'modalFeedback']);

/** Content that this system exported itself: letter by letter as it was. */
export function exactContent(element: XmlElement, sink: ContentSink): string {
  return element.children
    .map((child) => {
      if (typeof child === 'string') return escapeHtml(child);
      const name = oldName(child.name);
      if (name === 'textEntryInteraction') return sink.blank(child);
      if (name === 'img') return sink.picture(child) ?? '';
      if (name === 'br') return '<br />';
      if (name === 'span' && child.attributes['class'] === 'qti-underline')
        return wrap('u', '', exactContent(child, sink));
      if (name === 'table' && child.attributes['data-kaochang-loose'] !== undefined)
        return wrap('table', '', exactContent({ ...child, children: openBody(child) }, sink));
      if (name === 'p' || INLINE_KEPT.has(name) || LISTS.has(name) || WITHIN.has(name))
        return wrap(name, spans(child), exactContent(child, sink));
      sink.element(child.name);
      return '';
    })
    .join('');
}

function openBody(table: XmlElement): XmlElement['children'] {
  return table.children.flatMap((child) =>
    typeof child !== 'string' && child.name === 'tbody' ? child.children : [child],
  );
}

/** Content of any origin as paragraphs, lists and tables. */
export function blockContent(element: XmlElement, sink: ContentSink): string {
  const pieces: string[] = [];
  let line = '';
  const flush = () => {
    const text = trimHtml(line);
    if (text !== '') pieces.push(`<p>${text}</p>`);
    line = '';
  };
  for (const child of element.children) {
    if (typeof child === 'string') {
      line += escapeHtml(child.replace(/\s+/g, ' '));
      continue;
    }
    const name = oldName(child.name);
    if (name === 'p' || HEADINGS.test(name)) {
      flush();
      const text = trimHtml(inlineContent(child, sink));
      if (text !== '') pieces.push(name === 'p' ? `<p>${text}</p>` : `<p><b>${text}</b></p>`);
    } else if (BLOCK_OPENED.has(name) || (name === 'rubricBlock' && isForCandidates(child))) {
      flush();
      pieces.push(blockContent(child, sink));
    } else if (LISTS.has(name)) {
      flush();
      pieces.push(structure(child, sink));
    } else if (name === 'pre') {
      flush();
      const lines = textOf(child).split('\n').map(escapeHtml);
      if (childrenOf(child).length > 0) sink.element('pre');
      pieces.push(`<p>${lines.join('<br />')}</p>`);
    } else if (name === 'hr') flush();
    else if (/Interaction$/.test(name) && name !== 'textEntryInteraction') {
      flush();
      sink.interaction(child);
    } else line += inlineElement(child, name, sink);
  }
  flush();
  return pieces.join('');
}

/** Content of any origin on one line, as options need it. */
export function inlineContent(element: XmlElement, sink: ContentSink): string {
  return element.children
    .map((child) =>
      typeof child === 'string'
        ? escapeHtml(child.replace(/\s+/g, ' '))
        : inlineElement(child, oldName(child.name), sink),
    )
    .join('');
}

/** An option: the inside of its only paragraph, or its blocks one below the other. */
export function optionContent(element: XmlElement, sink: ContentSink): string {
  const blocks = childrenOf(element).filter(({ name }) => name === 'p' || name === 'div');
  const rest = element.children.filter((child) => typeof child !== 'string' || child.trim() !== '');
  if (blocks.length > 0 && blocks.length === rest.length)
    return blocks
      .map((block) =>
        block.name === 'p' ? trimHtml(inlineContent(block, sink)) : optionContent(block, sink),
      )
      .join('<br />');
  if (
    rest.some((child) => typeof child !== 'string' && (LISTS.has(child.name) || BLOCK_OPENED.has(child.name)))
  )
    return blockContent(element, sink);
  return trimHtml(inlineContent(element, sink));
}

function inlineElement(element: XmlElement, name: string, sink: ContentSink): string {
  if (name === 'br') return '<br />';
  if (name === 'img') return sink.picture(element) ?? '';
  if (name === 'object' && (element.attributes['type'] ?? '').startsWith('image/'))
    return (
      sink.picture({
        ...element,
        attributes: { src: element.attributes['data'] ?? '', alt: textOf(element).trim() },
      }) ?? ''
    );
  if (isRecording(element, name)) {
    sink.audio(element);
    return '';
  }
  if (name === 'a') sink.link(element.attributes['href'] ?? '');
  if (name === 'textEntryInteraction') return sink.blank(element);
  if (/Interaction$/.test(name)) {
    sink.interaction(element);
    return '';
  }
  if (name === 'span' && /\bqti-underline\b/.test(element.attributes['class'] ?? ''))
    return wrap('u', '', inlineContent(element, sink));
  if (name === 'span' || INLINE_OPENED.has(name)) return inlineContent(element, sink);
  if (INLINE_KEPT.has(name)) return wrap(name, '', inlineContent(element, sink));
  if (name === 'p' || BLOCK_OPENED.has(name)) return ` ${inlineContent(element, sink)} `;
  if (
    FEEDBACK.has(name) &&
    (element.attributes['showHide'] ?? element.attributes['show-hide'] ?? 'show') === 'show'
  ) {
    sink.aside(name, element);
    return '';
  }
  if (name === 'rubricBlock' && !isForCandidates(element)) {
    sink.aside(name, element);
    return '';
  }
  sink.element(element.name);
  return '';
}

/** Whether a rubric is for those who answer. */
export function isForCandidates(rubric: XmlElement): boolean {
  return /\bcandidate\b/.test(rubric.attributes['view'] ?? '');
}

function isRecording({ attributes }: XmlElement, name: string): boolean {
  return name === 'audio' || (name === 'object' && (attributes['type'] ?? '').startsWith('audio/'));
}

function structure(element: XmlElement, sink: ContentSink): string {
  const inner = childrenOf(element)
    .map((child) => {
      const name = oldName(child.name);
      if (name === 'col' || name === 'colgroup') return '';
      if (!WITHIN.has(name)) {
        sink.element(child.name);
        return '';
      }
      if (name === 'thead' || name === 'tbody' || name === 'tr') return structure(child, sink);
      return wrap(name, spans(child), cellContent(child, sink));
    })
    .join('');
  return wrap(oldName(element.name), '', inner);
}

function cellContent(element: XmlElement, sink: ContentSink): string {
  const nested = childrenOf(element).some(
    ({ name }) => LISTS.has(name) || name === 'p' || BLOCK_OPENED.has(name),
  );
  if (!nested) return trimHtml(inlineContent(element, sink));
  const html = blockContent(element, sink);
  const only = /^<p>((?:(?!<p>).)*)<\/p>$/s.exec(html)?.[1];
  return only ?? html;
}

/** colspan and rowspan; nothing else of a cell is kept. */
function spans(element: XmlElement): string {
  if (element.name !== 'td' && element.name !== 'th') return '';
  return Object.entries(element.attributes)
    .filter(([key, value]) => (key === 'colspan' || key === 'rowspan') && /^[0-9]{1,3}$/.test(value))
    .map(([key, value]) => ` ${key}="${value}"`)
    .join('');
}

function wrap(name: string, attributes: string, inner: string): string {
  return `<${name}${attributes}>${inner}</${name}>`;
}

function trimHtml(html: string): string {
  return html.replace(/^(?:\s|<br \/>)+|(?:\s|<br \/>)+$/g, '').replace(/ {2,}/g, ' ');
}
