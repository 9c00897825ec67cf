import { readFile } from 'node:fs/promises';
import { AnalyticsPage } from '../pages/analytics_page';
import { Buying } from '../pages/shop_pages';
import { WatchPage } from '../pages/watch_page';
import { openInteractive } from '../support/interactive';
import { expect, test } from '../support/test';

test('the numbers of a show are what happened in it', async ({ people, shop }) => {
  const soap = await shop.api.createProduct('Rose soap', { price: 1250, stock: 9 });
  const brush = await shop.api.createProduct('=1+1', { price: 700, stock: 9 });
  const { _id: show } = await shop.api.startShow('Counted');
  for (const product of [soap, brush]) await shop.api.asAdmin('POST', `/livestreams/${show}/pin-product`, { productId: product._id });

  const host = new AnalyticsPage(await people.host());
  await host.open(show);
  await host.expectFigure('messages', '0');

  // Two watch; one talks, looks and buys, the other likes.
  const ada = new WatchPage(await people.customer('Ada'));
  const bea = new WatchPage(await people.guest('Bea'));
  for (const viewer of [ada, bea]) {
    await openInteractive(viewer.page, `/live/${show}`);
    await expect(viewer.pinned).toHaveCount(2);
  }
  await ada.chat.say('How does it smell?');
  await ada.chat.expectOnce('How does it smell?');
  await bea.like();
  await expect(ada.likeCount).toHaveText('1');
  const counted = ada.page.waitForResponse((response) => response.url().includes('record_click'));
  await ada.card(soap._id).getByRole('link').click();
  expect((await counted).ok()).toBe(true);
  await ada.page.waitForURL(/\/shop\//);
  await ada.page.goBack();
  const buying = new Buying(ada.page);
  await ada.card(soap._id).getByTestId('add-to-cart').click();
  await expect(buying.count).toHaveText('1');
  await buying.checkout();
  await buying.order();

  // The page follows by itself.
  await host.expectFigure('messages', '1');
  await host.expectFigure('orders', '1');
  await host.expectFigure('revenue', '$12.50');
  await host.expectFigure('likes', '1');
  await host.expectFigure('peak', '2');
  await host.expectFigure('unique', '2');
  await host.expectFigure('engagement', '100\u00a0%');
  for (const [column, value] of Object.entries({ clicks: '1', carts: '1', orders: '1', units: '1', revenue: '$12.50' })) {
    await expect(host.cell(soap._id, column), column).toHaveText(value);
  }
  await expect(host.cell(brush._id, 'orders')).toHaveText('0');
  await expect(host.pins).toHaveCount(2);
  await expect(host.orders).toHaveCount(1);

  await shop.api.endShows();
  await expect(host.page.getByText('Ended', { exact: true })).toBeVisible();
  const numbers = await shop.api.asAdmin('GET', `/livestreams/${show}/analytics`);
  expect(numbers).toMatchObject({ viewers: { now: 0, peak: 2, unique: 2 }, likes: 1, chatMessages: 1, revenue: 1250, engagementRate: 1 });

  // The drawing can be read without being seen.
  await expect(host.page.getByRole('img', { name: /Viewers over time/ })).toBeVisible();
  await host.page.getByTestId('timeline-table').locator('summary').click();
  await expect(host.page.getByTestId('timeline-table').locator('tbody tr')).toHaveCount(numbers.timeline.length);

  const download = host.page.waitForEvent('download');
  await host.page.getByTestId('products-csv').click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text).toContain(`${soap._id},Rose soap,`);
  expect(text).toContain(`${brush._id},"'=1+1",`);
});

test('every show in the list leads to its numbers', async ({ people, shop }) => {
  const { _id: show } = await shop.api.startShow('Listed');
  const page = await people.host();
  await openInteractive(page, '/admin/shows');
  await page.locator(`[data-show-id="${show}"]`).getByRole('link', { name: 'Numbers' }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/analytics/${show}$`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Listed');
  await expect(page.getByText('No products in this show')).toBeVisible();
});

test('a show without numbers says so, and one that does not exist too', async ({ people, shop, guard }) => {
  guard.allow(/status of 404/);
  const { livestream } = await shop.api.asAdmin('POST', '/livestreams', { title: 'Soon', scheduledAt: new Date(Date.now() + 86_400_000).toISOString() });
  const page = await people.host();
  await openInteractive(page, `/admin/analytics/${livestream._id}`);
  await expect(page.getByText('Not begun yet')).toBeVisible();
  await page.goto('/admin/analytics/65f0c1d2e3a4b5968778695a');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByTestId('analytics')).toHaveCount(0);
  await shop.api.asAdmin('DELETE', `/livestreams/${livestream._id}`);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page fits every width in ${colorScheme}`, async ({ people, shop }) => {
    const product = await shop.api.createProduct('A product with a name that is long enough to need a second line on a narrow screen');
    const { _id: show } = await shop.api.startShow('A title that is long enough to need a second line on a narrow screen, and then some more of it');
    await shop.api.asAdmin('POST', `/livestreams/${show}/pin-product`, { productId: product._id });
    const page = await people.host();
    await page.emulateMedia({ colorScheme });
    for (const width of [320, 390, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      await openInteractive(page, `/admin/analytics/${show}`);
      await expect(page.getByTestId('chart')).toBeVisible();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(excess, `${width} px`).toBeLessThanOrEqual(0);
    }
  });
}
