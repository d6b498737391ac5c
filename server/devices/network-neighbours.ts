// Which network card answers for which address, as the system's neighbour table says, and which addresses two cards answer
// for. Pure; readings of odd tables leave lines out and invent none.

/** Address to card, both in small letters. */
export type Neighbours = ReadonlyMap<string, string>;

const CARD = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;
const ADDRESS = /^[0-9a-f.:]{2,45}$/i;
const NOBODY = new Set(['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff']);

function noted(table: Map<string, string>, address: unknown, card: unknown): void {
  if (typeof address !== 'string' || typeof card !== 'string') return;
  if (!ADDRESS.test(address) || !CARD.test(card)) return;
  const plain = card.toLowerCase().replaceAll('-', ':');
  if (!NOBODY.has(plain)) table.set(address.toLowerCase(), plain);
}

/** What `ip -j neigh` prints. @returns null where it is no such table */
export function readIpNeigh(text: string): Neighbours | null {
  let rows: unknown;
  try {
    rows = JSON.parse(text.trim() === '' ? '[]' : text);
  } catch {
    return null;
  }
  if (!Array.isArray(rows)) return null;
  const table = new Map<string, string>();
  for (const row of rows as unknown[]) {
    const { dst, lladdr, state } = (row ?? {}) as { dst?: unknown; lladdr?: unknown; state?: unknown };
    if (Array.isArray(state) && state.includes('FAILED')) continue;
    noted(table, dst, lladdr);
  }
  return table;
}

/** What `arp -a` prints on Windows, in any language: lines of an address, a card and a word. */
export function readArpTable(text: string): Neighbours {
  const table = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [address, card] = line.trim().split(/\s+/);
    noted(table, address, card);
  }
  return table;
}

export interface CardMemory {
  /** Cards by address, each with the time at which it was seen last. */
  cards: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export const NO_CARDS: CardMemory = { cards: new Map() };

/** Two cards that answer for one address within this time fight for it; a PC that was replaced does so once. */
const WITHIN_MS = 600_000;

/** @returns addresses for which two cards answered, by turns */
export function watchNeighbours(
  { cards }: CardMemory,
  table: Neighbours,
  now: number,
): { memory: CardMemory; duplicates: string[] } {
  const next = new Map<string, Map<string, number>>();
  for (const [address, seen] of cards) {
    const fresh = [...seen].filter(([, at]) => now - at < WITHIN_MS);
    if (fresh.length > 0) next.set(address, new Map(fresh));
  }
  for (const [address, card] of table) {
    const seen = next.get(address) ?? new Map<string, number>();
    seen.set(card, now);
    next.set(address, seen);
  }
  const duplicates = [...next].filter(([, seen]) => seen.size > 1).map(([address]) => address);
  return { memory: { cards: next }, duplicates: duplicates.sort() };
}

/** @param addresses where PCs are connected from, at once @returns those of them behind which one and the same card is */
export function sharedCards(table: Neighbours, addresses: readonly string[]): string[] {
  const byCard = new Map<string, string[]>();
  for (const address of new Set(addresses)) {
    const card = table.get(address.toLowerCase());
    if (card !== undefined) byCard.set(card, [...(byCard.get(card) ?? []), address]);
  }
  return [...byCard.values()].filter((shared) => shared.length > 1).flat();
}
