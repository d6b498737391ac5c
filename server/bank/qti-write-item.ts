// One item of a paper -> a QTI 3.0 assessment item. Keys, mappings and response processing stand in it only when asked for.

import type { XmlElement } from './xml-tree.js';
import { cleanRichText } from '../papers/rich-text.js';
import { parseFragment } from './cell-text.js';
import type { TakenItem } from './cell-values.js';
import { QTI3_NAMESPACE, QTI3_SCHEMA, XSI_NAMESPACE, toQtiId } from './qti-names.js';
import { node, type XmlNode } from './xml-write.js';

/** Null where the rich text cannot be written or the blanks of the stem do not fit those of the item. */
export function qtiItem(item: TakenItem, withKeys: boolean): XmlNode | null {
  const media = new Map((item.media ?? []).map(({ name, file }) => [name, file]));
  const lengths = item.type === 'fill-in' ? item.blanks.map(({ maxLength }) => maxLength) : [];
  const writer = new RichTextWriter(media, lengths);
  const stem = writer.write(item.stem);
  const choices = optionsOf(item).map(({ id, html }) => ({ id, content: writer.write(html) }));
  if (writer.faulty || writer.blanks !== lengths.length) return null;
  const stemBlock = node(
    'div',
    {
      class: 'kaochang-stem',
      'data-kaochang-type': item.type,
      'data-kaochang-media': item.media === undefined ? undefined : JSON.stringify(item.media),
    },
    stem,
  );
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
      ...responsesOf(item, withKeys),
      outcome('SCORE', 0, item.points),
      outcome('MAXSCORE', item.points),
      node('qti-item-body', {}, [stemBlock, ...(choices.length === 0 ? [] : [interaction(item, choices)])]),
      ...(withKeys ? [processing(item)] : []),
    ],
  );
}

const TRUE_FALSE = [
  { id: 'true', html: '正确' },
  { id: 'false', html: '错误' },
];

function optionsOf(item: TakenItem): { id: string; html: string }[] {
  return item.type === 'true-false' ? TRUE_FALSE : item.type === 'fill-in' ? [] : item.options;
}

function interaction(
  item: TakenItem,
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

function responsesOf(item: TakenItem, withKeys: boolean): XmlNode[] {
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

function outcome(identifier: string, value: number, maximum?: number): XmlNode {
  return node(
    'qti-outcome-declaration',
    {
      identifier,
      cardinality: 'single',
      'base-type': 'float',
      'normal-maximum': maximum,
      'normal-minimum': maximum === undefined ? undefined : 0,
    },
    [node('qti-default-value', {}, [node('qti-value', {}, [String(value)])])],
  );
}

const variable = (identifier: string) => node('qti-variable', { identifier });
const float = (value: number) => node('qti-base-value', { 'base-type': 'float' }, [String(value)]);
const score = (value: XmlNode) => node('qti-set-outcome-value', { identifier: 'SCORE' }, [value]);

/** The scoring of `scoring/score.ts` in QTI's own words. */
function processing(item: TakenItem): XmlNode {
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

/** Rich text of a paper in the elements of QTI. */
class RichTextWriter {
  faulty = false;
  blanks = 0;

  constructor(
    private readonly media: ReadonlyMap<string, string>,
    private readonly lengths: readonly number[],
  ) {}

  write(html: string): (XmlNode | string)[] {
    const tree = parseFragment(cleanRichText(html));
    if (tree === null) this.faulty = true;
    return tree === null ? [] : this.children(tree);
  }

  private children(element: XmlElement): (XmlNode | string)[] {
    return element.children.map((child) => (typeof child === 'string' ? child : this.element(child)));
  }

  private element(element: XmlElement): XmlNode {
    const { name, attributes } = element;
    switch (name) {
      case 'u':
        return node('span', { class: 'qti-underline' }, this.children(element));
      case 'img': {
        const medium = attributes['data-media'];
        const file = medium === undefined ? undefined : this.media.get(medium);
        if (file === undefined) this.faulty = true;
        return node('img', {
          src: `../media/${file ?? ''}`,
          alt: attributes['alt'] ?? '',
          'data-kaochang-media': medium,
          'data-kaochang-noalt': attributes['alt'] === undefined ? '1' : undefined,
        });
      }
      case 'blank': {
        // Blanks stand in their order, each once: what a candidate fills in goes to the key of the same number.
        this.blanks += 1;
        if (attributes['n'] !== String(this.blanks) || element.children.length > 0) this.faulty = true;
        return node('qti-text-entry-interaction', {
          'response-identifier': `RESPONSE_${this.blanks}`,
          'expected-length': this.lengths[this.blanks - 1],
        });
      }
      case 'table': {
        // QTI wants rows inside a body; what stands before the first row stays where it is.
        const first = element.children.findIndex((child) => typeof child !== 'string' && child.name === 'tr');
        const children = this.children(element);
        if (first === -1) return node('table', {}, children);
        const body = node('tbody', {}, children.slice(first));
        return node('table', { 'data-kaochang-loose': '1' }, [...children.slice(0, first), body]);
      }
      default:
        return node(name, attributes, this.children(element));
    }
  }
}
