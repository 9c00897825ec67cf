import { Dock } from '../pages/dock';
import { Buying } from '../pages/shop_pages';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

test('on a phone the show plays on above the lower edge, and covers nothing for good', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Pocket balm');
  const studio = new StudioPage(await people.host());
  await studio.goLive('In the corner');
  await studio.pin(product._id);

  const viewer = new WatchPage(await people.guest('phone'));
  const [page, dock] = [viewer.page, new Dock(viewer.page)];
  await viewer.watch();
  await viewer.card(product._id).getByTestId('add-to-cart').tap();
  await expect(page.getByTestId('player-cart-count')).toHaveText('1');
  await page.locator('[data-testid="player-cart-count"]').locator('..').tap();
  await expect(new Buying(page).line(product._id)).toBeVisible();
  await expectMoving(dock.video);
  await expect(dock.close).toBeInViewport();
  // The last line of the page can be scrolled free of the dock.
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const [footer, bar] = [await page.locator('footer').boundingBox(), await dock.root.boundingBox()];
  expect(footer!.y + footer!.height).toBeLessThanOrEqual(bar!.y + 1);
  await dock.back.tap();
  await expectMoving(viewer.video);
  // Whoever leaves by the arrow leaves.
  await page.getByRole('link', { name: 'Leave the show' }).tap();
  await expect(studio.viewerCount).toHaveText(/\b0\b/);
  await expect(dock.root).toHaveCount(0);
});
