// Items that people mark, and recordings, in QTI 3: text and upload interactions, the media interaction, and rubrics for
// scorers. What a scorer needs stands in rubrics alone, so that leaving them out leaves no key behind.

import type { ItemSource, Marking } from '../protocol/paper-source.js';
import { mediaTypeOf } from '../papers/paper-files.js';
import { mediaTypeFor } from './qti-mime.js';
import { RichTextWriter } from './qti-write-text.js';
import type { MarkedItem } from './row-marked.js';
import { node, type XmlNode } from './xml-write.js';

type Audio = NonNullable<ItemSource['audio']>;

/** How high a text field other systems should show. */
const LINES_OF_ESSAY = 12;

/** The response of an item that people mark. */
export function markedResponse(item: MarkedItem): XmlNode {
  return node('qti-response-declaration', {
    identifier: 'RESPONSE',
    cardinality: 'single',
    'base-type': 'files' in item ? 'file' : 'string',
  });
}

/** What the candidate writes into, or hands in by. */
export function markedInteraction(item: MarkedItem): XmlNode {
  if ('files' in item)
    return node('qti-upload-interaction', {
      'response-identifier': 'RESPONSE',
      type: mediaTypeFor(item.files.types) ?? undefined,
    });
  return node('qti-extended-text-interaction', {
    'response-identifier': 'RESPONSE',
    'expected-length': item.maxLength,
    'expected-lines': item.type === 'short-text' ? 1 : LINES_OF_ESSAY,
    format: 'plain',
  });
}

/** Reference answer and marking points, for scorers. Null where the reference cannot be written. */
export function markingBlocks({ reference, rubric }: Marking): XmlNode[] | null {
  const writer = new RichTextWriter(new Map());
  const answer = writer.write(reference);
  if (writer.faulty || writer.blanks > 0) return null;
  const points = rubric.map(({ what, points: worth }) =>
    node('li', {}, [node('span', { 'data-kaochang-points': worth }, [what]), `（${worth} 分）`]),
  );
  return [
    rubricBlock('kaochang-reference', answer),
    rubricBlock('kaochang-rubric', [node('ul', {}, points)]),
  ];
}

function rubricBlock(name: string, content: readonly (XmlNode | string)[]): XmlNode {
  return node('qti-rubric-block', { view: 'scorer', use: 'scoring', class: name }, [
    node('qti-content-body', {}, content),
  ]);
}

/** How often the recording was played. */
export function audioResponse(): XmlNode {
  return node('qti-response-declaration', {
    identifier: 'PLAYS',
    cardinality: 'single',
    'base-type': 'integer',
  });
}

/** The player of an item's recording. */
export function audioInteraction({ file, label, maxPlays }: Audio): XmlNode {
  return node(
    'qti-media-interaction',
    {
      'response-identifier': 'PLAYS',
      autostart: false,
      'min-plays': 0,
      'max-plays': maxPlays ?? 0,
      loop: false,
    },
    [node('qti-prompt', {}, [label]), player(file)],
  );
}

/** The recording of a case: a stimulus holds no interaction, so its number of plays is for this system alone. */
export function audioElement({ file, label }: Audio): XmlNode {
  return node('div', { class: 'kaochang-audio' }, [node('p', {}, [label]), player(file)]);
}

function player(file: string): XmlNode {
  return node('audio', { controls: true }, [
    node('source', { src: `../media/${file}`, type: mediaTypeOf(file) ?? undefined }),
  ]);
}
