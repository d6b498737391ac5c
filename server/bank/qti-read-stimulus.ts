// What the items of a case share in QTI: a stimulus, or the rubric of the section around them -> situation, materials, recording.

import type { CaseSource } from '../protocol/paper-source.js';
import { endingOf } from '../papers/paper-files.js';
import { excerpt } from './findings.js';
import { isPaperId } from './paper-draft.js';
import type { Audio } from './qti-audio.js';
import { blockContent, exactContent, type ContentSink } from './qti-content.js';
import { QtiMediaReader, type ItemContext } from './qti-media-reader.js';
import { fieldsOf, readOwnMedia, readOwnMore, type Medium } from './qti-own.js';
import { ownAudio } from './qti-read-marked.js';
import { childrenOf, descendantsOf, textOf, type XmlElement } from './xml-tree.js';

/** A case without its items. */
export type CaseFrame = Pick<CaseSource, 'stem' | 'materials'> & { media?: Medium[]; audio?: Audio };
type Material = CaseSource['materials'][number];

/** Null where it cannot be taken; the reasons are in the findings. @param body of a stimulus, or rubrics of a section */
export function readStimulus(body: XmlElement, context: ItemContext): CaseFrame | null {
  const reader = new StimulusReader(context);
  const own = childrenOf(body, 'div').find(({ attributes }) => attributes['data-kaochang-type'] === 'case');
  const frame = own === undefined ? reader.readForeign(body) : reader.readOwn(body, own);
  return reader.faulty ? null : frame;
}

/** Whether this system wrote it. */
export function isOwnStimulus(body: XmlElement): boolean {
  return childrenOf(body, 'div').some(({ attributes }) => attributes['data-kaochang-type'] === 'case');
}

class StimulusReader extends QtiMediaReader {
  private readonly materials: Material[] = [];

  readOwn(body: XmlElement, own: XmlElement): CaseFrame {
    const media = readOwnMedia(own);
    const more = readOwnMore(own);
    const sink = this.sink((element) => {
      const name = element.attributes['data-kaochang-media'] ?? '';
      if (!isPaperId(name)) this.fault('picture-name', { name });
      return this.ownPicture(element, name);
    });
    const stem = exactContent(own, sink);
    this.takeOwnPictures(media ?? []);
    const audio = ownAudio(more);
    if (audio !== undefined) this.takeOwnFile(audio.file, 'recording');
    const named: unknown[] = Array.isArray(more['materials']) ? more['materials'] : [];
    const blocks = childrenOf(body, 'div').filter(
      ({ attributes }) => attributes['class'] === 'kaochang-material',
    );
    if (blocks.length !== named.length) this.fault('material-bad');
    const materials = blocks.map((block, index) => this.ownMaterial(block, fieldsOf(named[index]), sink));
    return {
      stem,
      materials,
      ...(media === null ? {} : { media }),
      ...(audio === undefined ? {} : { audio }),
    };
  }

  /** Text as the situation; files that links lead to as materials. */
  readForeign(body: XmlElement): CaseFrame {
    for (const link of descendantsOf(body, 'a')) this.takeLink(link);
    const stem = blockContent(
      body,
      this.sink((element) => this.foreignPicture(element)),
    );
    if (stem === '') this.fault('stem-missing');
    this.countPictures(this.media);
    return {
      stem,
      materials: this.materials,
      ...(this.media.length === 0 ? {} : { media: this.media }),
      ...(this.audio === null ? {} : { audio: this.audio }),
    };
  }

  private ownMaterial(
    block: XmlElement,
    named: Readonly<Record<string, unknown>>,
    sink: ContentSink,
  ): Material {
    const content = childrenOf(block, 'div').find(
      ({ attributes }) => attributes['class'] === 'kaochang-content',
    );
    const { name, file } = fieldsOf(named['file']);
    if (typeof file === 'string') this.takeOwnFile(file, 'material');
    return {
      title: String(named['title'] ?? ''),
      ...(content === undefined ? {} : { html: exactContent(content, sink) }),
      ...(named['file'] === undefined ? {} : { file: { name: String(name), file: String(file) } }),
    };
  }

  private takeLink(link: XmlElement): void {
    const href = link.attributes['href'] ?? '';
    if (!this.context.holds(href)) return;
    const name = fileNameOf(href);
    const file = this.context.takeFile(href, 'material', false);
    if (file === null) this.faulty = true;
    else {
      const title = textOf(link).replace(/\s+/g, ' ').trim() || name;
      this.materials.push({ title: title.slice(0, 100), file: { name: safeName(name, file), file } });
    }
  }

  private sink(picture: ContentSink['picture']): ContentSink {
    return {
      picture,
      blank: ({ name }) => {
        this.fault('qti-element', { name });
        return '';
      },
      interaction: ({ name }) => this.fault('qti-element', { name }),
      element: (name) => this.fault('qti-element', { name }),
      aside: (name) => this.note(name.startsWith('feedback') ? 'feedback' : 'qti-aside', { name }),
      audio: (element) => this.takeAudio(element),
      link: () => undefined,
    };
  }
}

function fileNameOf(href: string): string {
  const bare =
    href
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? '';
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

/** A name that every PC can save a file under, with the ending of the file. */
function safeName(name: string, file: string): string {
  // eslint-disable-next-line no-control-regex
  const safe = excerpt(name.replace(/[\u0000-\u001f\\/:*?"<>|]+/g, '-'), 80).replace(/…$/, '');
  return safe !== '' && endingOf(safe) === endingOf(file) ? safe : file;
}
