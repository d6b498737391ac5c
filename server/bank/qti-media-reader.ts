// What readers of QTI content have in common: the pictures and the recording that they meet, and their findings. It reads no
// item and no stimulus.

import { pictureTag } from './cell-text.js';
import type { FaultCode, FindingParams, Findings, NoteCode } from './findings.js';
import type { FileKind } from './paper-draft.js';
import { readAudio, type Audio } from './qti-audio.js';
import type { Medium } from './qti-own.js';
import type { XmlElement } from './xml-tree.js';

export interface ItemContext {
  /** Place of findings: file and identifier. */
  where: string;
  findings: Findings;
  /** Takes a picture of the package: the name within the item and its file, or null after a fault. */
  takePicture: (src: string, name: string | null) => { name: string; file: string } | null;
  /** Takes a recording or material: its file below media/, or null after a fault. */
  takeFile: (src: string, kind: FileKind, own: boolean) => string | null;
  /** Whether a reference leads to a file of the package. */
  holds: (src: string) => boolean;
}

const MOST_PICTURES = 10;

/** A reader whose result counts only while it is not `faulty`; the reasons are in the findings. */
export abstract class QtiMediaReader {
  faulty = false;
  /** Pictures of a foreign package, each once. */
  protected readonly media: Medium[] = [];
  protected audio: Audio | null = null;

  constructor(protected readonly context: ItemContext) {}

  /** The tag of a picture of a foreign package, or null after a fault. */
  protected foreignPicture({ attributes }: XmlElement): string | null {
    const taken = this.context.takePicture(attributes['src'] ?? '', null);
    if (taken === null) {
      this.faulty = true;
      return null;
    }
    const alt = (attributes['alt'] ?? '').replace(/\s+/g, ' ').trim().slice(0, 300);
    if (alt === '') this.note('picture-no-alt');
    const known = this.media.find(({ file }) => file === taken.file);
    if (known !== undefined) return pictureTag(known.name, alt || known.alt);
    const medium = { ...taken, alt: alt === '' ? '题图' : alt };
    if (this.media.some(({ name }) => name === medium.name)) medium.name = `p${this.media.length + 1}`;
    this.media.push(medium);
    return pictureTag(medium.name, medium.alt);
  }

  /** The tag of a picture as this system wrote it. */
  protected ownPicture({ attributes }: XmlElement, name: string): string {
    return attributes['data-kaochang-noalt'] === undefined
      ? pictureTag(name, attributes['alt'] ?? '')
      : `<img data-media="${name}" />`;
  }

  protected takeOwnPictures(media: readonly Medium[]): void {
    for (const { name, file } of media)
      if (this.context.takePicture(`../media/${file}`, name) === null) this.faulty = true;
  }

  /** A file that this system wrote beside the text. @returns whether it is there */
  protected takeOwnFile(file: string, kind: FileKind): boolean {
    const isThere = this.context.takeFile(`../media/${file}`, kind, true) !== null;
    if (!isThere) this.faulty = true;
    return isThere;
  }

  protected takeAudio(element: XmlElement): void {
    if (this.audio !== null) return this.fault('audio-many');
    this.audio = readAudio(element, {
      takeFile: (src) => this.context.takeFile(src, 'recording', false),
      fault: (code, params) => this.fault(code, params),
      note: (code, params) => this.note(code, params),
    });
    if (this.audio === null) this.faulty = true;
  }

  protected countPictures(media: readonly Medium[]): void {
    if (media.length > MOST_PICTURES) this.fault('picture-count');
  }

  protected fault(code: FaultCode, params: FindingParams = {}): void {
    this.faulty = true;
    this.context.findings.fault(this.context.where, code, params);
  }

  protected note(code: NoteCode, params: FindingParams = {}): void {
    this.context.findings.note(this.context.where, code, params);
  }
}
