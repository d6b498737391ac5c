// Lets the kiosk's page open while the server is away: keeps the page and what it loads, asks the room first. It knows nothing
// of exams; answers and papers are in IndexedDB.

/// <reference lib="webworker" />

const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE = 'kaochang-kiosk';
const PAGE = '/';
/** A dead line answers nothing: after this the kept page opens. */
const PATIENCE_MS = 3_000;

worker.addEventListener('install', (event) => {
  event.waitUntil(keepPage().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === PAGE) event.respondWith(openPage());
  else if (url.pathname.startsWith('/assets/')) event.respondWith(openAsset(request));
});

/** The room's page where the room answers in time, else the one that was kept. */
async function openPage(): Promise<Response> {
  const fresh = keepPage();
  fresh.catch(() => undefined);
  const kept = await (await caches.open(CACHE)).match(PAGE);
  if (kept === undefined) return fresh;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept), late]);
}

/** Names carry a hash: what is kept is right. */
async function openAsset(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

/** Fetches the page and everything that it names before it takes the place of the page that was kept. */
async function keepPage(): Promise<Response> {
  const page = await fetch(PAGE, { cache: 'no-cache' });
  if (!page.ok) throw new Error(`The page came with ${page.status}`);
  const cache = await caches.open(CACHE);
  const html = await page.clone().text();
  const assets = [...new Set(html.match(/\/assets\/[\w.-]+/g) ?? [])];
  for (const asset of assets) if ((await cache.match(asset)) === undefined) await cache.add(asset);
  await cache.put(PAGE, page.clone());
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/assets/') && !assets.includes(pathname)) await cache.delete(request);
  }
  return page;
}
