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

test('the last piece goes to one of two, and the other is told', async ({ people, shop, guard }) => {
  guard.allow(refused(409));
  const product = await shop.api.createProduct('Last lipstick', { stock: 1 });
  const both = [];
  for (const name of ['Ada', 'Bea']) {
    const buying = new Buying(await people.customer(name));
    await buying.add(product._id, 1);
    await buying.checkout();
    both.push(buying);
  }
  const [ada, bea] = both;
  await ada.order();
  await bea.fillIn();
  await bea.page.getByTestId('checkout-submit').click();
  await expect(bea.refusal.getByRole('alert')).toBeVisible();
  // What was typed is still there.
  await expect(bea.page.getByTestId('address-line1')).toHaveValue(/Wren/);
  await bea.page.goto('/cart');
  await expect(bea.line(product._id)).toContainText('Sold out');
  await expect(bea.page.getByTestId('checkout')).toHaveCount(0);
  await bea.page.goto(`/shop/${product._id}`);
  await expect(bea.page.getByTestId('add-to-cart')).toBeDisabled();
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
