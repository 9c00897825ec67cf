import { Dock } from '../pages/dock';
import { Buying } from '../pages/shop_pages';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

test('the show plays on while its viewer looks around the shop, over the same connection', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Wandering balm', { price: 1200 });
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('Plays on');
  await studio.pin(product._id);

  const viewer = new WatchPage(await people.guest('Ada'));
  const [page, dock, buying] = [viewer.page, new Dock(viewer.page), new Buying(viewer.page)];
  await viewer.watch();
  await expect(dock.root).toHaveCount(0);
  const connections = await dock.connections();

  await viewer.card(product._id).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/shop/${product._id}$`));
  await expectMoving(dock.video);
  await page.getByTestId('add-to-cart').click();
  await expect(buying.count).toHaveText('1');
  await page.locator('header a[href="/cart"]').click();
  await expect(buying.line(product._id)).toBeVisible();
  await expectMoving(dock.video);
  await expect(studio.viewerCount).toHaveText(/\b1\b/);

  await dock.back.click();
  await expect(page).toHaveURL(new RegExp(`/live/${show}$`));
  await expect(dock.root).toHaveCount(0);
  await expectMoving(viewer.video);
  await expect(viewer.card(product._id)).toBeVisible();
  expect(await dock.connections()).toBe(connections);

  await page.locator('header a[href="/shop"]').click();
  await expectMoving(dock.video);
  await dock.close.click();
  await expect(dock.root).toHaveCount(0);
  await expect(studio.viewerCount).toHaveText(/\b0\b/);
});

test('who signs in for the checkout keeps the picture, and talks under their name when they are back', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Signed balm', { price: 1200 });
  const studio = new StudioPage(await people.host());
  await studio.goLive('Signs in');
  await studio.pin(product._id);
  const email = `ada.${Date.now()}@example.com`;
  await shop.api.register(email, 'correct horse battery', 'Ada Wren');

  const viewer = new WatchPage(await people.guest('Ada'));
  const [page, dock, buying] = [viewer.page, new Dock(viewer.page), new Buying(viewer.page)];
  await viewer.watch();
  await viewer.card(product._id).getByTestId('add-to-cart').click();
  await expect(buying.count).toHaveText('1');
  await page.locator('header a[href="/cart"]').click();
  await page.getByTestId('checkout').click();
  await page.getByTestId('email').fill(email);
  await page.getByTestId('password').fill('correct horse battery');
  await page.getByTestId('auth-submit').click();
  await expect(page).toHaveURL(/\/checkout/);
  await expectMoving(dock.video);
  await buying.order();
  await expectMoving(dock.video);
  await dock.back.click();
  await expectMoving(viewer.video);
  await viewer.chat.say('bought it');
  await studio.chat.expectOnce('bought it');
  await expect(studio.page.getByTestId('chat-message').filter({ hasText: 'bought it' })).toContainText('Ada Wren');

  await page.locator('header a[href="/shop"]').click();
  await expectMoving(dock.video);
  await studio.stop();
  await expect(dock.root).toContainText('The show is over');
});
