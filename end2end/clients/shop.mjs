// What both kinds of clients do outside of shows: accounts, products, orders, and how they are refused.

import assert from 'node:assert/strict';

/** Registers a customer as both apps do. Gives the token. */
export async function register(guest, name) {
  const account = { name, email: `${name.toLowerCase()}-${Date.now()}@example.test`, password: 'a long enough password' };
  const { token, user } = await guest.post('/auth/register', account, { status: 201 });
  assert.deepEqual([user.email, user.name, user.role], [account.email, name, 'customer']);
  assert.equal('password' in user, false);
  await guest.post('/auth/register', account, { status: 409 });
  const again = await guest.post('/auth/login', { email: account.email, password: account.password });
  assert.equal(again.user._id, user._id);
  await guest.post('/auth/login', { email: account.email, password: 'not it' }, { status: 401 });
  assert.equal((await guest.as(token).get('/auth/me')).user._id, user._id);
  return token;
}

/** A product is made, changed, read and refused. Gives it. */
export async function products({ admin, customer, guest }) {
  const { product } = await admin.post('/products', { name: 'Lipstick', description: '', price: 1299, currency: 'EUR', stock: 5 }, { status: 201 });
  await customer.post('/products', { name: 'x', price: 1 }, { status: 403 });
  await guest.post('/products', { name: 'x', price: 1 }, { status: 401 });
  await admin.put(`/products/${product._id}`, { description: 'red' });
  const { product: read } = await guest.get(`/products/${product._id}`);
  assert.deepEqual([read.description, read.price, read.stock, read.active], ['red', 1299, 5, true]);
  const { products: list } = await guest.get('/products');
  assert.ok(list.some((entry) => entry._id === product._id));
  return read;
}

/** A customer buys two of a product with stock of five, twice; a third time there are not enough. */
export async function orders({ admin, customer, guest, product, show }) {
  const body = { items: [{ productId: product._id, quantity: 2 }] };
  await guest.post('/orders', body, { status: 401 });
  const { order } = await customer.post('/orders', body, { status: 201 });
  assert.deepEqual([order.total, order.currency, order.items[0].name], [2598, 'EUR', 'Lipstick']);
  const keyed = { status: 201, headers: { 'idempotency-key': `key-${order._id}` } };
  const { order: second } = await customer.post('/orders', { ...body, streamId: show }, keyed);
  const { order: same } = await customer.post('/orders', { ...body, streamId: show }, { ...keyed, status: 200 });
  assert.equal(same._id, second._id);
  assert.notEqual(second.number, order.number);
  assert.equal((await customer.post('/orders', body, { status: 409 })).code, 'out_of_stock');
  assert.equal((await guest.get(`/products/${product._id}`)).product.stock, 1);
  assert.equal((await customer.get('/orders')).orders.length, 2);
  assert.equal((await customer.get(`/orders/${order._id}`)).order.number, order.number);
  await guest.get(`/orders/${order._id}`, { status: 401 });
  const { orders: all, total } = await admin.get('/orders?limit=10&skip=0');
  assert.deepEqual([all.length, total], [2, 2]);
  await customer.put(`/orders/${order._id}/status`, { status: 'paid' }, { status: 403 });
  assert.equal((await admin.put(`/orders/${order._id}/status`, { status: 'paid' })).order.status, 'paid');
  assert.equal((await customer.put(`/orders/${second._id}/status`, { status: 'cancelled' })).order.status, 'cancelled');
  assert.equal((await guest.get(`/products/${product._id}`)).product.stock, 3);
}

/** What clients of either kind run into: lists by role, ids that are none, fields that may not be set, shows that hang. */
export async function refusals({ admin, customer, guest, show }) {
  for (const path of ['/livestreams', '/livestreams/cleanup', `/livestreams/${show}/stop`, `/livestreams/${show}/pin-product`]) {
    await customer.post(path, {}, { status: 403 });
    await guest.post(path, {}, { status: 401 });
  }
  await guest.get('/livestreams/zzz', { status: 400 });
  await guest.get('/livestreams/65f0c1d2e3a4b5968778695a', { status: 404 });
  await admin.put(`/livestreams/${show}`, { likes: 9999 }, { status: 422 });
  await admin.put(`/livestreams/${show}`, { videoUrl: 'https://elsewhere.example/a.webm' }, { status: 422 });
  await admin.post('/livestreams', {}, { status: 422 });
  assert.ok((await admin.get('/livestreams')).livestreams.length >= 1);
  assert.equal((await guest.get('/livestreams')).livestreams.length, 0, 'others see what is live or planned');
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const { livestream: planned } = await admin.post('/livestreams', { title: 'Later', scheduledAt: later }, { status: 201 });
  assert.deepEqual([planned.status, planned.isActive, planned.scheduledAt], ['scheduled', false, later]);
  assert.equal((await guest.get('/livestreams')).livestreams[0]._id, planned._id);
  assert.equal((await admin.post(`/livestreams/${planned._id}/start`)).livestream.status, 'live');
  assert.equal((await admin.delete(`/livestreams/${planned._id}`)).livestream.status, 'ended');
  assert.deepEqual(await admin.post('/livestreams/cleanup'), { cleaned: 0, livestreams: [] });
  await admin.delete(`/livestreams/${planned._id}`);
  await guest.get(`/livestreams/${planned._id}`, { status: 404 });
  assert.ok(Array.isArray((await guest.get('/ice-servers')).iceServers));
}
