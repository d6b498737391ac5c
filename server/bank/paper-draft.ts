// A paper while it is being read out of a bank: sections, identifiers that are free, media without duplicates. Ends in a
// PaperSource that fits the schema, or says what does not.

import { Value } from '@sinclair/typebox/value';
import { imageSize } from 'image-size';
import {
  ItemSourceSchema,
  PaperSourceSchema,
  type CaseSource,
  type ItemSource,
  type PaperSource,
} from '../protocol/paper-source.js';
import { sha256 } from '../keys/sha256.js';
import { ID_PATTERN } from '../protocol/ids.js';
import { materialFault, recordingFault } from '../papers/paper-files.js';
import { faultsOf } from '../papers/read-paper.js';
import { filesOfItem, withInner } from './item-files.js';
import type { Findings } from './findings.js';

export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const ENDINGS: Readonly<Record<string, string>> = { png: 'png', jpg: 'jpg', webp: 'webp' };

/** What a file beside an item may be for. */
export type FileKind = 'material' | 'recording';
const FILE_FAULTS: Readonly<Record<FileKind, (file: string, bytes: Buffer) => string | null>> = {
  material: materialFault,
  recording: recordingFault,
};

export interface DraftSection {
  sectionId: string;
  title: string;
  instructions: string;
  shuffleItems: boolean;
  draw: number | null;
  items: ItemSource[];
}

/** What a bank gave: a paper where there is an item at all, its media, and everything that was found. */
export interface BankPaper {
  paper: PaperSource | null;
  /** File name below media/ -> bytes. */
  media: Map<string, Buffer>;
  findings: Findings;
  taken: number;
}

const ID = new RegExp(ID_PATTERN);
const MAX_ID_LENGTH = 64;

/** Whether a text can be an identifier in a paper. */
export function isPaperId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && ID.test(text);
}

/** An identifier made of any text: what is allowed stays; null where nothing does. */
export function paperIdFrom(text: string): string | null {
  const id = text
    .normalize('NFKC')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MAX_ID_LENGTH);
  return isPaperId(id) ? id : null;
}

/** A short name for something whose own name cannot be an identifier. */
export function hashedId(prefix: string, text: string): string {
  return `${prefix}-${sha256(text).slice(0, 8)}`;
}

/** Files of a paper by name: pictures, recordings, materials. The same bytes under the same name are kept once. */
export class MediaShelf {
  readonly files = new Map<string, Buffer>();
  private readonly byHash = new Map<string, string>();

  /** The ending of a picture that papers may hold, or null. */
  static ending(bytes: Buffer): string | null {
    try {
      return ENDINGS[imageSize(bytes).type ?? ''] ?? null;
    } catch {
      return null;
    }
  }

  /** @returns the file name below media/, null where the bytes are no PNG, JPEG or WebP */
  put(bytes: Buffer, wanted: string): string | null {
    const ending = MediaShelf.ending(bytes);
    if (ending === null) return null;
    const own = wanted.replace(/\.(png|jpe?g|webp)$/i, '');
    return this.add(bytes, own, /\.(png|jpe?g|webp)$/i.exec(wanted)?.[1] ?? ending, 'picture');
  }

  /** Keeps a recording or material under a name that papers may have. @returns that name, or what is wrong with the file */
  putFile(bytes: Buffer, wanted: string, kind: FileKind): { file: string } | { fault: string } {
    const fault = FILE_FAULTS[kind](wanted, bytes);
    if (fault !== null) return { fault };
    const [, own = '', ending = ''] = /^(.*)\.([^.]*)$/s.exec(wanted) ?? [];
    return { file: this.add(bytes, own, ending, kind) };
  }

  /** Keeps a file under its own name. @returns whether the name is sound and that of no other file, and the content what the name says */
  keepFile(file: string, bytes: Buffer, kind: FileKind): boolean {
    const known = this.files.get(file);
    if (!/^[A-Za-z0-9._-]+$/.test(file) || FILE_FAULTS[kind](file, bytes) !== null) return false;
    if (known !== undefined && !known.equals(bytes)) return false;
    this.files.set(file, bytes);
    return true;
  }

  private add(bytes: Buffer, own: string, given: string, prefix: string): string {
    const hash = sha256(bytes);
    const stem = isPaperId(own) ? own : (paperIdFrom(own) ?? hashedId(prefix, own));
    const key = `${hash} ${stem}.${given}`;
    const known = this.byHash.get(key);
    if (known !== undefined) return known;
    let name = `${stem}.${given}`;
    for (let n = 2; [...this.files.keys()].some((file) => file.toLowerCase() === name.toLowerCase()); n++)
      name = `${stem}-${n}.${given}`;
    this.files.set(name, bytes);
    this.byHash.set(key, name);
    return name;
  }

  /** Keeps a file under its own name; null where it is no picture, or the name is unsound or that of another picture. */
  keep(file: string, bytes: Buffer): string | null {
    const known = this.files.get(file);
    if (!/^[A-Za-z0-9._-]+$/.test(file) || MediaShelf.ending(bytes) === null) return null;
    if (known !== undefined && !known.equals(bytes)) return null;
    this.files.set(file, bytes);
    return file;
  }
}

/** Gathers items by section and keeps identifiers apart. */
export class PaperDraft {
  readonly sections: DraftSection[] = [];
  readonly shelf = new MediaShelf();
  private readonly itemPlaces = new Map<string, string>();
  private readonly contents = new Map<string, string>();
  private count = 0;

  constructor(readonly findings: Findings) {}

  get taken(): number {
    return this.count;
  }

  addSection(section: Omit<DraftSection, 'items'>): DraftSection {
    const added = { ...section, items: [] };
    this.sections.push(added);
    return added;
  }

  /** Where an item of this id was read, or null. */
  placeOf(itemId: string): string | null {
    return this.itemPlaces.get(itemId) ?? null;
  }

  /** An id that no item has, nor stands in `others`: `single-001`, `single-002` … */
  freeId(stem: string, others: ReadonlySet<string> = new Set()): string {
    for (let n = 1; ; n++) {
      const id = `${stem.slice(0, 56)}-${String(n).padStart(3, '0')}`;
      if (!this.itemPlaces.has(id) && !others.has(id)) return id;
    }
  }

  /** Takes an item, or says why not. */
  addItem(section: DraftSection, item: ItemSource, where: string): boolean {
    const ids = withInner(item).map(({ itemId }) => itemId);
    for (const [index, id] of ids.entries()) {
      const other = this.itemPlaces.get(id) ?? (ids.indexOf(id) < index ? where : undefined);
      if (other === undefined) continue;
      this.findings.fault(where, 'id-twice', { id, other });
      return false;
    }
    const content = contentKey(item);
    const same = this.contents.get(content);
    if (same !== undefined) {
      this.findings.fault(where, 'item-twice', { other: same });
      return false;
    }
    const wrong = [...Value.Errors(ItemSourceSchema, item)][0];
    if (wrong !== undefined) {
      this.findings.fault(where, 'not-in-schema', { why: schemaReason(item, wrong.path, wrong.message) });
      return false;
    }
    const unsound = withInner(item).flatMap((one) => (one.type === 'case' ? [] : faultsOf(one)));
    if (unsound[0] !== undefined) {
      this.findings.fault(where, 'not-in-schema', { why: unsound[0] });
      return false;
    }
    for (const id of ids) this.itemPlaces.set(id, where);
    this.contents.set(content, where);
    section.items.push(item);
    this.count += 1;
    return true;
  }

  /** The paper. Sections without items are left out; whatever does not fit the format is a fault of `where`. */
  finish(paperId: string, title: string, where: string): BankPaper {
    const sections = this.sections.filter(({ items }) => items.length > 0);
    const { findings } = this;
    for (const { title: name, draw, items } of sections)
      if (draw !== null && draw > items.length)
        findings.fault(`${where} ${name}`, 'draw-too-many', { draw, count: items.length });
    const used = new Set(sections.flatMap(({ items }) => items.flatMap(filesOfItem)));
    const media = new Map([...this.shelf.files].filter(([file]) => used.has(file)));
    const paper: PaperSource = { paperId, title, sections };
    if (sections.length === 0) {
      findings.fault(where, 'no-item');
      return { paper: null, media, findings, taken: 0 };
    }
    const wrong = [...Value.Errors(PaperSourceSchema, paper)][0];
    if (wrong !== undefined) {
      findings.fault(where, 'not-in-schema', { why: `${wrong.path}: ${wrong.message}` });
      return { paper: null, media, findings, taken: 0 };
    }
    return { paper, media, findings, taken: this.count };
  }
}

function schemaReason(item: ItemSource, path: string, message: string): string {
  // A union says only that nothing fits; the member of the item's own type says what.
  const own = ItemSourceSchema.anyOf.find(({ properties }) => properties.type.const === item.type);
  const inner = own === undefined ? undefined : [...Value.Errors(own, item)][0];
  const [, at] = /^\/items\/([0-9]+)$/.exec(inner?.path ?? '') ?? [];
  const part = item.type === 'case' && at !== undefined ? item.items[Number(at)] : undefined;
  if (part !== undefined) return `${inner?.path ?? ''}${schemaReason(part, path, message)}`;
  return inner === undefined ? `${path} ${message}` : `${inner.path} ${inner.message}`;
}

/** Equal for items that a candidate could not tell apart. */
function contentKey(item: ItemSource): string {
  const files = filesOfItem(item);
  const text = (html: string) => html.replace(/data-media="[^"]*"/g, '').replace(/\s+/g, '');
  const options = 'options' in item ? item.options.map(({ html }) => text(html)) : [];
  const inner = item.type === 'case' ? [item.items.map(contentKey), item.materials.map(materialKey)] : [];
  return JSON.stringify([item.type, text(item.stem), options, files, ...inner]);
}

function materialKey({ title, html }: CaseSource['materials'][number]): string {
  return `${title} ${(html ?? '').replace(/\s+/g, '')}`;
}
