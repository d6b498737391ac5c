// Runs the contract of the local store on IndexedDB, in the browser that opens this page.

import { openIndexedStore } from '../../../kiosk-client/candidate/local/indexed-store.js';
import { STORE_CONTRACT } from '../support/store-contract.js';

async function runAll(): Promise<{ name: string; error: string | null }[]> {
  const results = [];
  for (const [index, { name, run }] of STORE_CONTRACT.entries()) {
    const store = `contract-${index}-${Date.now()}`;
    const error = await run(() => openIndexedStore(store)).then(
      () => null,
      (failure: unknown) => String(failure),
    );
    results.push({ name, error });
  }
  return results;
}

Object.assign(window, { runAll });
