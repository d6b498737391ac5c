// How the sentences of a refusal come about: Chinese and English, each with the next step. Pure: pages import it as it is.
// `{name}` stands for a value of the refusal; a part in [brackets] is left out where its value is missing. The values `at` and
// `until` are instants in milliseconds and appear as the time of day.

export interface RefusalText {
  zh: string;
  en: string;
  nextZh: string;
  nextEn: string;
}

/** A refusal's sentences: what was refused, and the next step. */
export const text = (zh: string, nextZh: string, en: string, nextEn: string): RefusalText => ({
  zh,
  en,
  nextZh,
  nextEn,
});

/** Where a code has no sentence of its own (a newer room, an older page). */
const UNKNOWN = text(
  '操作未被接受[（{code}）]',
  '请刷新页面后重试；仍不成功请致电求助电话',
  'This was not accepted[ ({code})]',
  'Reload the page and try again; otherwise call the help telephone',
);

/** The sentences of a refusal with its values filled in. Takes any code, so that a page never shows a bare one. */
export function sentencesOf(
  texts: Readonly<Record<string, RefusalText>>,
  code: string,
  params: Record<string, string | number> = {},
): RefusalText {
  const found = own(texts, code) ?? UNKNOWN;
  const values: Record<string, string | number> = { code, ...params };
  return {
    zh: fill(found.zh, values),
    en: fill(found.en, values),
    nextZh: fill(found.nextZh, values),
    nextEn: fill(found.nextEn, values),
  };
}

function own(texts: Readonly<Record<string, RefusalText>>, code: string): RefusalText | undefined {
  return Object.prototype.hasOwnProperty.call(texts, code) ? texts[code] : undefined;
}

/** Values that are instants. */
const INSTANTS = ['at', 'until'];

function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\[([^\]]*)\]/g, (_, part: string) => {
    let missing = false;
    const filled = part.replace(/\{([a-zA-Z]+)\}/g, (_hole, name: string) => {
      const value = Object.prototype.hasOwnProperty.call(values, name) ? values[name] : undefined;
      if (value === undefined) missing = true;
      return typeof value === 'number' && INSTANTS.indexOf(name) >= 0 ? timeOfDay(value) : String(value);
    });
    return missing ? '' : filled;
  });
}

const CHINA_OFFSET_MS = 8 * 3600_000;

/** `09:30:00` in China, whatever zone a PC believes to be in. */
function timeOfDay(instant: number): string {
  const date = new Date(instant + CHINA_OFFSET_MS);
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part) => (part < 10 ? `0${part}` : String(part)))
    .join(':');
}
