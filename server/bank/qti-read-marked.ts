// Text and upload interactions of QTI -> items that people mark. What a package does not say of the marking is named, so that a
// person fills it in before the paper is built.

import { MAX_ESSAY, MAX_SHORT_TEXT, type Marking } from '../protocol/paper-source.js';
import type { FaultCode, FindingParams, NoteCode } from './findings.js';
import { escapeHtml } from './cell-text.js';
import { blockContent, exactContent, type ContentSink } from './qti-content.js';
import { ANY_FILE, endingsOf } from './qti-mime.js';
import { fieldsOf } from './qti-own.js';
import { attributeOf, qtiChild, type QtiResponse, type ScoringRead } from './qti-scoring.js';
import { WHOLE_ANSWER, type MarkedItem } from './row-marked.js';
import { descendantsOf, textOf, type XmlElement } from './xml-tree.js';

export interface MarkedGiven {
  base: { itemId: string; points: number; stem: string };
  interaction: XmlElement;
  /** `uploadInteraction` or `extendedTextInteraction`. */
  name: string;
  /** The type that this system wrote; null in packages of others. */
  ownType: string | null;
  /** What this system wrote beside it. */
  more: Readonly<Record<string, unknown>>;
  response: QtiResponse | undefined;
  scoring: ScoringRead;
  /** Rubrics for scorers. */
  rubrics: readonly XmlElement[];
  /** The score is declared to be given by people. */
  byPeople: boolean;
  fault: (code: FaultCode, params?: FindingParams) => void;
  note: (code: NoteCode, params?: FindingParams) => void;
}

type Files = Extract<MarkedItem, { type: 'file-upload' }>['files'];
const UPLOAD_BYTES = 20 * 2 ** 20;
const SCREENSHOT_BYTES = 10 * 2 ** 20;
/** Up to this many characters without a number of lines a text is one line. */
const SHORT = 200;
const NO_REFERENCE = '原题没有参考答案';

/** Null where it cannot be taken; the reasons were named. */
export function markedQtiItem(given: MarkedGiven): MarkedItem | null {
  const { base, name, ownType, more, scoring, byPeople, response, fault } = given;
  if (response === undefined) fault('qti-scoring', { why: 'responseDeclaration' });
  if (scoring.rule !== 'none' && !byPeople)
    fault('qti-scoring', { why: '文本或文件由机器评分 / a text or file is scored by a machine' });
  const marking = ownType === null ? foreignMarking(given) : ownMarking(given);
  if (marking === null) return null;
  if (name === 'uploadInteraction') {
    const files = ownType === null ? foreignFiles(given) : (more['files'] as Files);
    if (files === null) return null;
    const type = ownType ?? (files.types.join() === 'png' ? 'screenshot' : 'file-upload');
    return { ...base, type: type === 'screenshot' ? 'screenshot' : 'file-upload', files, marking };
  }
  const { interaction } = given;
  const format = interaction.attributes['format'] ?? 'plain';
  if (format === 'xhtml') fault('qti-text', { why: `format ${format}` });
  if (Number(attributeOf(interaction, 'max-strings') ?? 1) > 1) fault('qti-text', { why: 'max-strings' });
  if (attributeOf(interaction, 'pattern-mask') !== undefined) fault('qti-text', { why: 'pattern-mask' });
  if (response !== undefined && (response.cardinality !== 'single' || response.baseType !== 'string'))
    fault('qti-text', { why: `${response.cardinality} ${response.baseType}` });
  if (ownType !== null) {
    const maxLength = more['maxLength'] as number;
    if (ownType === 'short-text') return { ...base, type: 'short-text', maxLength, marking };
    const words = more['words'] as Extract<MarkedItem, { type: 'essay' }>['words'];
    return { ...base, type: 'essay', maxLength, ...(words === undefined ? {} : { words }), marking };
  }
  // The length that is expected is a hint and no limit: nobody's text is cut short by it.
  return isShort(interaction)
    ? { ...base, type: 'short-text', maxLength: MAX_SHORT_TEXT, marking }
    : { ...base, type: 'essay', maxLength: MAX_ESSAY, marking };
}

function isShort(interaction: XmlElement): boolean {
  const lines = attributeOf(interaction, 'expected-lines');
  if (lines !== undefined) return Number(lines) === 1;
  const length = Number(attributeOf(interaction, 'expected-length') ?? Infinity);
  return length > 0 && length <= SHORT;
}

function foreignFiles({ interaction, note, fault }: MarkedGiven): Files | null {
  const types = (interaction.attributes['type'] ?? '').split(/[\s,;]+/).filter((type) => type !== '');
  if (types.length === 0 || types.includes('*/*')) {
    note('qti-upload-any', { types: ANY_FILE.join(' ') });
    return { maxCount: 1, maxBytes: UPLOAD_BYTES, types: [...ANY_FILE] };
  }
  const endings = types.map((type) => {
    const found = endingsOf(type);
    if (found === null) fault('qti-upload-type', { type });
    return found ?? [];
  });
  const flat = [...new Set(endings.flat())];
  if (flat.length === 0) return null;
  // Pictures of the screen are PNG: where they may be handed in and nothing but pictures may, they are pasted.
  const pasted = flat.includes('png') && types.every((type) => type.startsWith('image/'));
  return pasted
    ? { maxCount: 1, maxBytes: SCREENSHOT_BYTES, types: ['png'] }
    : { maxCount: 1, maxBytes: UPLOAD_BYTES, types: flat };
}

function foreignMarking({ rubrics, response, base, note, fault }: MarkedGiven): Marking | null {
  const sink = textSink(fault);
  const said = rubrics.map((rubric) => blockContent(rubric, sink)).join('');
  const key = response?.correct[0] ?? '';
  const reference = said !== '' ? said : key !== '' ? `<p>${escapeHtml(key)}</p>` : `<p>${NO_REFERENCE}</p>`;
  if (said === '' && key === '') note('reference-made', { what: NO_REFERENCE });
  note('rubric-made', { what: WHOLE_ANSWER, points: base.points });
  return { reference, rubric: [{ what: WHOLE_ANSWER, points: base.points }] };
}

function ownMarking({ rubrics, fault }: MarkedGiven): Marking | null {
  const named = (name: string) => {
    const block = rubrics.find(({ attributes }) => attributes['class'] === name);
    return block === undefined ? null : qtiChild(block, 'contentBody');
  };
  const [answer, points] = [named('kaochang-reference'), named('kaochang-rubric')];
  if (answer === null || points === null) {
    fault('qti-no-key');
    return null;
  }
  return {
    reference: exactContent(answer, textSink(fault)),
    rubric: descendantsOf(points, 'span')
      .filter(({ attributes }) => attributes['data-kaochang-points'] !== undefined)
      .map((span) => ({ what: textOf(span), points: Number(span.attributes['data-kaochang-points']) })),
  };
}

/** Texts for scorers hold text alone: a picture would travel to candidates with the question. */
function textSink(fault: MarkedGiven['fault']): ContentSink {
  const refuse = ({ name }: XmlElement) => {
    fault('qti-element', { name });
    return null;
  };
  return {
    picture: refuse,
    blank: (element) => refuse(element) ?? '',
    interaction: refuse,
    element: (name) => fault('qti-element', { name }),
    aside: () => undefined,
    audio: refuse,
    link: () => undefined,
  };
}

/** The recording that this system wrote beside an item; undefined where there is none. */
export function ownAudio(more: Readonly<Record<string, unknown>>) {
  const { file, label, maxPlays } = fieldsOf(more['audio']);
  return typeof file === 'string' && typeof label === 'string'
    ? { file, label, maxPlays: maxPlays as number | null }
    : undefined;
}
