// A case in QTI 3: a stimulus that its items share, and a section that keeps them together.

import type { CaseSource } from '../protocol/paper-source.js';
import { QTI3_NAMESPACE, QTI3_SCHEMA, XSI_NAMESPACE, toQtiId } from './qti-names.js';
import { audioElement } from './qti-write-marked.js';
import { RichTextWriter } from './qti-write-text.js';
import { node, type XmlNode } from './xml-write.js';

/** Situation, materials and recording. Null where the rich text cannot be written. */
export function qtiStimulus(item: CaseSource): XmlNode | null {
  const writer = new RichTextWriter(new Map((item.media ?? []).map(({ name, file }) => [name, file])));
  const stem = writer.write(item.stem);
  const materials = item.materials.map(({ title, html, file }) =>
    node('div', { class: 'kaochang-material' }, [
      node('h2', {}, [title]),
      ...(html === undefined ? [] : [node('div', { class: 'kaochang-content' }, writer.write(html))]),
      ...(file === undefined
        ? []
        : [node('p', {}, [node('a', { href: `../media/${file.file}` }, [file.name])])]),
    ]),
  );
  if (writer.faulty || writer.blanks > 0) return null;
  const more = {
    materials: item.materials.map(({ title, file }) => ({ title, file })),
    ...(item.audio === undefined ? {} : { audio: item.audio }),
  };
  return node(
    'qti-assessment-stimulus',
    {
      xmlns: QTI3_NAMESPACE,
      'xmlns:xsi': XSI_NAMESPACE,
      'xsi:schemaLocation': `${QTI3_NAMESPACE} ${QTI3_SCHEMA}`,
      identifier: toQtiId(item.itemId),
      title: item.itemId,
      'xml:lang': 'zh-CN',
    },
    [
      node('qti-stimulus-body', {}, [
        node(
          'div',
          {
            class: 'kaochang-stem',
            'data-kaochang-type': 'case',
            'data-kaochang-media': item.media === undefined ? undefined : JSON.stringify(item.media),
            'data-kaochang-more': JSON.stringify(more),
          },
          stem,
        ),
        ...(item.audio === undefined ? [] : [audioElement(item.audio)]),
        ...materials,
      ]),
    ],
  );
}

/** The section of a case, with references to its items. */
export function caseSection(item: CaseSource, refs: readonly XmlNode[]): XmlNode {
  return node(
    'qti-assessment-section',
    { identifier: toQtiId(item.itemId), title: item.itemId, visible: false, 'keep-together': true },
    [...(item.shuffleItems ? [node('qti-ordering', { shuffle: true })] : []), ...refs],
  );
}
