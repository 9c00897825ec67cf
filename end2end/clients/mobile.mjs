// The two mobile apps of the replaced system: video goes over Agora, everything else over REST and the socket.

import assert from 'node:assert/strict';
import { Store } from './support/socket.mjs';

/** The host's app starts, runs and stops a show; the customer's app watches, speaks and likes. Gives the show's id. */
export async function aShowFromThePhone({ base, admin, guest }) {
  const { livestream } = await admin.post('/livestreams', { title: 'From the phone', description: '', quality: '720p' }, { status: 201 });
  const id = livestream._id;
  const channelName = `livestream_${id}`;
  const host = await Store.open(base);
  host.send({ type: 'register_admin', userId: livestream.createdBy, token: admin.token });
  await host.until('admin_registered', (state) => state.userId === livestream.createdBy);
  host.send({ type: 'start_stream', streamId: id });
  host.send({ type: 'start_stream', streamId: id });

  const { livestream: active } = await guest.get('/livestreams/active');
  assert.equal(active._id, id);
  const viewer = await Store.open(base);
  viewer.send({ type: 'register', sessionId: 'mobile_1' });
  await viewer.until('the show', (state) => state.isActive && state.title === 'From the phone');
  await guest.post(`/livestreams/${id}/view`, {});
  await host.until('a viewer', (state) => state.viewerCount === 1);
  assert.equal(host.frames.filter((frame) => frame.type === 'stream_started' && frame.streamId === id).length <= 1, true, 'a start is told once');

  const tokens = await agora({ admin, guest, channelName });
  viewer.send({ type: 'chat_message', message: 'hello from the bus', username: 'Ann' });
  await host.until('a message', (state) => state.chat.some((message) => message.message === 'hello from the bus' && message.username === 'Ann'));
  viewer.send({ type: 'toggle_like' });
  await host.until('a heart', (state) => state.likes === 1);

  // The app goes to the background, and comes back with what it last saw.
  const { seq } = viewer.state.chat.at(-1);
  await viewer.close();
  await host.until('nobody', (state) => state.viewerCount === 0);
  host.send({ type: 'chat_message', streamId: id, message: 'while you were away' });
  await host.until('it', (state) => state.chat.some((message) => message.message === 'while you were away'));
  const back = await Store.open(base);
  back.send({ type: 'register', sessionId: 'mobile_1', streamId: id, since: seq });
  await back.until('what was missed', (state) => state.chat.length === 1 && state.chat[0].message === 'while you were away');
  assert.deepEqual([back.state.liked, back.state.likes, back.state.viewCount], [true, 1, 1], 'the same visitor is known again');

  host.send({ type: 'stop_stream', streamId: id });
  host.send({ type: 'stop_stream', streamId: id });
  await back.until('the end', (state) => state.stopped?.streamId === id);
  const { livestream: ended } = await admin.post(`/livestreams/${id}/stop`, { maxViewers: 1, viewCount: 1, likes: 1 });
  assert.deepEqual([ended.isActive, ended.maxViewers, ended.likes], [false, 1, 1]);

  // A show whose app crashed: nobody was ever on air, and the host's socket is gone.
  await host.close();
  await back.close();
  return { id, tokens };
}

async function agora({ admin, guest, channelName }) {
  const audience = { channelName, role: 'audience' };
  // A shop that does not use Agora says so, and the app shows why there is no picture.
  const probe = await fetch(`${guest.base}${guest.prefix}/livestreams/agora/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(audience),
  });
  if (probe.status === 503) {
    assert.equal((await probe.json()).code, 'agora_not_configured');
    return 'not configured here';
  }
  const watching = await guest.post('/livestreams/agora/token', audience);
  const hosting = await admin.post('/livestreams/agora/token', { channelName, role: 'publisher', uid: 7 });
  for (const [answer, uid] of [[watching, 0], [hosting, 7]]) {
    assert.match(answer.token, /^006[0-9a-f]{32}/);
    assert.equal(answer.token.slice(3, 35), answer.appId);
    assert.deepEqual([answer.channelName, answer.uid], [channelName, uid]);
    const hours = (Date.parse(answer.expiresAt) - Date.now()) / 3_600_000;
    assert.ok(hours > 23.9 && hours < 24.1, answer.expiresAt);
  }
  assert.match((await guest.post('/livestreams/agora/token?version=007', audience)).token, /^007/);
  await guest.post('/livestreams/agora/token', { channelName, role: 'publisher' }, { status: 401 });
  return 'two versions';
}
