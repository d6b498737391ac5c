// One item of a paper -> a QTI 3.0 assessment item. Keys, mappings and response processing stand in it only when asked for.

import type { AnswerableSource } from '../protocol/paper-source.js';
import { QTI3_NAMESPACE, QTI3_SCHEMA, XSI_NAMESPACE, toQtiId } from './qti-names.js';
import { isMarked, type MarkedItem } from './row-marked.js';
import {
  audioInteraction,
  audioResponse,
  markedInteraction,
  markedResponse,
  markingBlocks,
} from './qti-write-marked.js';
import { RichTextWriter } from './qti-write-text.js';
import { node, type XmlNode } from './xml-write.js';

type KeyedItem = Exclude<AnswerableSource, MarkedItem>;

/** Null where the rich text cannot be written or the blanks of the stem do not fit those of the item. */
export function qtiItem(
  item: AnswerableSource,
  withKeys: boolean,
  stimulus: { identifier: string; href: string } | null = null,
): XmlNode | null {
  const media = new Map((item.media ?? []).map(({ name, file }) => [name, file]));
  const lengths = item.type === 'fill-in' ? item.blanks.map(({ maxLength }) => maxLength) : [];
  const writer = new RichTextWriter(media, lengths);
  const stem = writer.write(item.stem);
  const parts = isMarkedItem(item) ? markedParts(item, withKeys) : keyedParts(item, withKeys, writer);
  if (parts === null || writer.faulty || writer.blanks !== lengths.length) return null;
  const { audio } = item;
  return node(
    'qti-assessment-item',
    {
      xmlns: QTI3_NAMESPACE,
      'xmlns:xsi': XSI_NAMESPACE,
      'xsi:schemaLocation': `${QTI3_NAMESPACE} ${QTI3_SCHEMA}`,
      identifier: toQtiId(item.itemId),
      title: item.itemId,
      adaptive: false,
      'time-dependent': false,
      'xml:lang': 'zh-CN',
    },
    [
      ...parts.responses,
      ...(audio === undefined ? [] : [audioResponse()]),
      outcome('SCORE', 0, item.points, isMarkedItem(item)),
      outcome('MAXSCORE', item.points),
      ...(stimulus === null ? [] : [node('qti-assessment-stimulus-ref', stimulus)]),
      node('qti-item-body', {}, [
        stemBlock(item, stem),
        ...(audio === undefined ? [] : [audioInteraction(audio)]),
        ...parts.body,
      ]),
      ...parts.processing,
    ],
  );
}

interface ItemParts {
  responses: XmlNode[];
  body: XmlNode[];
  processing: XmlNode[];
}

function keyedParts(item: KeyedItem, withKeys: boolean, writer: RichTextWriter): ItemParts {
  const choices = optionsOf(item).map(({ id, html }) => ({ id, content: writer.write(html) }));
  return {
    responses: responsesOf(item, withKeys),
    body: choices.length === 0 ? [] : [interaction(item, choices)],
    processing: withKeys ? [processing(item)] : [],
  };
}

/** People mark it: there is no processing, and what they mark by is for scorers only. */
function markedParts(item: MarkedItem, withKeys: boolean): ItemParts | null {
  const marking = withKeys ? markingBlocks(item.marking) : [];
  return marking === null
    ? null
    : { responses: [markedResponse(item)], body: [markedInteraction(item), ...marking], processing: [] };
}

function isMarkedItem(item: AnswerableSource): item is MarkedItem {
  return isMarked(item.type);
}

/** The stem, with what QTI has no place for in data attributes. No key stands in them. */
function stemBlock(item: AnswerableSource, stem: readonly (XmlNode | string)[]): XmlNode {
  const more = {
    ...('maxLength' in item ? { maxLength: item.maxLength } : {}),
    ...('words' in item ? { words: item.words } : {}),
    ...('files' in item ? { files: item.files } : {}),
    ...(item.audio === undefined ? {} : { audio: item.audio }),
  };
  return node(
    'div',
    {
      class: 'kaochang-stem',
      'data-kaochang-type': item.type,
      'data-kaochang-media': item.media === undefined ? undefined : JSON.stringify(item.media),
      'data-kaochang-more': Object.keys(more).length === 0 ? undefined : JSON.stringify(more),
    },
    stem,
  );
}

const TRUE_FALSE = [
  { id: 'true', html: '正确' },
  { id: 'false', html: '错误' },
];

function optionsOf(item: KeyedItem): { id: string; html: string }[] {
  return item.type === 'true-false' ? TRUE_FALSE : item.type === 'fill-in' ? [] : item.options;
}

function interaction(
  item: KeyedItem,
  choices: { id: string; content: readonly (XmlNode | string)[] }[],
): XmlNode {
  const shuffle = 'shuffleOptions' in item && item.shuffleOptions;
  return node(
    'qti-choice-interaction',
    {
      'response-identifier': 'RESPONSE',
      shuffle,
      'max-choices': item.type === 'multiple' ? 0 : 1,
      'min-choices': 0,
    },
    choices.map(({ id, content }) => node('qti-simple-choice', { identifier: toQtiId(id) }, content)),
  );
}

function responsesOf(item: KeyedItem, withKeys: boolean): XmlNode[] {
  if (item.type === 'fill-in')
    return item.blanks.map(({ accept }, index) =>
      node(
        'qti-response-declaration',
        { identifier: `RESPONSE_${index + 1}`, cardinality: 'single', 'base-type': 'string' },
        withKeys
          ? [
              node('qti-correct-response', {}, [node('qti-value', {}, [accept[0] ?? ''])]),
              node(
                'qti-mapping',
                { 'default-value': 0 },
                accept.map((key) =>
                  node('qti-map-entry', { 'map-key': key, 'mapped-value': 1, 'case-sensitive': false }),
                ),
              ),
            ]
          : [],
      ),
    );
  const keys = [item.type === 'true-false' ? String(item.answer) : item.answer].flat();
  return [
    node(
      'qti-response-declaration',
      {
        identifier: 'RESPONSE',
        cardinality: item.type === 'multiple' ? 'multiple' : 'single',
        'base-type': 'identifier',
      },
      withKeys
        ? [
            node(
              'qti-correct-response',
              {},
              keys.map((key) => node('qti-value', {}, [toQtiId(key)])),
            ),
          ]
        : [],
    ),
  ];
}

function outcome(identifier: string, value: number, maximum?: number, byPeople = false): XmlNode {
  return node(
    'qti-outcome-declaration',
    {
      identifier,
      cardinality: 'single',
      'base-type': 'float',
      'normal-maximum': maximum,
      'normal-minimum': maximum === undefined ? undefined : 0,
      'external-scored': byPeople ? 'human' : undefined,
    },
    [node('qti-default-value', {}, [node('qti-value', {}, [String(value)])])],
  );
}

const variable = (identifier: string) => node('qti-variable', { identifier });
const float = (value: number) => node('qti-base-value', { 'base-type': 'float' }, [String(value)]);
const score = (value: XmlNode) => node('qti-set-outcome-value', { identifier: 'SCORE' }, [value]);

/** The scoring of `scoring/score.ts` in QTI's own words. */
function processing(item: KeyedItem): XmlNode {
  if (item.type === 'fill-in') {
    const right = item.blanks.map((_, index) =>
      node('qti-map-response', { identifier: `RESPONSE_${index + 1}` }),
    );
    const share = node('qti-product', {}, [variable('MAXSCORE'), node('qti-sum', {}, right)]);
    return node('qti-response-processing', {}, [
      score(node('qti-divide', {}, [share, float(item.blanks.length)])),
    ]);
  }
  const branches = [
    node('qti-response-if', {}, [
      node('qti-match', {}, [variable('RESPONSE'), node('qti-correct', { identifier: 'RESPONSE' })]),
      score(variable('MAXSCORE')),
    ]),
  ];
  if (item.type === 'multiple' && item.scoring.rule === 'partial')
    branches.push(
      node('qti-response-else-if', {}, [
        node('qti-and', {}, [
          node('qti-not', {}, [node('qti-is-null', {}, [variable('RESPONSE')])]),
          node('qti-contains', {}, [node('qti-correct', { identifier: 'RESPONSE' }), variable('RESPONSE')]),
        ]),
        score(float(item.scoring.pointsWhenMissing)),
      ]),
    );
  return node('qti-response-processing', {}, [node('qti-response-condition', {}, branches)]);
}
