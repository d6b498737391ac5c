// One QTI item (2.1, 2.2 or 3.0) -> one item of a paper, or every reason why not.

import type { AnswerableSource } from '../protocol/paper-source.js';
import { excerpt } from './findings.js';
import { hashedId, isPaperId, paperIdFrom } from './paper-draft.js';
import { blockContent, exactContent, optionContent, type ContentSink } from './qti-content.js';
import { QtiMediaReader, type ItemContext } from './qti-media-reader.js';
import { fromQtiId, oldName } from './qti-names.js';
import { readOwnMedia, readOwnMore, type Medium } from './qti-own.js';
import { markedQtiItem, ownAudio } from './qti-read-marked.js';
import {
  attributeOf,
  hasChild,
  isScoredByPeople,
  maximumOf,
  qtiChild,
  qtiChildren,
  readProcessing,
  readResponses,
  type QtiResponse,
  type ScoringRead,
} from './qti-scoring.js';
import { childrenOf, type XmlElement } from './xml-tree.js';

const DEFAULT_BLANK_LENGTH = 100;

/** Null where it cannot be taken. Points are those of the item; the reasons are in the findings. */
export function readQtiItem(root: XmlElement, context: ItemContext): AnswerableSource | null {
  const reader = new ItemReader(root, context);
  const item = reader.read();
  return reader.faulty ? null : item;
}

/** The identifier of an item as a paper may have it. */
export function itemIdOf(identifier: string): string {
  const own = fromQtiId(identifier);
  return isPaperId(own) ? own : (paperIdFrom(own) ?? hashedId('item', own));
}

class ItemReader extends QtiMediaReader {
  private readonly interactions: XmlElement[] = [];
  private readonly entries: { response: string; length: number | null }[] = [];
  private ownMedia: Medium[] | null = null;
  /** What this system wrote beside the item. */
  private more: Readonly<Record<string, unknown>> = {};
  private readonly rubrics: XmlElement[] = [];

  constructor(
    private readonly root: XmlElement,
    context: ItemContext,
  ) {
    super(context);
  }

  read(): AnswerableSource | null {
    const { root } = this;
    if ((root.attributes['adaptive'] ?? 'false') === 'true') this.fault('qti-adaptive');
    if (qtiChildren(root, 'templateDeclaration').length > 0 || hasChild(root, 'templateProcessing'))
      this.fault('qti-template');
    if (hasChild(root, 'modalFeedback')) this.note('feedback', { name: 'modalFeedback' });
    if (hasChild(root, 'stylesheet')) this.note('stylesheet');
    for (const name of ['catalogInfo', 'companionMaterialsInfo', 'contextDeclaration'])
      if (hasChild(root, name)) this.note('qti-aside', { name });
    const body = qtiChild(root, 'itemBody');
    if (body === null) {
      this.fault('qti-no-interaction');
      return null;
    }
    return this.readBody(body);
  }

  /** What this system writes beside the stem. */
  private readBeside(child: XmlElement): void {
    const name = oldName(child.name);
    if (name === 'rubricBlock') this.rubrics.push(child);
    else if (name !== 'mediaInteraction') this.interactions.push(child);
  }

  private readBody(body: XmlElement): AnswerableSource | null {
    const own = childrenOf(body, 'div').find(
      ({ attributes }) => attributes['data-kaochang-type'] !== undefined,
    );
    const sink = this.sink();
    let stem: string;
    if (own === undefined) stem = blockContent(body, sink);
    else {
      this.ownMedia = readOwnMedia(own);
      this.more = readOwnMore(own);
      stem = exactContent(own, sink);
      for (const child of childrenOf(body)) if (child !== own) this.readBeside(child);
      const audio = ownAudio(this.more);
      if (audio !== undefined && this.takeOwnFile(audio.file, 'recording')) this.audio = audio;
    }
    const [only] = this.interactions;
    if (this.interactions.length > 1 || (only !== undefined && this.entries.length > 0)) {
      this.fault('qti-composite');
      return null;
    }
    const { attributes } = this.root;
    const base = { itemId: itemIdOf(attributes['identifier'] ?? ''), stem };
    if (only === undefined && this.entries.length === 0) {
      if (!this.faulty) this.fault('qti-no-interaction');
      return null;
    }
    const responses = readResponses(this.root);
    const { scoring, points: set } = readProcessing(this.root);
    const maximum = maximumOf(this.root) ?? set;
    const name = only === undefined ? 'textEntryInteraction' : oldName(only.name);
    const ownType = own?.attributes['data-kaochang-type'] ?? null;
    if (only !== undefined && (name === 'extendedTextInteraction' || name === 'uploadInteraction'))
      return this.marked(base, only, ownType, responses, scoring, maximum);
    for (const rubric of this.rubrics) this.note('qti-aside', { name: oldName(rubric.name) });
    if (scoring.rule === 'unknown') this.fault('qti-scoring', { why: scoring.why });
    if (only === undefined) return this.fillIn(base, responses, scoring, maximum);
    if (name !== 'choiceInteraction') {
      this.fault('qti-interaction', { name });
      return null;
    }
    return this.choice(base, only, ownType, responses, scoring, maximum);
  }

  private marked(
    given: { itemId: string; stem: string },
    interaction: XmlElement,
    ownType: string | null,
    responses: readonly QtiResponse[],
    scoring: ScoringRead,
    maximum: number | null,
  ): AnswerableSource | null {
    const prompt = qtiChild(interaction, 'prompt');
    const stem = `${given.stem}${prompt === null ? '' : blockContent(prompt, this.sink())}`;
    if (stem === '') this.fault('stem-missing');
    const wanted = attributeOf(interaction, 'response-identifier');
    const item = markedQtiItem({
      base: { itemId: given.itemId, points: this.points(maximum, null), stem },
      interaction,
      name: oldName(interaction.name),
      ownType,
      more: this.more,
      response: responses.find(({ identifier }) => identifier === wanted),
      scoring,
      rubrics: this.rubrics,
      byPeople: isScoredByPeople(this.root),
      fault: (code, params) => this.fault(code, params),
      note: (code, params) => this.note(code, params),
    });
    return item === null ? null : this.withMedia(item);
  }

  private choice(
    given: { itemId: string; stem: string },
    interaction: XmlElement,
    ownType: string | null,
    responses: readonly QtiResponse[],
    scoring: ScoringRead,
    maximum: number | null,
  ): AnswerableSource | null {
    const sink = this.sink();
    const prompt = qtiChild(interaction, 'prompt');
    let stem = given.stem;
    if (prompt !== null) {
      const inner = blockContent(prompt, sink);
      stem += inner;
    }
    const choices = qtiChildren(interaction, 'simpleChoice');
    const options = choices.map((choice, index) => ({
      id: this.optionId(choice.attributes['identifier'] ?? '', index),
      html: ownType === null ? optionContent(choice, sink) : exactContent(choice, sink),
    }));
    const response = responses.find(
      ({ identifier }) => identifier === attributeOf(interaction, 'response-identifier'),
    );
    const rawKeys = this.choiceKeys(response, scoring);
    const keys = rawKeys.map((key) => {
      const at = choices.findIndex((choice) => choice.attributes['identifier'] === key.key);
      if (at === -1) this.fault('answer-no-option', { text: key.key });
      return options[at]?.id ?? '';
    });
    const limit = Number(attributeOf(interaction, 'max-choices') ?? 1);
    const least = Number(attributeOf(interaction, 'min-choices') ?? 0);
    const multiple = limit !== 1;
    const points = this.points(
      maximum,
      scoring.rule === 'map' ? rawKeys.reduce((sum, { value }) => sum + value, 0) : null,
    );
    if (response === undefined || keys.length === 0) {
      if (!this.faulty) this.fault('qti-no-key');
      return null;
    }
    if (!multiple && keys.length > 1) this.fault('answer-count', { text: keys.join('') });
    if (multiple && scoring.rule === 'map' && keys.length > 1)
      this.fault('qti-scoring', { why: '按选项累计计分 / points by option' });
    if ((multiple && limit !== 0 && limit < options.length) || least > (multiple ? 1 : 1))
      this.note('qti-cardinality', { min: least, max: limit });
    if (stem === '') this.fault('stem-missing');
    const base = { itemId: given.itemId, points, stem };
    if (ownType === 'true-false' && options.map(({ id }) => id).join() === 'true,false')
      return this.withMedia({ ...base, type: 'true-false', answer: keys[0] === 'true' });
    let shuffleOptions = (interaction.attributes['shuffle'] ?? 'false') === 'true';
    if (shuffleOptions && choices.some(({ attributes }) => attributes['fixed'] === 'true')) {
      this.note('options-fixed', { text: 'fixed' });
      shuffleOptions = false;
    }
    if (!multiple)
      return this.withMedia({ ...base, type: 'single', options, answer: keys[0] ?? '', shuffleOptions });
    const partial = scoring.rule === 'partial';
    return this.withMedia({
      ...base,
      type: 'multiple',
      options,
      answer: keys,
      shuffleOptions,
      scoring: partial
        ? { rule: 'partial', pointsWhenMissing: scoring.pointsWhenMissing }
        : { rule: 'all-or-nothing' },
    });
  }

  /** Right options with their points, from the correct response or from the mapping. */
  private choiceKeys(
    response: QtiResponse | undefined,
    scoring: ScoringRead,
  ): { key: string; value: number }[] {
    if (response === undefined) return [];
    if (scoring.rule !== 'map') return response.correct.map((key) => ({ key, value: 0 }));
    const mapping = response.mapping ?? [];
    if (mapping.some(({ value }) => value < 0 || Number.isNaN(value)) || response.defaultValue !== 0)
      this.fault('qti-scoring', { why: '倒扣分 / points are taken away' });
    const right = mapping.filter(({ value }) => value > 0);
    const best = Math.max(...right.map(({ value }) => value));
    if (response.cardinality === 'single' && right.length > 1) {
      if (right.some(({ value }) => value < best))
        this.fault('qti-scoring', { why: '部分正确的选项 / options that are partly right' });
      else this.fault('answer-count', { text: right.map(({ key }) => key).join(' ') });
    }
    return right;
  }

  private fillIn(
    given: { itemId: string; stem: string },
    responses: readonly QtiResponse[],
    scoring: ScoringRead,
    maximum: number | null,
  ): AnswerableSource | null {
    if (
      scoring.rule === 'partial' ||
      new Set(this.entries.map(({ response }) => response)).size !== this.entries.length
    )
      this.fault('qti-blanks');
    if (scoring.rule === 'match' && this.entries.length > 1)
      this.fault('qti-scoring', { why: '只有部分空计分 / only some blanks score' });
    let sum = 0;
    const blanks = this.entries.map(({ response: wanted, length }) => {
      const response = responses.find(({ identifier }) => identifier === wanted);
      const accept = response === undefined ? [] : this.accepted(response, scoring);
      sum += response?.mapping?.reduce((most, { value }) => Math.max(most, value), 0) ?? 0;
      if (response !== undefined && response.baseType !== 'string')
        this.fault('qti-scoring', { why: `base-type ${response.baseType}` });
      if (accept.length === 0) this.fault('qti-no-key');
      const longest = Math.max(0, ...accept.map((one) => one.length));
      return {
        maxLength: Math.min(
          2000,
          length !== null && length >= longest ? length : Math.max(DEFAULT_BLANK_LENGTH, longest),
        ),
        accept,
      };
    });
    const points = this.points(maximum, scoring.rule === 'map' ? sum : null);
    if (given.stem === '') this.fault('stem-missing');
    return this.withMedia({ itemId: given.itemId, points, stem: given.stem, type: 'fill-in', blanks });
  }

  private accepted(response: QtiResponse, scoring: ScoringRead): string[] {
    if (scoring.rule !== 'map' || response.mapping === null) return response.correct;
    const right = response.mapping.filter(({ value }) => value > 0);
    const best = Math.max(...right.map(({ value }) => value));
    if (right.some(({ value }) => value < best) || response.mapping.some(({ value }) => value < 0))
      this.fault('qti-scoring', { why: '部分正确的答案 / keys that are partly right' });
    if (right.some(({ caseSensitive }) => caseSensitive)) this.note('case-sensitive');
    return right.map(({ key }) => key);
  }

  private points(maximum: number | null, mapped: number | null): number {
    const points = maximum ?? (mapped !== null && mapped > 0 ? mapped : null);
    if (points === null) this.note('qti-points', { points: 1 });
    return Math.round((points ?? 1) * 10_000) / 10_000;
  }

  private optionId(identifier: string, index: number): string {
    const own = fromQtiId(identifier);
    return isPaperId(own) ? own : `option-${index + 1}`;
  }

  private withMedia(item: AnswerableSource): AnswerableSource {
    const media = this.ownMedia ?? this.media;
    this.countPictures(media);
    this.takeOwnPictures(this.ownMedia ?? []);
    const whole = this.audio === null ? item : { ...item, audio: this.audio };
    return this.ownMedia === null && media.length === 0 ? whole : { ...whole, media };
  }

  private sink(): ContentSink {
    return {
      picture: (element) => this.picture(element),
      blank: (element) => {
        const length = Number(attributeOf(element, 'expected-length'));
        this.entries.push({
          response: attributeOf(element, 'response-identifier') ?? '',
          length: Number.isInteger(length) && length > 0 && length <= 2000 ? length : null,
        });
        return `<blank n="${this.entries.length}"></blank>`;
      },
      interaction: (element) => {
        if (oldName(element.name) === 'mediaInteraction') this.takeAudio(element);
        else this.interactions.push(element);
      },
      element: (name) => this.fault('qti-element', { name }),
      aside: (name, element) => {
        if (name === 'rubricBlock' && /\bscorer\b/.test(element.attributes['view'] ?? ''))
          this.rubrics.push(element);
        else this.note(name.startsWith('feedback') ? 'feedback' : 'qti-aside', { name });
      },
      audio: (element) => this.takeAudio(element),
      link: (href) => {
        if (this.context.holds(href)) this.fault('qti-link', { file: excerpt(href) });
      },
    };
  }

  private picture(element: XmlElement): string | null {
    const own = element.attributes['data-kaochang-media'];
    return this.ownMedia !== null && own !== undefined && isPaperId(own)
      ? this.ownPicture(element, own)
      : this.foreignPicture(element);
  }
}
