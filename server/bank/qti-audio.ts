// A recording in QTI: a media interaction, an HTML5 audio element or an object of an audio type -> the recording of an item.

import type { ItemSource } from '../protocol/paper-source.js';
import type { FaultCode, FindingParams, NoteCode } from './findings.js';
import { oldName } from './qti-names.js';
import { attributeOf, qtiChild } from './qti-scoring.js';
import { descendantsOf, textOf, type XmlElement } from './xml-tree.js';

export type Audio = NonNullable<ItemSource['audio']>;

export interface AudioContext {
  /** The file below media/, or null after a fault. */
  takeFile: (src: string) => string | null;
  fault: (code: FaultCode, params?: FindingParams) => void;
  note: (code: NoteCode, params?: FindingParams) => void;
}

const MOST_PLAYS = 20;

/** Null after a fault. A bare element may be played as often as wanted; only the interaction counts. */
export function readAudio(element: XmlElement, { takeFile, fault, note }: AudioContext): Audio | null {
  const counted = oldName(element.name) === 'mediaInteraction';
  const inside = descendantsOf(element);
  const player = counted
    ? inside.find(({ name }) => name === 'audio' || name === 'object' || name === 'video')
    : element;
  const type = player?.attributes['type'] ?? 'audio/';
  if (player === undefined || player.name === 'video' || !type.startsWith('audio/')) {
    fault('qti-video', { name: player?.name ?? element.name });
    return null;
  }
  const sources = descendantsOf(player, 'source').map(({ attributes }) => attributes['src'] ?? '');
  const file = takeFile(player.attributes['src'] ?? player.attributes['data'] ?? sources[0] ?? '');
  if (file === null) return null;
  for (const name of ['autostart', 'loop'])
    if (attributeOf(element, name) === 'true') note('qti-aside', { name });
  if (Number(attributeOf(element, 'min-plays') ?? 0) > 0) note('qti-aside', { name: 'min-plays' });
  const plays = counted ? Number(attributeOf(element, 'max-plays') ?? 0) : 0;
  if (!Number.isInteger(plays) || plays < 0 || plays > MOST_PLAYS) {
    fault('plays-bad', { text: String(plays) });
    return null;
  }
  return { file, label: labelOf(element, player, note), maxPlays: plays === 0 ? null : plays };
}

function labelOf(element: XmlElement, player: XmlElement, note: AudioContext['note']): string {
  const prompt = qtiChild(element, 'prompt');
  const said = [
    prompt === null ? '' : textOf(prompt),
    element.attributes['aria-label'] ?? '',
    player.attributes['aria-label'] ?? '',
    player.attributes['title'] ?? '',
  ]
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .find((text) => text !== '');
  if (said === undefined) note('audio-label-made', { what: '录音' });
  return (said ?? '录音').slice(0, 100);
}
