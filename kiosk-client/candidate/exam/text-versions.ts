// Which earlier versions of a text this PC keeps, so that a candidate can look at them and bring one back: not every key, but
// what would be missed. Pure and bounded.

/** What a text was before it was changed. */
export interface TextVersion {
  /** Revision of the answer under this lease; 0 = taken over from another PC. */
  rev: number;
  text: string;
  /** Room time at which it was written, ms. */
  madeAt: number;
}

const MOST_VERSIONS = 20;
/** While somebody writes on, one version in so long a time, ms. */
const EVERY_MS = 60_000;
/** So many characters fewer at once is a loss that somebody may regret. */
const LOSS = 20;
/** The newest ones stay when older ones are thinned out. */
const ALWAYS_NEWEST = 5;

/**
 * The versions after `before` gave way to `text`.
 * @param versions oldest first @param always keep it whatever changed, as when a version is brought back
 */
export function withVersion(
  versions: readonly TextVersion[],
  before: TextVersion,
  text: string,
  always = false,
): TextVersion[] {
  const last = versions[versions.length - 1];
  if (before.text.trim() === '' || before.text === text) return [...versions];
  const isLoss = before.text.length - text.length >= LOSS || (text.trim() === '' && before.text.length > 1);
  const isDue = last === undefined ? before.text.length >= LOSS : before.madeAt - last.madeAt >= EVERY_MS;
  if (!always && !isLoss && !isDue) return [...versions];
  const others = versions.filter((one) => one.text !== before.text);
  return thinned([...others, before]);
}

/** Where there are too many, the one goes that was followed soonest by another. */
function thinned(versions: TextVersion[]): TextVersion[] {
  while (versions.length > MOST_VERSIONS) {
    let goes = 0;
    let shortest = Infinity;
    for (let index = 0; index < versions.length - ALWAYS_NEWEST; index++) {
      const [one, next] = [versions[index], versions[index + 1]];
      if (one === undefined || next === undefined) continue;
      const stoodMs = next.madeAt - one.madeAt;
      if (stoodMs < shortest) [shortest, goes] = [stoodMs, index];
    }
    versions.splice(goes, 1);
  }
  return versions;
}
