// How a QTI item scores -> the scoring that a paper knows, or why there is none. Known are the standard templates, the forms
// that this system writes, and their plain variants; an unknown form is refused, never approximated.

import { childrenOf, textOf, type XmlElement } from './xml-tree.js';
import { oldName } from './qti-names.js';

export interface QtiResponse {
  identifier: string;
  cardinality: string;
  baseType: string;
  correct: string[];
  mapping: { key: string; value: number; caseSensitive: boolean }[] | null;
  defaultValue: number;
}

export type ScoringRead =
  | { rule: 'match' }
  | { rule: 'partial'; pointsWhenMissing: number }
  | { rule: 'map' }
  | { rule: 'none' }
  | { rule: 'unknown'; why: string };

/** Attributes are `map-key` in QTI 3 and `mapKey` before. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return (
    element.attributes[name] ??
    element.attributes[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())]
  );
}

/** Children by their QTI 2 name. */
export function qtiChildren(element: XmlElement, name?: string): XmlElement[] {
  return childrenOf(element).filter((child) => name === undefined || oldName(child.name) === name);
}

export function qtiChild(element: XmlElement, name: string): XmlElement | null {
  return qtiChildren(element, name)[0] ?? null;
}

export function readResponses(item: XmlElement): QtiResponse[] {
  return qtiChildren(item, 'responseDeclaration').map((declaration) => {
    const correct = qtiChild(declaration, 'correctResponse');
    const mapping = qtiChild(declaration, 'mapping');
    return {
      identifier: declaration.attributes['identifier'] ?? '',
      cardinality: declaration.attributes['cardinality'] ?? '',
      baseType: attributeOf(declaration, 'base-type') ?? '',
      // A text that is a key is taken letter by letter; identifiers have no blanks.
      correct: correct === null ? [] : qtiChildren(correct, 'value').map((value) => textOf(value).trim()),
      mapping:
        mapping === null
          ? null
          : qtiChildren(mapping, 'mapEntry').map((entry) => ({
              key: attributeOf(entry, 'map-key') ?? '',
              value: Number(attributeOf(entry, 'mapped-value')),
              caseSensitive: (attributeOf(entry, 'case-sensitive') ?? 'false') === 'true',
            })),
      defaultValue: Number((mapping === null ? undefined : attributeOf(mapping, 'default-value')) ?? 0),
    };
  });
}

/** Points of the item: MAXSCORE, else the normal maximum of SCORE; null where neither is given. */
export function maximumOf(item: XmlElement): number | null {
  const outcomes = qtiChildren(item, 'outcomeDeclaration');
  const named = (name: string) => outcomes.find(({ attributes }) => attributes['identifier'] === name);
  const maximum = named('MAXSCORE');
  const value = maximum === undefined ? null : qtiChild(maximum, 'defaultValue');
  const text = value === null ? '' : textOf(value).trim();
  const normal = named('SCORE');
  const points =
    text !== ''
      ? Number(text)
      : Number((normal === undefined ? undefined : attributeOf(normal, 'normal-maximum')) ?? NaN);
  return Number.isFinite(points) && points > 0 ? points : null;
}

/** Whether the score is declared to be given by people. */
export function isScoredByPeople(item: XmlElement): boolean {
  return qtiChildren(item, 'outcomeDeclaration').some(
    (outcome) =>
      outcome.attributes['identifier'] === 'SCORE' && attributeOf(outcome, 'external-scored') === 'human',
  );
}

/** @returns the rule, and the points that the processing itself sets where it names a number */
export function readProcessing(item: XmlElement): { scoring: ScoringRead; points: number | null } {
  const processing = qtiChild(item, 'responseProcessing');
  if (processing === null) return { scoring: { rule: 'none' }, points: null };
  const template = attributeOf(processing, 'template') ?? '';
  const form = childrenOf(processing);
  if (form.length === 0) {
    if (/match_correct(\.xml)?$/.test(template)) return { scoring: { rule: 'match' }, points: null };
    if (/map_response(\.xml)?$/.test(template)) return { scoring: { rule: 'map' }, points: null };
    return template === ''
      ? { scoring: { rule: 'none' }, points: null }
      : { scoring: { rule: 'unknown', why: template }, points: null };
  }
  return readForm(form);
}

function readForm(form: readonly XmlElement[]): { scoring: ScoringRead; points: number | null } {
  const unknown = {
    scoring: { rule: 'unknown' as const, why: form.map(shape).join(' ').slice(0, 120) },
    points: null,
  };
  const [first] = form;
  if (form.length !== 1 || first === undefined) return unknown;
  if (/^setOutcomeValue\(SCORE,(mapResponse\(\w+\)|sum\((mapResponse\([\w.-]+\),?)+\))\)$/.test(shape(first)))
    return { scoring: { rule: 'map' }, points: null };
  if (
    /^setOutcomeValue\(SCORE,divide\(product\(MAXSCORE,sum\((mapResponse\([\w.-]+\),?)+\)\),#\d+\)\)$/.test(
      shape(first),
    )
  )
    return { scoring: { rule: 'map' }, points: null };
  if (oldName(first.name) !== 'responseCondition') return unknown;
  const branches = childrenOf(first).map((branch) => ({
    kind: oldName(branch.name),
    shape: childrenOf(branch).map(shape),
  }));
  const zero = /^setOutcomeValue\(SCORE,#0(\.0+)?\)$/;
  const [match, ...others] = branches.filter(
    ({ kind, shape: [only, more] }) =>
      !(kind === 'responseElse' && more === undefined && zero.test(only ?? '')),
  );
  if (match?.kind !== 'responseIf' || match.shape.length !== 2) return unknown;
  const [test = '', set = ''] = match.shape;
  // Not answered: 0; else by the mapping. The standard template written out.
  if (/^isNull\([\w.-]+\)$/.test(test) && zero.test(set) && others.length === 1) {
    const [other] = others;
    const mapped = /^setOutcomeValue\(SCORE,mapResponse\([\w.-]+\)\)$/;
    if (other?.kind === 'responseElse' && other.shape.length === 1 && mapped.test(other.shape[0] ?? ''))
      return { scoring: { rule: 'map' }, points: null };
    return unknown;
  }
  if (!/^match\(([\w.-]+),correct\(\1\)\)$/.test(test)) return unknown;
  const value = /^setOutcomeValue\(SCORE,(MAXSCORE|#[0-9.]+)\)$/.exec(set)?.[1];
  if (value === undefined) return unknown;
  const points = value === 'MAXSCORE' ? null : Number(value.slice(1));
  if (others.length === 0) return { scoring: { rule: 'match' }, points };
  const [partial] = others;
  const missing = /^setOutcomeValue\(SCORE,#([0-9.]+)\)$/.exec(partial?.shape[1] ?? '')?.[1];
  const holds = /^and\(not\(isNull\(([\w.-]+)\)\),contains\(correct\(\1\),\1\)\)$/.test(
    partial?.shape[0] ?? '',
  );
  if (
    others.length !== 1 ||
    partial?.kind !== 'responseElseIf' ||
    partial.shape.length !== 2 ||
    !holds ||
    missing === undefined
  )
    return unknown;
  return { scoring: { rule: 'partial', pointsWhenMissing: Number(missing) }, points };
}

/** An expression on one line: `match(RESPONSE,correct(RESPONSE))`. */
function shape(element: XmlElement): string {
  const name = oldName(element.name);
  const identifier = element.attributes['identifier'] ?? '';
  const inner = childrenOf(element).map(shape);
  if (name === 'variable') return identifier;
  if (name === 'baseValue') return `#${textOf(element).trim()}`;
  if (name === 'correct' || name === 'mapResponse') return `${name}(${identifier})`;
  if (name === 'setOutcomeValue') return `${name}(${[identifier, ...inner].join(',')})`;
  return `${name}(${inner.join(',')})`;
}

/** Whether an item body holds anything else than these declarations name. */
export function hasChild(element: XmlElement, name: string): boolean {
  return qtiChild(element, name) !== null;
}
