// The service worker of the shop: what an installed shop shows without a network, and nothing else.
//
// Pages, calls and pictures always come from the network: what is private is never kept, and an update of the shop never
// meets old code. Kept is the one page that says that there is no network, with what it is made of. BUILD and SHELL stand
// above; the server writes them.
const PREFIX = 'wrencos-shell-';
const CACHE = PREFIX + BUILD;
const OFFLINE = '/offline';

addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    // Past the browser's own cache: the shell must be that of this build.
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload', credentials: 'omit' })));
    // Nothing of the former build is in use, so there is nothing to wait for.
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener('activate', (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
    await registration.navigationPreload?.enable();
    await clients.claim();
  };
  event.waitUntil(clean());
});

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (lost) {
    const shell = await caches.match(OFFLINE, { cacheName: CACHE });
    if (!shell) throw lost;
    return shell;
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (lost) {
    const kept = await caches.match(request.url, { cacheName: CACHE });
    if (!kept) throw lost;
    return kept;
  }
}

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else if (url.search === '' && SHELL.includes(url.pathname)) event.respondWith(part(request));
});
