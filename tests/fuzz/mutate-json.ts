// Changes JSON where its reader looks: fields dropped, doubled, of another type or size, unknown ones, depth, numbers out of
// bounds, names that objects inherit. Works on the text, so that it also makes what no program would write.

import { mutateText, NUMBERS, TEXTS } from './mutate.js';
import type { Random } from './random.js';

/** Written as they stand here, in the place of a value: what JSON.stringify never writes. */
const RAW: readonly string[] = [
  ...[
    '1e999',
    '-1e999',
    '123456789012345678901234567890',
    '-0',
    '1E+2',
    '0.1e-7',
    '01',
    '+1',
    '.5',
    'NaN',
    '-Infinity',
  ],
  ...[
    '"\\ud800"',
    '"\\u0000"',
    "'x'",
    '{"a":1,"a":2}',
    '{"__proto__":{"ok":true}}',
    '[1,]',
    'tru',
    '/**/null',
  ],
  '['.repeat(20_000) + ']'.repeat(20_000),
  '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
];
const RAW_MARK = '\u0001raw';
/** What one change may make of a text, in signs: larger ones are the same fault, only slower. */
const MOST_SIGNS = 1_000_000;

interface Place {
  holder: Record<string, unknown> | unknown[];
  key: string;
}

/** One change of a JSON text. A text that is no JSON is changed as a text. */
export function mutateJson(text: string, random: Random): string {
  if (random.onceIn(12)) return mutateText(text, random);
  let top: { value: unknown };
  try {
    top = { value: JSON.parse(text) as unknown };
  } catch {
    return mutateText(text, random);
  }
  let raw: string | null;
  let written: string;
  try {
    const places = placesIn(top, []);
    raw = change(random.pick(places), random, places, Math.floor(MOST_SIGNS / (text.length + 1)) + 1);
    written = JSON.stringify(top.value) ?? '';
  } catch {
    // Deeper than can be read or written again: an earlier change made it so.
    return text;
  }
  return raw === null ? written : written.replace(JSON.stringify(RAW_MARK), () => raw);
}

function placesIn(holder: Place['holder'], found: Place[]): Place[] {
  for (const key of Object.keys(holder)) {
    found.push({ holder, key });
    const inner = (holder as Record<string, unknown>)[key];
    if (typeof inner === 'object' && inner !== null && found.length < 20_000)
      placesIn(inner as Place['holder'], found);
  }
  return found;
}

/** @param most how many times over a value may come @returns the raw text that stands for the mark, where one was left */
function change(
  { holder, key }: Place,
  random: Random,
  places: readonly Place[],
  most: number,
): string | null {
  const fields = holder as Record<string, unknown>;
  const set = (value: unknown, name = key) =>
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  const value = fields[key];
  switch (random.below(12)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete fields[key];
      return null;
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(key), 0, value);
      else set(value, random.pick(TEXTS));
      return null;
    case 2:
      set(random.pick(NUMBERS));
      return null;
    case 3:
      set(random.pick(TEXTS));
      return null;
    case 4:
      set(random.pick<unknown>([null, true, false, [], {}, [value], { value }, [[]], [null], String(value)]));
      return null;
    case 5:
      set(RAW_MARK);
      return random.pick(RAW);
    case 6:
      set(random.pick<unknown>([1, 'x', null, {}]), random.pick(TEXTS));
      return null;
    case 7: {
      const other = random.pick(places);
      set(structuredClone((other.holder as Record<string, unknown>)[other.key]));
      return null;
    }
    case 8:
      if (typeof value === 'number') set(value + random.pick([1, -1, 0.5, 2 ** 32, -value - 1]));
      else if (typeof value === 'string') set(mutateText(value, random));
      else if (Array.isArray(value)) set([...value].reverse());
      else set({ ...(value as object), more: 1 });
      return null;
    case 9:
      if (Array.isArray(value))
        set(Array.from({ length: Math.min(random.pick([30, 300, 30_000]), most) }, () => value[0] ?? null));
      else if (typeof value === 'string')
        set(value.repeat(Math.min(random.pick([2, 100, 3_000]), most)).slice(0, 400_000));
      else set(Array.from({ length: Math.min(1_000, most) }, () => value));
      return null;
    case 10:
      if (!Array.isArray(holder)) {
        delete fields[key];
        set(value, `${key}${random.pick(['', 's', ' ', '\u0000'])}`);
        set({ [key]: value }, '__proto__');
      } else holder.push(...holder);
      return null;
    default:
      if (typeof value === 'string' && value !== '')
        set(value.slice(0, -1) + random.pick(['0', 'a', '=', '\u0000', '']));
      else set(random.pick(TEXTS));
      return null;
  }
}
