import { Buying } from '../pages/shop_pages';
import { AuthPage } from '../pages/auth_page';
import { admin } from '../support/server';
import { expect, test } from '../support/test';

// Without JavaScript the pages are documents: read, followed, sent. Chromium reports the script that it does not load as refused.
test.beforeEach(({ guard }) => guard.allow(/request failed, csp: .*\/pkg\/\w+(\.\w+)?\.js/));

test('home leads to the shop and the shop to its products', async ({ page, shop }) => {
  const product = await shop.api.createProduct('Paper soap', { price: 1250 });
  await page.goto('/');
  await expect(page.locator('h1')).toBeVisible();
  await page.locator('a[href="/shop"]:visible').first().click();
  await page.locator(`a[href="/shop/${product._id}"]`).first().click();
  await expect(page.locator('h1')).toContainText('Paper soap');
  await expect(page.getByText('12.50').first()).toBeVisible();
});

test('a live show can be read: its title, its shelf, and why there is no picture', async ({ page, shop }) => {
  const product = await shop.api.createProduct('Paper balm');
  const show = await shop.api.startShow('Readable show');
  await shop.api.asAdmin('POST', `/livestreams/${show._id}/pin-product`, { productId: product._id });
  await page.goto('/live');
  await expect(page.getByText('Readable show').first()).toBeVisible();
  await expect(page.locator(`[data-testid="pinned-product"][data-product-id="${product._id}"]`)).toContainText('Paper balm');
  await expect(page.getByText(/JavaScript/).first()).toBeVisible();
});

test('past shows are listed and open', async ({ page, shop }) => {
  const show = await shop.api.startShow('Yesterday');
  await shop.api.asAdmin('POST', `/livestreams/${show._id}/stop`, {});
  await page.goto('/');
  await page.locator(`a[href="/replays/${show._id}"]`).first().click();
  await expect(page.locator('h1')).toContainText('Yesterday');
});

test('forms sign people in and out', async ({ page }) => {
  await new AuthPage(page).login(admin.email, admin.password, '/admin/shows');
  await expect(page).toHaveURL(/\/admin\/shows$/);
  await expect(page.locator('h1')).toBeVisible();

  await page.context().clearCookies();
  const auth = new AuthPage(page);
  await auth.register('Nora', `nora.${Date.now()}@example.com`, 'correct horse battery');
  await expect(page).not.toHaveURL(/\/register/);
  await page.goto('/login');
  await new AuthPage(page).login(admin.email, 'not the password');
  await expect(page).toHaveURL(/\/login/);
});

test('a product is bought with forms alone', async ({ page, shop }) => {
  const product = await shop.api.createProduct('Paper comb', { price: 700, stock: 9 });
  const buying = new Buying(page);
  await page.goto(`/shop/${product._id}`);
  await page.getByTestId('add-to-cart').click();
  await expect(page).toHaveURL(new RegExp(`/shop/${product._id}`));
  await expect(buying.count).toHaveText('1');
  await page.goto('/cart');
  await page.getByRole('button', { name: 'One more of Paper comb' }).click();
  await expect(page.getByTestId('total')).toHaveText('$14.00');
  await page.getByTestId('checkout').click();
  await expect(page).toHaveURL(/\/login\?next=\/checkout/);
  const email = `nora.${Date.now()}@example.com`;
  await shop.api.register(email, 'correct horse battery', 'Nora');
  await page.getByTestId('email').fill(email);
  await page.getByTestId('password').fill('correct horse battery');
  await page.getByTestId('auth-submit').click();
  await expect(page).toHaveURL(/\/checkout$/);
  await expect(buying.hold).toContainText('Held for you');
  // An address that browsers take and the shop does not: what was typed comes back with the reason.
  await page.getByTestId('contact-email').fill(`${'n'.repeat(65)}@example.com`);
  await page.getByTestId('checkout-note').fill('Ring twice');
  await buying.fillIn();
  await page.getByTestId('checkout-submit').click();
  await expect(buying.refusal.getByRole('alert')).toBeVisible();
  await expect(page.getByTestId('address-line1')).toHaveValue('Wren Lane 7');
  await expect(page.getByTestId('checkout-note')).toHaveValue('Ring twice');
  await page.getByTestId('contact-email').fill(email);
  const number = await buying.order();
  await expect(page.locator('h1')).toContainText('Thank you');
  await expect(buying.count).toHaveText('0');

  // The host moves it on, with forms alone as well.
  await page.context().clearCookies();
  await new AuthPage(page).login(admin.email, admin.password, '/admin/orders');
  const row = page.getByTestId('order-row').filter({ hasText: number });
  await row.locator('[data-to="paid"]').click();
  await expect(row.getByTestId('order-status')).toHaveAttribute('data-status', 'paid');
});
