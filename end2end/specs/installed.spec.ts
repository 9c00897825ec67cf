import { expect, test } from '../support/test';

test('an installed shop has a page for times without a network, and keeps nothing else', async ({ page, shop, context, guard }) => {
  guard.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  await context.addCookies([{ name: 'wrencos_token', value: await shop.api.adminSession(), url: shop.url }]);
  // A page without the app: what an earlier build left behind is there before the worker is.
  await page.goto('/offline');
  await page.evaluate(() => caches.open('wrencos-shell-of-an-earlier-build'));
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  for (const path of ['/account/orders', '/admin/shows', '/shop', '/livestreams']) await page.goto(path);
  await page.goto('/shop');
  const kept = () =>
    page.evaluate(async () => {
      const names = await caches.keys();
      const caches_ = await Promise.all(names.map((name) => caches.open(name)));
      const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
      return { builds: names.length, paths: requests.map((request) => new URL(request.url).pathname).sort() };
    });
  await expect.poll(kept).toEqual({ builds: 1, paths: ['/favicon.svg', '/offline', '/offline.js', '/pkg/wrencos.css'] });

  await shop.kill9();
  await page.goto('/shop?q=soap');
  await expect(page.locator('h1')).toHaveText('No connection');
  expect(new URL(page.url()).search, 'the address stays').toBe('?q=soap');
  const colour = await page.getByRole('link', { name: 'Try again' }).evaluate((link) => getComputedStyle(link).backgroundColor);
  expect(colour, 'with its looks').not.toBe('rgba(0, 0, 0, 0)');

  await shop.restart();
  // Without a click.
  await expect(page.locator('h1')).toHaveText('Shop');
});

test('the shop can be installed: a manifest with icons of the sizes it names', async ({ page, shop }) => {
  await page.goto('/');
  const href = await page.locator('link[rel="manifest"]').getAttribute('href');
  const response = await fetch(`${shop.url}${href}`);
  expect(response.headers.get('content-type')).toBe('application/manifest+json');
  const manifest = (await response.json()) as { start_url: string; display: string; icons: { src: string; sizes: string; type: string; purpose: string }[] };
  expect([manifest.start_url, manifest.display]).toEqual(['/', 'standalone']);
  expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable');
  for (const icon of manifest.icons.filter(({ type }) => type === 'image/png')) {
    const bytes = Buffer.from(await (await fetch(`${shop.url}${icon.src}`)).arrayBuffer());
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, icon.src).toBe(icon.sizes);
  }
});
