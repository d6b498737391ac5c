// Content of QTI as plain text, for what a paper keeps without looks: instructions of sections.

import { inlineContent, type ContentSink } from './qti-content.js';
import { descendantsOf, type XmlElement } from './xml-tree.js';

/** Plain text of a block, line by line: instructions of sections are no rich text. */
export function plainLines(element: XmlElement): string {
  const paragraphs = descendantsOf(element, 'p');
  const blocks = paragraphs.length > 0 ? paragraphs : [element];
  const sink: ContentSink = {
    picture: () => '',
    blank: () => '',
    interaction: () => undefined,
    element: () => undefined,
    aside: () => undefined,
    audio: () => undefined,
    link: () => undefined,
  };
  return blocks
    .map((block) =>
      inlineContent(block, sink)
        .replaceAll('<br />', '\n')
        .replace(/<[^>]*>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    )
    .join('\n');
}
