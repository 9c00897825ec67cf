// The web store of the replaced system, both of its pages: an admin who broadcasts and customers who watch. WebRTC frames
// carry texts that stand for descriptions: what is checked here is the way they take, not what they say.

import assert from 'node:assert/strict';
import { png, webm } from './support/media.mjs';
import { Store } from './support/socket.mjs';

/** From "start" to "stop", with chat, hearts and products in between, as the pages' code does it. */
export async function aWholeShow({ base, admin, customer, guest, product }) {
  // The admin's page: the record first, then socket, roles and broadcast.
  const { livestream } = await admin.post('/livestreams', { title: 'Spring colours', description: 'New in', quality: '720p' }, { status: 201 });
  const id = livestream._id;
  assert.equal(livestream.isActive, true);
  assert.equal((await admin.post('/livestreams', { title: 'Second' }, { status: 400 })).message, 'Another livestream is active');
  const host = await Store.open(base, { token: admin.token });
  host.send({ type: 'register_admin', userId: livestream.createdBy });
  await host.until('admin_registered', (state) => state.userId === livestream.createdBy);
  host.send({ type: 'webrtc_register', peerId: 'admin-1', userType: 'admin' });
  host.send({ type: 'webrtc_broadcast_start', peerId: 'admin-1' });
  host.send({ type: 'stream_started', streamData: { isActive: true, streamId: id, title: livestream.title, startTime: livestream.startTime } });

  // The customer's page: what is live, its shelf, then the socket.
  const { livestream: found } = await guest.get('/livestreams/active');
  assert.equal(found._id, id);
  assert.deepEqual((await guest.get(`/livestreams/${id}/pinned-products`)).pinnedProducts, []);
  const viewer = await Store.open(base);
  viewer.send({ type: 'register', sessionId: 'session_web_1' });
  await viewer.until('the broadcaster', (state) => state.broadcaster === 'admin-1');
  assert.equal(viewer.state.sessionId, 'session_web_1', 'the name a client gave is echoed');
  assert.deepEqual(viewer.kinds().slice(0, 4), ['registered', 'stream_update', 'chat_history', 'pinned_products_updated']);
  for (const field of ['isActive', 'title', 'description', 'quality', 'startTime', 'viewerCount', 'viewCount', 'likes', 'likedBy', 'maxViewers', 'peakViewers']) {
    assert.ok(field in viewer.state, `the first stream_update has ${field}`);
  }
  assert.equal((await guest.post(`/livestreams/${id}/view`)).viewCount, 1);
  const signedIn = await Store.open(base, { path: '/ws', token: customer.token });
  signedIn.send({ type: 'register', sessionId: 'session_web_2' });
  await host.until('two viewers', (state) => state.viewerCount === 2);

  await signaling(host, viewer);
  await chatting({ id, host, viewer, signedIn, guest });
  await liking({ id, host, viewer, signedIn, customer });
  await pinning({ id, host, viewer, admin, product });

  // The end: files first, then the record, then everyone is told.
  await recording({ id, admin, guest });
  const { livestream: stopped } = await admin.post(`/livestreams/${id}/stop`, { maxViewers: 900, viewCount: 900, likes: 900 });
  assert.equal(stopped.isActive, false);
  assert.ok(stopped.maxViewers === 2 && stopped.viewCount === 1 && stopped.likes === 1, 'the server counts for itself');
  host.send({ type: 'stream_stopped', streamId: id });
  for (const page of [host, viewer, signedIn]) {
    await page.until('stream_stopped', (state) => state.stopped?.streamId === id && state.isActive === false);
    await page.until('an empty shelf', (state) => state.pinned.length === 0);
  }
  assert.equal(viewer.frames.filter((frame) => frame.type === 'stream_stopped').length, 1, 'the end is told once');
  assert.equal((await guest.get('/livestreams/active')).livestream, null);
  const { livestreams: past, total } = await guest.get('/livestreams/past?limit=10&skip=0');
  assert.deepEqual([past[0]._id, total], [id, 1]);
  assert.ok(past[0].videoUrl.startsWith('/uploads/') && past[0].thumbnailUrl.startsWith('/uploads/') && past[0].isRecorded);
  await Promise.all([host.close(), viewer.close(), signedIn.close()]);
  return id;
}

async function signaling(host, viewer) {
  viewer.send({ type: 'webrtc_register', peerId: 'customer-1', userType: 'customer' });
  viewer.send({ type: 'webrtc_new_customer', customerId: 'customer-1' });
  await host.until('a customer who waits', (state) => state.waiting === 'customer-1');
  host.send({ type: 'webrtc_offer', from: 'admin-1', to: 'customer-1', offer: { type: 'offer', sdp: 'v=0\r\n' } });
  await viewer.until('the offer', (state) => state.signals.some((frame) => frame.type === 'webrtc_offer' && frame.from === 'admin-1' && frame.offer.sdp === 'v=0\r\n'));
  viewer.send({ type: 'webrtc_answer', from: 'admin-1', to: 'admin-1', answer: { type: 'answer', sdp: 'v=0\r\n' } });
  await host.until('the answer', (state) => state.signals.some((frame) => frame.type === 'webrtc_answer' && frame.from === 'customer-1'));
  const candidate = { candidate: 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null };
  viewer.send({ type: 'webrtc_ice_candidate', to: 'admin-1', candidate });
  host.send({ type: 'webrtc_ice_candidate', to: 'customer-1', from: 'admin-1', candidate });
  for (const [page, from] of [[host, 'customer-1'], [viewer, 'admin-1']]) {
    const heard = (frame) => frame.type === 'webrtc_ice_candidate' && frame.from === from && frame.candidate?.candidate === candidate.candidate;
    await page.until('a candidate', (state) => state.signals.some(heard));
  }
  const refused = await viewer.refusal({ type: 'webrtc_offer', to: 'admin-1', from: 'admin-1', offer: { type: 'offer', sdp: 'v=0\r\n' } });
  assert.equal(refused.re, 'webrtc_offer');
}

async function chatting({ id, host, viewer, signedIn, guest }) {
  const pages = [host, viewer, signedIn];
  const heard = async (text, expected) => {
    for (const page of pages) {
      const { chat } = await page.until(text, (state) => state.chat.some((message) => message.message === text));
      const message = chat.find((entry) => entry.message === text);
      assert.deepEqual({ username: message.username, isAdmin: message.isAdmin }, expected, text);
      assert.ok(Number.isFinite(Date.parse(message.timestamp)) && message.id, 'a message has an id and a time');
    }
  };
  // The store puts its message object into the frame, or spreads it over the frame: both were seen.
  const made = { id: Date.now(), username: 'Mai', message: 'is it vegan?', timestamp: new Date(), isAdmin: true };
  viewer.send({ type: 'chat_message', message: made });
  await heard('is it vegan?', { username: 'Mai', isAdmin: false });
  viewer.send({ ...made, type: 'chat_message', streamId: id, message: 'and the price?' });
  await heard('and the price?', { username: 'Mai', isAdmin: false });
  signedIn.send({ type: 'chat_message', streamId: id, username: 'Someone else', message: 'signed in', isAdmin: true });
  await heard('signed in', { username: 'Lena', isAdmin: false });
  host.send({ type: 'chat_message', streamId: id, username: 'Admin', message: 'yes, it is', isAdmin: true });
  await host.until('the own message', (state) => state.chat.some((message) => message.message === 'yes, it is' && message.isAdmin));
  await viewer.until('the host', (state) => state.chat.some((message) => message.message === 'yes, it is' && message.isAdmin));
  await guest.post(`/livestreams/${id}/chat`, { username: 'Rest', message: 'by route' }, { status: 201 });
  await heard('by route', { username: 'Rest', isAdmin: false });
  const { messages } = await guest.get(`/livestreams/${id}/chat`);
  const { livestream } = await guest.get(`/livestreams/${id}`);
  for (const list of [messages, livestream.chatMessages, viewer.state.chat]) {
    assert.deepEqual(list.map((entry) => entry.message), ['is it vegan?', 'and the price?', 'signed in', 'yes, it is', 'by route']);
  }
  assert.equal((await guest.get(`/livestreams/${id}/chat?limit=2`)).messages.length, 2);
}

async function liking({ id, host, viewer, signedIn, customer }) {
  viewer.send({ type: 'toggle_like', userId: null, sessionId: 'session_web_1' });
  await host.until('one heart', (state) => state.likes === 1);
  await viewer.until('the own heart', (state) => state.likedBy?.includes('session_web_1') && state.liked === true);
  assert.deepEqual(host.state.likedBy, [], 'nobody is told who liked');
  viewer.send({ type: 'toggle_like', userId: null, sessionId: 'session_web_1', streamId: id });
  await signedIn.until('no heart', (state) => state.likes === 0);
  await viewer.until('no own heart', (state) => state.liked === false && state.likedBy.length === 0);
  assert.deepEqual(await customer.post(`/livestreams/${id}/like`), { likes: 1, liked: true });
  await viewer.until('one heart', (state) => state.likes === 1);
  assert.equal((await customer.get(`/livestreams/${id}`)).livestream.likedBy.length, 1);
}

async function pinning({ id, host, viewer, admin, product }) {
  const { pinnedProducts } = await admin.post(`/livestreams/${id}/pin-product`, { productId: product._id });
  const [pin] = pinnedProducts;
  assert.equal(pin.productId, product._id);
  assert.deepEqual([pin.product.name, pin.product.price, pin.displayOrder, pin.isActive], [product.name, product.price, 0, true]);
  // What the store broadcasts is a hint: the server tells its own list.
  host.send({ type: 'pinned_products_updated', streamId: id, pinnedProducts: [{ productId: 'not one of ours' }] });
  await viewer.until('a pin', (state) => state.pinned.length === 1 && state.pinned[0].productId === product._id);
  const other = (await admin.post('/products', { name: 'Gloss', price: 900, stock: 3 }, { status: 201 })).product;
  await admin.post(`/livestreams/${id}/products`, { productIds: [product._id, other._id] });
  await viewer.until('two pins', (state) => state.pinned.length === 2);
  const order = { productIds: [other._id, product._id] };
  await admin.put(`/livestreams/${id}/pinned-products/order`, order);
  await viewer.until('another order', (state) => state.pinned[0].productId === other._id);
  const { pinnedProducts: current } = await admin.put(`/livestreams/${id}/pinned-products/order`, { productIds: [other._id] }, { status: 409 });
  assert.equal(current.length, 2);
  await admin.delete(`/livestreams/${id}/pin-product/${other._id}`);
  await viewer.until('one pin', (state) => state.pinned.length === 1);
  await admin.post(`/livestreams/${id}/unpin-product`, { productId: product._id });
  await viewer.until('no pins', (state) => state.pinned.length === 0);
  await admin.post(`/livestreams/${id}/pin-product`, { productId: product._id });
  await viewer.until('the pin again', (state) => state.pinned.length === 1);
  const refused = await viewer.refusal({ type: 'pinned_products_updated', pinnedProducts: [] });
  assert.equal(refused.code, 'unauthorized');
}

async function recording({ id, admin, guest }) {
  const video = webm(200_000);
  const blob = new FormData();
  blob.append('video', new Blob([video], { type: 'video/webm' }));
  const uploaded = await admin.post(`/livestreams/${id}/upload`, blob, { status: 201 });
  assert.equal(uploaded.videoUrl, `/uploads/livestreams/${uploaded.filename}`);
  const other = new FormData();
  other.append('livestreamId', id);
  other.append('video', new Blob([video], { type: 'video/webm' }), 'stream-1.webm');
  const again = await admin.post('/uploads/livestream-video', other, { status: 201 });
  assert.equal(again.url, again.videoUrl);
  const thumbnail = new FormData();
  thumbnail.append('thumbnail', new Blob([png(64, 36)], { type: 'image/png' }), 'thumbnail.jpg');
  thumbnail.append('livestreamId', id);
  const { thumbnailUrl } = await admin.post('/uploads/thumbnail', thumbnail, { status: 201 });
  // The page writes the path without its slash.
  const update = { videoUrl: `uploads/livestreams/${uploaded.filename}`, thumbnailUrl, isRecorded: true };
  const { livestream } = await admin.put(`/livestreams/${id}`, update);
  assert.deepEqual([livestream.videoUrl, livestream.thumbnailUrl, livestream.isRecorded], [uploaded.videoUrl, thumbnailUrl, true]);
  const part = await guest.file(livestream.videoUrl, { range: 'bytes=0-3' });
  assert.deepEqual([part.status, part.headers.get('content-type')], [206, 'video/webm']);
  assert.deepEqual([...new Uint8Array(await part.arrayBuffer())], [...video.subarray(0, 4)]);
  const picture = await guest.file(thumbnailUrl);
  assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpeg']);
  const wrong = new FormData();
  wrong.append('video', new Blob(['<script>'], { type: 'video/webm' }), 'x.webm');
  await admin.post('/uploads/livestream-video', wrong, { status: 415 });
}
