// What a candidate's PC has written down: its IndexedDB, read from outside of the page's own code.

import type { RoomPage } from './room-browser.js';

/** One answer as the PC keeps it. */
export interface KeptAnswer {
  itemId: string;
  rev: number;
  settledRev: number;
  value: { options: string[] } | { blanks: string[] };
  marked: boolean;
  madeAt: number;
}

const readAll = (store: string, as: string) => `new Promise((resolve, reject) => {
  const opening = indexedDB.open('kaochang-pc');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const asked = db.transaction('${store}').objectStore('${store}').${as}();
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => { db.close(); resolve(asked.result); };
  };
})`;

/** The answers on this PC, of whoever sat there. */
export function answersOnPc(page: RoomPage): Promise<KeptAnswer[]> {
  return page.evaluate<KeptAnswer[]>(readAll('answers', 'getAll'));
}

/** The number of the item at which the one exam on this PC stands, as it would be shown after a crash. */
export function placeOnPc(page: RoomPage): Promise<number> {
  return page.evaluate<number>(`${readAll('exams', 'getAll')}.then(([{ itemId, order }]) =>
    order.sections.reduce((all, { items }) => all.concat(items), []).findIndex((item) => item.itemId === itemId) + 1)`);
}

/** Keys of a store. */
export function keysOnPc(
  page: RoomPage,
  store: 'pc' | 'parts' | 'exams' | 'answers' | 'files',
): Promise<unknown[]> {
  return page.evaluate<unknown[]>(readAll(store, 'getAllKeys'));
}

/** How many cryptographic keys lie anywhere in the PC's storage. */
export async function cryptoKeysOnPc(page: RoomPage): Promise<number> {
  const count = `((value) => {
    const within = (one) => one instanceof CryptoKey ? 1
      : typeof one === 'object' && one !== null && !(one instanceof ArrayBuffer)
        ? Object.values(one).reduce((sum, inner) => sum + within(inner), 0) : 0;
    return within(value);
  })`;
  let keys = 0;
  for (const store of ['pc', 'exams', 'answers'])
    keys += await page.evaluate<number>(`${readAll(store, 'getAll')}.then(${count})`);
  return keys;
}

/** Everything of the PC's storage that is not ciphertext, as text. */
export async function textOnPc(page: RoomPage): Promise<string> {
  const stores = ['pc', 'exams', 'answers'];
  const texts = await Promise.all(
    stores.map((store) => page.evaluate<string>(`${readAll(store, 'getAll')}.then(JSON.stringify)`)),
  );
  return texts.join('\n') + (await page.evaluate<string>('JSON.stringify(Object.assign({}, localStorage))'));
}
