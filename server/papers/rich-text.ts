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

/** A text is stable after two passes; this many are a bound, not a need. */
const MAX_PASSES = 10;

/**
 * The text without anything that could load, run or style, and so that cleaning it again changes nothing: a tag that is thrown away
 * between others leaves them nested as no reader nests them, and the browser would show another text than was signed.
 */
export function cleanRichText(html: string): string {
  let clean = sanitizeHtml(html, OPTIONS);
  for (let pass = 1; pass < MAX_PASSES; pass++) {
    const again = sanitizeHtml(clean, OPTIONS);
    if (again === clean) break;
    clean = again;
  }
  return clean;
}
