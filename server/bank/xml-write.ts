// Writes XML: elements, attributes and text, escaped so that a reader gets the same letters back. Letters that XML cannot
// hold become the replacement character.

export interface XmlNode {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly (XmlNode | string)[];
}

/** An element; attributes without a value are left out. */
export function node(
  name: string,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  children: readonly (XmlNode | string)[] = [],
): XmlNode {
  const given = Object.entries(attributes).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return { name, attributes: Object.fromEntries(given), children };
}

/** A whole document. Elements that hold elements only are indented; text is never touched. */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '', true)}\n`;
}

function write({ name, attributes, children }: XmlNode, indent: string, pretty: boolean): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
  if (children.length === 0) return `<${name}${pairs.join('')}/>`;
  const nested = pretty && STRUCTURE.test(name) && children.every((child) => typeof child !== 'string');
  const inner = children.map((child) =>
    typeof child === 'string' ? escapeText(child) : write(child, `${indent}  `, nested),
  );
  const body = nested ? `${inner.map((one) => `\n${indent}  ${one}`).join('')}\n${indent}` : inner.join('');
  return `<${name}${pairs.join('')}>${body}</${name}>`;
}

/** Elements in which blank text means nothing. */
const STRUCTURE =
  /^(manifest|metadata|organizations|resources?|assessmentResult|qti-(?!simple-choice$|prompt$|value$|content-body$|text-entry).*)$/;

function escapeText(text: string): string {
  return sound(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

function sound(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  );
}
