// Rich text as papers may hold it (rule 19): cleaned here when the package is built, and again in the browser.

import sanitizeHtml from 'sanitize-html';

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [
    'p',
    'br',
    'b',
    'strong',
    'i',
    'em',
    'u',
    'sub',
    'sup',
    'ruby',
    'rt',
    'rp',
    'ul',
    'ol',
    'li',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'caption',
    'img',
    'blank',
    'span',
  ],
  allowedAttributes: {
    img: ['data-media', 'alt'],
    blank: ['n'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
  },
  allowedSchemes: [],
  disallowedTagsMode: 'discard',
};

/** The text without anything that could load, run or style. */
export function cleanRichText(html: string): string {
  return sanitizeHtml(html, OPTIONS);
}
