import { AuthPage } from '../pages/auth_page';
import { admin } from '../support/server';
import { expect, test } from '../support/test';

const adminPages = ['/admin', '/admin/studio', '/admin/shows', '/admin/plan', '/admin/orders', `/admin/encoder/${'0'.repeat(24)}`, '/admin/products'];
// Chromium writes every refused request into the console.
const refused = (status: number) => new RegExp(`status of ${status}`);

test('guests are sent to sign in, and back to where they wanted to go', async ({ page, guard }) => {
  guard.allow(refused(401));
  for (const path of adminPages) {
    await page.goto(path);
    await expect(page).toHaveURL(new RegExp(`/login\\?next=${encodeURIComponent(path).replaceAll('%2F', '(%2F|/)')}`));
  }
  await page.getByTestId('email').fill(admin.email);
  await page.getByTestId('password').fill(admin.password);
  await page.getByTestId('auth-submit').click();
  await expect(page).toHaveURL(/\/admin\/products$/);
});

test('customers are refused the pages of the shop owner', async ({ people, guard }) => {
  guard.allow(refused(403));
  const page = await people.customer('Ada');
  for (const path of adminPages) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(403);
    await expect(page.getByTestId('go-live')).toHaveCount(0);
  }
});

test('customers and guests are refused what only the host may do', async ({ shop }) => {
  const show = await shop.api.startShow('Mine');
  const product = await shop.api.createProduct('Not yours');
  const { token } = await shop.api.register(`eve.${Date.now()}@example.com`, 'correct horse battery', 'Eve');
  const writes: [string, string, unknown][] = [
    ['POST', '/livestreams', { title: 'x', description: '', quality: '720p' }],
    ['PUT', `/livestreams/${show._id}`, { title: 'stolen' }],
    ['POST', `/livestreams/${show._id}/stop`, {}],
    ['DELETE', `/livestreams/${show._id}`, undefined],
    ['POST', `/livestreams/${show._id}/pin-product`, { productId: product._id }],
    ['POST', '/products', { name: 'x', price: 1 }],
    ['PUT', `/products/${product._id}`, { price: 1 }],
    ['DELETE', `/products/${product._id}`, undefined],
  ];
  for (const [method, path, body] of writes) {
    expect((await shop.api.send(method, path, body)).status, `guest ${method} ${path}`).toBe(401);
    expect((await shop.api.send(method, path, body, token)).status, `customer ${method} ${path}`).toBe(403);
  }
  const after = await shop.api.show(show._id);
  expect([after.title, after.status, after.pinnedProducts.length]).toEqual(['Mine', 'live', 0]);
});

test('registering, leaving and signing in again', async ({ page, guard }) => {
  guard.allow(refused(401), refused(409), refused(422));
  const auth = new AuthPage(page);
  const email = `ada.${Date.now()}@example.com`;
  await auth.register('Ada', email, 'short');
  await expect(page.getByText(/8 to 128 characters/i)).toBeVisible();
  await auth.register('Ada', email, 'correct horse battery');
  await expect(page).not.toHaveURL(/register/);
  await expect(page.getByText('Ada').first()).toBeVisible();

  await page.context().clearCookies();
  await auth.register('Ada again', email, 'correct horse battery');
  await expect(page).toHaveURL(/register/);
  await expect(page.getByRole('alert').or(page.getByText(/already/i)).first()).toBeVisible();

  await auth.login(email, 'wrong password');
  await expect(page).toHaveURL(/login/);
  await expect(page.getByRole('alert').or(page.getByText(/e-mail.*password|password.*wrong/i)).first()).toBeVisible();
  await auth.login(email, 'correct horse battery');
  await expect(page).not.toHaveURL(/login/);
});

test('signing in never leads to another site', async ({ page, shop, guard }) => {
  for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const email = `next.${Math.random().toString(36).slice(2)}@example.com`;
    await shop.api.register(email, 'correct horse battery', 'Ada');
    await page.context().clearCookies();
    await new AuthPage(page).login(email, 'correct horse battery', next);
    await expect(page).not.toHaveURL(/\/login/);
    expect(new URL(page.url()).origin, next).toBe(shop.url);
  }
  guard.allow();
});
