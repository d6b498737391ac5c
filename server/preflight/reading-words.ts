// What a device reads, for a line of the check: the dictionary's names and units, and its words for values that are codes.

import { READINGS, type ReadingName, type Readings } from '../core/readings.js';
import { readingValueWords } from '../protocol/device-words.js';
import { durationWords } from '../protocol/duration-words.js';
import type { Both } from './line.js';

/** Every reading but lists, in the order in which the device gave them; a dash where there is none. */
export function readingWords(readings: Readings): Both {
  const words = (Object.entries(readings) as [ReadingName, Readings[ReadingName]][])
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]): Both => {
      const { zh, en, unit } = READINGS[name];
      const said = valueOf(name, value);
      const after = unit === '' || said.hasUnit ? '' : ` ${unit}`;
      return { zh: `${zh} ${said.zh}${after}`, en: `${en} ${said.en}${after}` };
    });
  if (words.length === 0) return { zh: '—', en: '—' };
  return { zh: words.map(({ zh }) => zh).join('；'), en: words.map(({ en }) => en).join('; ') };
}

function valueOf(name: ReadingName, value: Readings[ReadingName]): Both & { hasUnit?: true } {
  if (typeof value === 'number' && READINGS[name].unit === 's')
    return { ...durationWords(value), hasUnit: true };
  if (typeof value === 'boolean') return value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  const text = typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value);
  return readingValueWords(name, text);
}
