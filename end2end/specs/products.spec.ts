import { StudioPage } from '../pages/studio_page';
import { picture } from '../support/picture';
import { expect, test } from '../support/test';

test('a product with a picture is made, changed, and found on the shelf of the studio', async ({ people, shop }) => {
  const page = await people.host();
  const name = `Amber oil ${Date.now()}`;
  await page.goto('/admin/products');
  await page.getByTestId('new-product').click();
  await page.getByTestId('product-name').fill(name);
  await page.getByTestId('product-price').fill('24.50');
  await page.getByTestId('product-stock').fill('7');
  await page.getByTestId('product-image').setInputFiles({ name: 'amber.png', mimeType: 'image/png', buffer: picture() });
  await expect(page.getByTestId('product-picture')).toBeVisible();
  await page.getByTestId('product-save').click();
  const row = page.getByRole('row', { name: new RegExp(name) }).or(page.getByTestId('product-row').filter({ hasText: name })).first();
  await expect(row).toBeVisible();

  const { body } = await shop.api.send('GET', `/products?search=${encodeURIComponent(name)}`);
  const [product] = body.products;
  expect(product).toMatchObject({ name, price: 2450, stock: 7 });
  expect(product.images).toHaveLength(1);
  const served = await fetch(`${shop.url}${product.images[0]}`);
  expect(served.status).toBe(200);
  expect(served.headers.get('content-type')).toMatch(/^image\/(jpeg|webp)$/);

  await row.getByTestId('edit-product').click();
  await page.getByTestId('product-price').fill('19.90');
  await page.getByTestId('product-stock').fill('5');
  await page.getByTestId('product-save').click();
  await expect.poll(async () => (await shop.api.send('GET', `/products/${product._id}`)).body.product).toMatchObject({ price: 1990, stock: 5 });

  // What is sold while the form is open stays sold.
  await row.getByTestId('edit-product').click();
  await expect(page.getByTestId('product-stock')).toHaveValue('5');
  await shop.api.asAdmin('PUT', `/products/${product._id}`, { stock: 3 });
  await page.getByTestId('product-price').fill('21.00');
  await page.getByTestId('product-save').click();
  await expect.poll(async () => (await shop.api.send('GET', `/products/${product._id}`)).body.product).toMatchObject({ price: 2100, stock: 3 });

  const studio = new StudioPage(page);
  await studio.goLive('Amber');
  await expect(studio.row(product._id)).toContainText(name);
  await studio.pin(product._id);
});

test('a file that is no picture is refused with a sentence', async ({ people, guard }) => {
  guard.allow(/status of 4\d\d/);
  const page = await people.host();
  await page.goto('/admin/products');
  await page.getByTestId('new-product').click();
  await page.getByTestId('product-image').setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<html>not a picture</html>') });
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.getByTestId('product-picture')).toHaveCount(0);
});
