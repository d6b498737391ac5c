// What this system wrote into data attributes for its own reading. Outside bytes as any other: whatever is not of the shape is
// as if it were not there, and what an item holds afterwards has to fit the paper format.

import type { ItemSource } from '../protocol/paper-source.js';
import type { XmlElement } from './xml-tree.js';

export type Medium = NonNullable<ItemSource['media']>[number];

const MAX_JSON = 50_000;

/** The media list; null where it is missing or is anything else. */
export function readOwnMedia(element: XmlElement): Medium[] | null {
  const value = readJson(element.attributes['data-kaochang-media']);
  if (!Array.isArray(value) || value.length > 10) return null;
  const media = value.map((one: unknown): Medium | null => {
    const { name, file, alt } = fieldsOf(one);
    return typeof name === 'string' && typeof file === 'string' && typeof alt === 'string'
      ? { name, file, alt }
      : null;
  });
  return media.every((one) => one !== null) ? media : null;
}

/** Anything else that QTI has no place for. */
export function readOwnMore(element: XmlElement): Readonly<Record<string, unknown>> {
  return fieldsOf(readJson(element.attributes['data-kaochang-more']));
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** Files below media/ that the attributes name. */
export function ownFiles(element: XmlElement): string[] {
  const more = readOwnMore(element);
  const materials = Array.isArray(more['materials']) ? (more['materials'] as unknown[]) : [];
  const named = [
    fieldsOf(more['audio'])['file'],
    ...materials.map((one) => fieldsOf(fieldsOf(one)['file'])['file']),
  ];
  return [
    ...(readOwnMedia(element) ?? []).map(({ file }) => file),
    ...named.filter((file): file is string => typeof file === 'string'),
  ];
}

function readJson(text: string | undefined): unknown {
  if (text === undefined || text.length > MAX_JSON) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
