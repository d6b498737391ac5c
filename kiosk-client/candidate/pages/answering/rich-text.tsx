// The organisation's rich text as elements of the page: cleaned once more here (rule 19), pictures and blanks put in place.

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

/** Made anew in the page; of anything else that is written its text alone stays. */
const ALLOWED: ReadonlySet<string> = new Set(
  'p br b strong i em u sub sup span ul ol li ruby rt rp table caption thead tbody tr th td'.split(' '),
);
/** Elements whose text is not for readers. */
const UNREAD: ReadonlySet<string> = new Set(
  (
    'script style title template noscript noembed noframes iframe xmp plaintext textarea select object audio video ' +
    'svg math'
  ).split(' '),
);

export function RichText({ html, class: name, picture, blank, inline = false }: RichTextProps) {
  // A document without a page: nothing in it runs or loads. None of its elements comes into this page: what is allowed is made
  // anew, with the attributes that are named here, and never written out and read again.
  const written = useMemo(() => new DOMParser().parseFromString(html, 'text/html').body, [html]);
  const place = (node: Node, key: number): ComponentChildren => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const tag = node.tagName.toLowerCase();
    if (tag === 'img') return picture(node.getAttribute('data-media') ?? '');
    if (tag === 'blank') return blank?.(Number(node.getAttribute('n'))) ?? null;
    if (UNREAD.has(tag)) return null;
    if (!ALLOWED.has(tag)) return [...node.childNodes].map(place);
    const attributes: Record<string, string | number> = { key };
    for (const span of ['colspan', 'rowspan'] as const) {
      const value = node.getAttribute(span);
      if (value !== null) attributes[span === 'colspan' ? 'colSpan' : 'rowSpan'] = value;
    }
    return h(tag, attributes, [...node.childNodes].map(place));
  };
  const children = [...written.childNodes].map(place);
  return inline ? <span class={name}>{children}</span> : <div class={name}>{children}</div>;
}
