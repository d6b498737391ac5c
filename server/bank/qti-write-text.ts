// Rich text of a paper in the elements of QTI 3, with what only this system reads in data attributes.

import { cleanRichText } from '../papers/rich-text.js';
import { parseFragment } from './cell-text.js';
import type { XmlElement } from './xml-tree.js';
import { node, type XmlNode } from './xml-write.js';

/** Rich text of a paper in the elements of QTI. */
export class RichTextWriter {
  faulty = false;
  blanks = 0;

  constructor(
    private readonly media: ReadonlyMap<string, string>,
    private readonly lengths: readonly number[] = [],
  ) {}

  /** `faulty` says afterwards whether all of it could be written. */
  write(html: string): (XmlNode | string)[] {
    const tree = parseFragment(cleanRichText(html));
    if (tree === null) this.faulty = true;
    return tree === null ? [] : this.children(tree);
  }

  private children(element: XmlElement): (XmlNode | string)[] {
    return element.children.map((child) => (typeof child === 'string' ? child : this.element(child)));
  }

  private element(element: XmlElement): XmlNode {
    const { name, attributes } = element;
    switch (name) {
      case 'u':
        return node('span', { class: 'qti-underline' }, this.children(element));
      case 'img': {
        const medium = attributes['data-media'];
        const file = medium === undefined ? undefined : this.media.get(medium);
        if (file === undefined) this.faulty = true;
        return node('img', {
          src: `../media/${file ?? ''}`,
          alt: attributes['alt'] ?? '',
          'data-kaochang-media': medium,
          'data-kaochang-noalt': attributes['alt'] === undefined ? '1' : undefined,
        });
      }
      case 'blank': {
        // Blanks stand in their order, each once: what a candidate fills in goes to the key of the same number.
        this.blanks += 1;
        if (attributes['n'] !== String(this.blanks) || element.children.length > 0) this.faulty = true;
        return node('qti-text-entry-interaction', {
          'response-identifier': `RESPONSE_${this.blanks}`,
          'expected-length': this.lengths[this.blanks - 1],
        });
      }
      case 'table': {
        // QTI wants rows inside a body; what stands before the first row stays where it is.
        const first = element.children.findIndex((child) => typeof child !== 'string' && child.name === 'tr');
        const children = this.children(element);
        if (first === -1) return node('table', {}, children);
        const body = node('tbody', {}, children.slice(first));
        return node('table', { 'data-kaochang-loose': '1' }, [...children.slice(0, first), body]);
      }
      default:
        return node(name, attributes, this.children(element));
    }
  }
}
