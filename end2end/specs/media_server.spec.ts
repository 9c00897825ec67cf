import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { audience, expectServed } from '../support/audience';
import { OFFLINE } from '../support/guard';
import { carried, expectMoving, figure } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

// A shop whose pictures go through the server: the host sends once, whoever watches.
const test = base.extend<object, object>({
  server: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`sfu${worker.workerIndex}`, { MEDIA: 'sfu', SFU_UDP_PORT: '0' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.describe.configure({ timeout: 120_000 });

test('four viewers see and hear the host, who sends once', async ({ people, shop }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Once for all', { record: false });
  const viewers = await audience(people, ['Ada', 'Bea', 'Cleo', 'Dora']);
  await expectServed(viewers, 25, 5000);
  expect(await carried(studio.page), 'the host has one connection').toMatchObject({ open: 1, made: 1 });
  expect(await viewers[0].pictureSize()).toEqual([1280, 720]);
  expect(await viewers[0].qualities(), 'the host sends every size').toEqual(['Auto', 'High', 'Medium', 'Low', 'Sound only']);
  await expect.poll(() => figure(shop.url, 'wrencos_sfu_viewers')).toBe(4);

  // Whoever leaves frees the connection, and the others see nothing of it.
  await viewers.pop()!.page.close();
  await expect.poll(() => figure(shop.url, 'wrencos_sfu_viewers'), { timeout: 5000 }).toBe(3);
  await expect.poll(() => figure(shop.url, 'wrencos_sfu_connections')).toBe(4);
  await expectMoving(viewers[0].video);
  await studio.stop();
  await expect(viewers[0].ended).toBeVisible();
  await expect.poll(() => figure(shop.url, 'wrencos_sfu_connections'), { timeout: 5000 }).toBe(0);
});

test('who comes late need not wait for a key frame of the host’s own accord', async ({ people, shop }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Late', { record: false });
  const early = new WatchPage(await people.guest('Ada'));
  await early.watch();
  const asked = await figure(shop.url, 'wrencos_sfu_key_requests_total');
  const late = new WatchPage(await people.guest('Bea'));
  await late.watch();
  const waited = await late.page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(name)[0].startTime;
    return at('wrencos:first-frame') - at('wrencos:socket-open');
  });
  console.log(`open socket to first frame: ${Math.round(waited)} ms`);
  await expect.poll(() => figure(shop.url, 'wrencos_sfu_key_requests_total')).toBeGreaterThan(asked);
  await expectMoving(early.video);
});

test('the host reloads: viewers keep their connections and the picture goes on', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Reload', { record: false });
  const viewers = [new WatchPage(await people.guest('Ada')), new WatchPage(await people.guest('Bea'))];
  for (const viewer of viewers) await viewer.watch();

  await studio.page.reload();
  await expect(studio.onAir).toBeVisible();
  for (const viewer of viewers) await expectMoving(viewer.video, 30_000);
  for (const viewer of viewers) {
    const before = await carried(viewer.page);
    expect(before, 'the connection is the first one').toMatchObject({ open: 1, made: 1 });
    await expect.poll(async () => (await carried(viewer.page)).decoded).toBeGreaterThan(before.decoded + 10);
    await expect(viewer.page.getByText(/reconnecting/i)).toHaveCount(0);
  }
});

test('a viewer whose socket is lost keeps the picture over the same connection', async ({ people, guard }) => {
  guard.allow(...OFFLINE);
  const studio = new StudioPage(await people.host());
  await studio.goLive('Through a tunnel', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await viewer.passTunnel(studio.chat, () => expectMoving(viewer.video));
  await expectMoving(viewer.video);
  expect(await carried(viewer.page)).toMatchObject({ open: 1, made: 1 });
});

test('the server is killed and started again: the picture is back without a reload', async ({ people, shop, guard }) => {
  // The code for going back comes after the first picture; where it does not, it is fetched again later.
  guard.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED/, /WebSocket connection to .* failed/, /Failed to fetch/);
  const studio = new StudioPage(await people.host());
  await studio.goLive('Power cut', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await shop.kill9();
  await expect(viewer.connection).toHaveText(/reconnecting|offline|connecting/i);
  await shop.restart();
  await expectMoving(viewer.video, 60_000);
});
