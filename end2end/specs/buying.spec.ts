import { Buying } from '../pages/shop_pages';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

// Chromium writes every refused request into the console.
const refused = (status: number) => new RegExp(`status of ${status}`);

test('a viewer buys what the host holds up, and the host sees the order', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Rose balm', { price: 2450, stock: 4 });
  const studio = new StudioPage(await people.host());
  const show = await studio.goLive('Buy me');
  await studio.pin(product._id);

  const viewer = new WatchPage(await people.guest('Ada'));
  const buying = new Buying(viewer.page);
  await viewer.watch();
  const card = viewer.card(product._id);
  await expect(card).toContainText('Only 4 left');
  await expect(buying.count).toHaveText('0');
  await card.getByTestId('add-to-cart').click();
  await expect(buying.count).toHaveText('1');
  await card.getByTestId('add-to-cart').click();
  await expect(buying.count).toHaveText('2');
  // The show goes on.
  await expectMoving(viewer.video);

  // Another tab of the same browser, as the show keeps its own.
  const page = await viewer.page.context().newPage();
  const checkout = new Buying(page);
  await page.goto('/cart');
  await expect(checkout.line(product._id)).toContainText('$49.00');
  await page.getByTestId('checkout').click();
  await expect(page).toHaveURL(/\/login\?next=/);
  const email = `ada.${Date.now()}@example.com`;
  await shop.api.register(email, 'correct horse battery', 'Ada');
  await page.getByTestId('email').fill(email);
  await page.getByTestId('password').fill('correct horse battery');
  await page.getByTestId('auth-submit').click();
  await expect(page).toHaveURL(/\/checkout$/);
  const number = await checkout.order();
  await expect(checkout.count).toHaveText('0');
  await expect(page.getByTestId('order')).toContainText('in this show');

  // Everybody's card knows at once.
  await expect(card).toContainText('Only 2 left');
  await expectMoving(viewer.video);
  const order = (await shop.api.asAdmin('GET', '/orders')).orders.find((order: { number: string }) => order.number === number);
  expect(order).toMatchObject({ total: 4900, status: 'pending_payment', streamId: show });

  // The host sees it come, and finds it again after a reload.
  const feed = studio.page.getByTestId('feed-order');
  await expect(feed).toContainText('Ada');
  await expect(feed).toContainText('2 × Rose balm');
  await expect(studio.page.getByTestId('feed-revenue')).toHaveText('1 order, $49.00');
  await studio.page.reload();
  await expect(studio.onAir).toBeVisible();
  await expect(feed).toHaveCount(1);
  await expect(studio.page.getByTestId('feed-revenue')).toHaveText('1 order, $49.00');

  const host = await people.host();
  await host.goto('/admin/orders');
  const row = host.getByTestId('order-row').filter({ hasText: number });
  await expect(row).toContainText('Ada');
  await row.locator('[data-to="paid"]').click();
  await expect(row.getByTestId('order-status')).toHaveAttribute('data-status', 'paid');
  await row.locator('[data-to="shipped"]').click();
  await expect(row.getByTestId('order-status')).toHaveAttribute('data-status', 'shipped');

  await page.goto('/account/orders');
  await expect(page.getByTestId('order-row').filter({ hasText: number })).toContainText('Shipped');
});

test('the cart counts, and forgets what is taken out', async ({ page, shop }) => {
  const [soap, brush] = [await shop.api.createProduct('Soap', { price: 500 }), await shop.api.createProduct('Brush', { price: 1500 })];
  const buying = new Buying(page);
  await page.goto(`/shop/${soap._id}`);
  await page.getByLabel('Quantity').selectOption('3');
  await page.getByTestId('add-to-cart').click();
  await expect(buying.count).toHaveText('3');
  await buying.add(brush._id, 4);

  await page.goto('/cart');
  await buying.ready();
  await expect(page.getByTestId('total')).toHaveText('$30.00');
  const more = buying.line(soap._id).getByRole('button', { name: 'One more of Soap' });
  await more.click();
  await expect(buying.line(soap._id).getByTestId('quantity')).toHaveText('4');
  await expect(more).toBeFocused();
  await expect(page.getByTestId('total')).toHaveText('$35.00');
  await buying.line(brush._id).getByTestId('remove-line').click();
  await expect(buying.lines).toHaveCount(1);
  await buying.line(soap._id).getByTestId('remove-line').click();
  await expect(page.getByText('Nothing in it yet')).toBeVisible();
  await expect(buying.count).toHaveText('0');
});

test('the last piece is held for one of two, and the other is told', async ({ people, shop, guard }) => {
  guard.allow(refused(409));
  const product = await shop.api.createProduct('Last lipstick', { stock: 1 });
  const [ada, bea] = [new Buying(await people.customer('Ada')), new Buying(await people.customer('Bea'))];
  await bea.add(product._id, 1);
  await ada.add(product._id, 1);
  await ada.checkout();
  await expect(ada.hold).toHaveAttribute('data-held', 'true');
  await expect(ada.page.getByTestId('hold-left')).toHaveText(/^(9:\d\d|10:00)$/);

  await bea.checkout();
  await expect(bea.refusal.getByRole('alert')).toContainText('in somebody’s checkout');
  await expect(bea.page.getByTestId('summary-line')).toContainText('in somebody’s checkout');
  await expect(bea.hold).toHaveAttribute('data-held', 'false');
  await expect(bea.page.getByTestId('checkout-submit')).toBeDisabled();

  // Whoever leaves the checkout lets go.
  const letGo = ada.page.waitForResponse(/\/fn\/release_hold/);
  await ada.page.getByRole('link', { name: 'Change the cart' }).click();
  await expect(ada.line(product._id)).toBeVisible();
  expect((await letGo).ok()).toBe(true);
  await bea.page.getByTestId('hold-again').click();
  await expect(bea.hold).toHaveAttribute('data-held', 'true');
  await bea.checkout();
  await bea.order();

  await ada.checkout();
  await expect(ada.refusal.getByRole('alert')).toContainText('sold out');
  await ada.page.goto('/cart');
  await expect(ada.line(product._id)).toContainText('Sold out');
  await expect(ada.page.getByTestId('checkout')).toHaveCount(0);
  await ada.page.goto(`/shop/${product._id}`);
  await expect(ada.page.getByTestId('add-to-cart')).toBeDisabled();
});

test('a checkout that the browser kept for the way back does not go on as if nothing had been', async ({ people, shop, guard }) => {
  guard.allow(refused(409));
  const product = await shop.api.createProduct('Last comb', { stock: 1 });
  const [ada, bea] = [new Buying(await people.customer('Ada')), new Buying(await people.customer('Bea'))];
  await bea.add(product._id, 1);
  await ada.add(product._id, 1);
  await ada.checkout();
  await expect(ada.hold).toHaveAttribute('data-held', 'true');
  // What a browser says to a page that it puts away, and later takes out again as it was.
  const say = (event: string) => ada.page.evaluate((event) => void window.dispatchEvent(new PageTransitionEvent(event, { persisted: true })), event);
  await say('pagehide');
  await expect(async () => {
    await bea.checkout();
    await expect(bea.hold).toHaveAttribute('data-held', 'true', { timeout: 1000 });
  }).toPass();
  await say('pageshow');
  await expect(ada.hold).toHaveAttribute('data-held', 'false');
  await expect(ada.refusal.getByRole('alert')).toContainText('in somebody’s checkout');

  await bea.order();
  await bea.page.goto('/cart');
  await bea.ready();
  await bea.add((await shop.api.createProduct('Mirror', { stock: 5 }))._id, 1);
  const other = await bea.page.context().newPage();
  await other.goto('/cart');
  await new Buying(other).ready();
  await other.getByTestId('remove-line').click();
  await expect(other.getByText('Nothing in it yet')).toBeVisible();
  await bea.page.evaluate(() => void window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await expect(bea.count, 'the cart of now').toHaveText('0');
});

test('a customer calls an order off, and what was taken is back', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Second thoughts', { stock: 3 });
  const page = await people.customer('Cleo');
  const buying = new Buying(page);
  await buying.add(product._id, 1);
  await buying.checkout();
  await buying.order();
  const stock = async () => (await shop.api.send('GET', `/products/${product._id}`)).body.product.stock;
  expect(await stock()).toBe(2);
  await page.getByTestId('cancel-order').click();
  await page.getByTestId('cancel-order-confirm').click();
  await expect(page.getByTestId('order-status')).toHaveAttribute('data-status', 'cancelled');
  expect(await stock()).toBe(3);
});

test('orders are nobody else’s business', async ({ people, shop, guard }) => {
  guard.allow(refused(404), refused(401));
  const product = await shop.api.createProduct('Private soap');
  const page = await people.customer('Ada');
  const buying = new Buying(page);
  await buying.add(product._id, 1);
  await buying.checkout();
  await buying.order();
  const address = page.url();

  const other = await people.customer('Eve');
  expect((await other.goto(address))?.status()).toBe(404);
  const guest = await people.guest();
  await guest.goto(address);
  await expect(guest).toHaveURL(/\/login\?next=/);
});
