import type { Page } from '@playwright/test';
import { AuthPage } from '../pages/auth_page';
import { Buying } from '../pages/shop_pages';
import { StudioPage } from '../pages/studio_page';
import type { ShopApi } from '../support/api';
import { admin } from '../support/server';
import { expect, test } from '../support/test';

// Who is signed out while a page of theirs is open, from another device or because their time is over.
const refused = /status of 401/;

async function signOutElsewhere(page: Page, api: ShopApi): Promise<void> {
  const token = (await page.context().cookies()).find(({ name }) => name === 'wrencos_token')?.value;
  expect((await api.send('POST', '/auth/logout', {}, token)).status).toBe(200);
}

/** Follows the way that the page names, and waits to be back where it began. */
async function signInAgain(page: Page, email: string, password: string, back: RegExp): Promise<void> {
  await page.getByTestId('sign-in-again').click();
  await page.getByTestId('email').fill(email);
  await page.getByTestId('password').fill(password);
  await page.getByTestId('auth-submit').click();
  await expect(page).toHaveURL(back);
}

test('a host who is signed out on air is told so, and goes on after signing in', async ({ page, shop, guard }) => {
  test.setTimeout(90_000);
  guard.allow(refused);
  const studio = new StudioPage(page);
  await new AuthPage(page).login(admin.email, admin.password);
  await expect(page).not.toHaveURL(/login/);
  const id = await studio.goLive('Never lost', { record: false });
  await signOutElsewhere(page, shop.api);
  // The server asks its sockets from time to time whether their sessions still hold.
  await expect(page.getByTestId('signed-out')).toContainText('You are signed out', { timeout: 60_000 });
  await expect(page.getByText(/trying again by itself/i)).toHaveCount(0);
  await signInAgain(page, admin.email, admin.password, new RegExp(`/admin/studio/${id}$`));
  await expect(studio.onAir).toBeVisible();
  await expect(page.getByTestId('signed-out')).toHaveCount(0);
});

test('a customer who is signed out keeps the cart, is told so there and in the checkout, and comes back to it', async ({ page, shop, guard }) => {
  guard.allow(refused);
  const [soap, brush] = [await shop.api.createProduct('Soap', { price: 500 }), await shop.api.createProduct('Brush', { price: 1500 })];
  const [email, password] = [`ada.${Date.now()}@example.com`, 'correct horse battery'];
  await new AuthPage(page).register('Ada', email, password);
  await expect(page).not.toHaveURL(/register/);
  const buying = new Buying(page);
  await buying.add(soap._id, 1);
  await buying.add(brush._id, 2);
  await page.goto('/cart');
  await buying.ready();
  await signOutElsewhere(page, shop.api);
  await buying.line(soap._id).getByRole('button', { name: 'One more of Soap' }).click();
  await expect(page.getByRole('alert')).toContainText('Sign in first.');
  await expect(buying.lines).toHaveCount(2);
  await signInAgain(page, email, password, /\/cart$/);
  await expect(buying.lines).toHaveCount(2);
  await expect(buying.line(soap._id).getByTestId('quantity')).toHaveText('1');

  await buying.checkout();
  await buying.fillIn();
  await signOutElsewhere(page, shop.api);
  await page.getByTestId('checkout-submit').click();
  await expect(buying.refusal).toContainText('Sign in to order.');
  await signInAgain(page, email, password, /\/checkout$/);
  await buying.ready();
  await buying.order();
});
