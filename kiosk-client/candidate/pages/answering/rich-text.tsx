// The organisation's rich text as elements of the page: cleaned once more here (rule 19), pictures and blanks put in place.

import DOMPurify from 'dompurify';
import { h, type ComponentChildren, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';

interface RichTextProps {
  html: string;
  class: string;
  /** What stands for a picture, by its name in the item. */
  picture: (name: string) => VNode | null;
  /** What stands for a blank, by its number from 1. */
  blank?: (n: number) => VNode | null;
  /** Inside a button only phrases may stand. */
  inline?: boolean;
}

const ALLOWED_TAGS = [
  ...['p', 'br', 'b', 'strong', 'i', 'em', 'u', 'sub', 'sup', 'span', 'ul', 'ol', 'li'],
  ...['ruby', 'rt', 'rp', 'table', 'caption', 'thead', 'tbody', 'tr', 'th', 'td', 'img', 'blank'],
];
const ALLOWED_ATTR = ['data-media', 'alt', 'n', 'colspan', 'rowspan'];

export function RichText({ html, class: name, picture, blank, inline = false }: RichTextProps) {
  const clean = useMemo(
    () =>
      DOMPurify.sanitize(html, {
        ALLOWED_TAGS,
        ALLOWED_ATTR,
        ALLOW_DATA_ATTR: false,
        ALLOW_ARIA_ATTR: false,
        RETURN_DOM_FRAGMENT: true,
      }),
    [html],
  );
  const place = (node: Node, key: number): ComponentChildren => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const tag = node.tagName.toLowerCase();
    if (tag === 'img') return picture(node.getAttribute('data-media') ?? '');
    if (tag === 'blank') return blank?.(Number(node.getAttribute('n'))) ?? null;
    const attributes: Record<string, string | number> = { key };
    for (const span of ['colspan', 'rowspan'] as const) {
      const value = node.getAttribute(span);
      if (value !== null) attributes[span === 'colspan' ? 'colSpan' : 'rowSpan'] = value;
    }
    return h(tag, attributes, [...node.childNodes].map(place));
  };
  const children = [...clean.childNodes].map(place);
  return inline ? <span class={name}>{children}</span> : <div class={name}>{children}</div>;
}
