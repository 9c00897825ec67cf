import type { Page } from '@playwright/test';
import { desktop, findings, phone, type Look } from '../support/accessibility';
import { untilInteractive } from '../support/interactive';
import { Buying } from '../pages/shop_pages';
import { StudioPage } from '../pages/studio_page';
import { expect, test } from '../support/test';

async function look(page: Page, paths: string[]): Promise<void> {
  const found: string[] = [];
  for (const path of paths) {
    await page.goto(path);
    await untilInteractive(page);
    await expect(page.locator('h1').first()).toBeAttached();
    await expect(page.locator('.skeleton')).toHaveCount(0);
    found.push(...(await findings(page, path)));
  }
  expect(found).toEqual([]);
}

test.describe.configure({ timeout: 300_000 });

test('everyone can use the pages of customers', async ({ page, shop, guard }) => {
  guard.allow(/status of 404/);
  const product = await shop.api.createProduct('Rose balm');
  const ended = await shop.api.startShow('Yesterday');
  await shop.api.send('POST', `/livestreams/${ended._id}/chat`, { message: 'Lovely', username: 'Ada' });
  await shop.api.asAdmin('POST', `/livestreams/${ended._id}/stop`, {});
  const planned = await shop.api.planShow('Tomorrow', new Date(Date.now() + 86_400_000), { description: 'With a guest.' });
  const live = await shop.api.startShow('Now');
  await shop.api.asAdmin('POST', `/livestreams/${live._id}/pin-product`, { productId: product._id });
  await shop.api.send('POST', `/livestreams/${live._id}/chat`, { message: 'Hello', username: 'Ada' });
  await look(page, ['/', '/live', `/live/${planned._id}`, `/replays/${ended._id}`, '/replays', '/replays?q=nothing', '/shop', '/shop?q=nothing', `/shop/${product._id}`]);
  await page.goto(`/shop/${product._id}`);
  await page.getByTestId('add-to-cart').click();
  await expect(page.getByTestId('cart-count')).toHaveText('1');
  await look(page, ['/cart', '/login', '/register', '/no/such/page']);
  await page.goto('/offline');
  expect(await findings(page, '/offline')).toEqual([]);
});

test('everyone can use the page of developers', async ({ page }) => {
  await page.goto('/docs');
  // The longest page there is, of one kind of entry: each width and each colour once.
  const looks: Look[] = [
    { colorScheme: 'light', size: phone },
    { colorScheme: 'dark', size: desktop },
  ];
  expect(await findings(page, '/docs', looks)).toEqual([]);
});

test('everyone can use the pages of those who buy', async ({ people, shop }) => {
  const page = await people.customer('Cleo');
  const product = await shop.api.createProduct('Order balm');
  await page.goto(`/shop/${product._id}`);
  await page.getByTestId('add-to-cart').click();
  await expect(page.getByTestId('cart-count')).toHaveText('1');
  await look(page, ['/checkout', '/account/orders']);
  const buying = new Buying(page);
  await page.goto('/checkout');
  await buying.order();
  expect(await findings(page, 'an order')).toEqual([]);
});

test('everyone can use the pages of hosts', async ({ people, shop }) => {
  const page = await people.host();
  await shop.api.createProduct('Studio balm');
  const planned = await shop.api.planShow('Tomorrow', new Date(Date.now() + 86_400_000));
  await look(page, ['/admin/shows', '/admin/plan', `/admin/plan/${planned._id}`, '/admin/products', '/admin/orders', '/admin/studio']);
  const ended = await shop.api.startShow('Counted');
  await shop.api.asAdmin('POST', `/livestreams/${ended._id}/stop`, {});
  await look(page, ['/admin/people', '/admin/audit', '/admin/settings', `/admin/replays/${ended._id}`, `/admin/analytics/${ended._id}`, '/moderate', `/moderate/${planned._id}`]);
  const studio = new StudioPage(page);
  await studio.goLive('For everyone');
  await studio.chat.say('Hello');
  expect(await findings(page, 'the studio on air')).toEqual([]);
});
