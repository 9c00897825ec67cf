import { untilInteractive } from '../support/interactive';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/test';

/** Every page there is, in every look. The guard of the suite fails a test on any console error. */
const publicPages = ['/', '/live', '/replays', '/shop', '/cart', '/login', '/register'];
const adminPages = ['/admin', '/admin/studio', '/admin/shows', '/admin/plan', '/admin/products', '/admin/orders', '/admin/people', '/admin/audit', '/admin/settings', '/moderate', '/account/orders', '/checkout'];

async function expectSettled(page: Page, path: string): Promise<void> {
  const response = await page.goto(path);
  expect(response?.ok(), path).toBe(true);
  await untilInteractive(page);
  await expect(page.locator('h1').first()).toBeVisible();
}

async function expectNoSidewaysScroll(page: Page, path: string): Promise<void> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, `${path} must not scroll sideways`).toBeLessThanOrEqual(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('public pages load without an error', async ({ page, shop }) => {
      const product = await shop.api.createProduct('Rose balm');
      const show = await shop.api.startShow('A title that is long enough to need a second line on a narrow screen, and then some more of it');
      const ended = await shop.api.asAdmin('POST', `/livestreams/${show._id}/stop`, {});
      for (const path of [...publicPages, `/shop/${product._id}`, `/live/${show._id}`, `/replays/${ended.livestream._id}`]) {
        await expectSettled(page, path);
        await expectNoSidewaysScroll(page, path);
      }
    });

    test('admin pages load without an error', async ({ page, shop, context }) => {
      await context.addCookies([{ name: 'wrencos_token', value: await shop.api.adminSession(), url: shop.url }]);
      for (const path of adminPages) {
        await expectSettled(page, path);
        await expectNoSidewaysScroll(page, path);
      }
    });
  });
}

test('nothing scrolls sideways at 320 px', async ({ page, shop, context }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await context.addCookies([{ name: 'wrencos_token', value: await shop.api.adminSession(), url: shop.url }]);
  const show = await shop.api.startShow('Narrow');
  for (const path of [...publicPages.filter((path) => path !== '/login' && path !== '/register'), `/live/${show._id}`, ...adminPages]) {
    await expectSettled(page, path);
    await expectNoSidewaysScroll(page, path);
  }
});

test('links lead from page to page without loading the document again', async ({ page, shop }) => {
  await shop.api.createProduct('Link balm');
  await expectSettled(page, '/');
  await page.evaluate(() => ((window as any).sameDocument = true));
  await page.locator('a[href="/shop"]:visible').first().click();
  await expect(page).toHaveURL(/\/shop$/);
  await page.locator('a[href^="/shop/"]:visible').first().click();
  await expect(page).toHaveURL(/\/shop\/[0-9a-f]{24}$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/shop$/);
  expect(await page.evaluate(() => (window as any).sameDocument)).toBe(true);
});

test('a page that does not exist says so', async ({ page, guard }) => {
  guard.allow(/status of 404/);
  const response = await page.goto('/no/such/page');
  expect(response?.status()).toBe(404);
  await expect(page.locator('h1')).toBeVisible();
});
