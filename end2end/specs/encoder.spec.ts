import { ReplayPage } from '../pages/replay_page';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { findings } from '../support/accessibility';
import { sendByWhip } from '../support/encoder';
import { untilInteractive } from '../support/interactive';
import { audioEnergy, carried, expectMoving } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

// A shop with a media server: encoders speak to nobody else.
const test = base.extend<object, object>({
  server: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`encoder${worker.workerIndex}`, { MEDIA: 'auto', SFU_UDP_PORT: '0' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.describe.configure({ timeout: 180_000 });

test('an encoder is the camera: its page says what it needs, waits for it, and sees it', async ({ people, shop }) => {
  const host = await people.host();
  const show = await shop.api.startShow('From a real camera');
  await host.goto(`/admin/studio/${show._id}`);
  await host.getByTestId('use-encoder').click();
  const status = host.getByTestId('encoder-status');
  await expect(status).toHaveText('Waiting for the encoder');
  await untilInteractive(host);
  const url = await host.getByTestId('ingest-url').inputValue();
  const key = await host.getByTestId('ingest-key').inputValue();
  expect(url).toBe(`${shop.url}/whip/${show._id}`);
  await expect(host.getByTestId('ingest-key')).toHaveAttribute('type', 'password');
  expect(await findings(host, 'an encoder is waited for')).toEqual([]);

  const camera = await people.guest('camera');
  await camera.goto('/offline');
  await sendByWhip(camera, url, key);
  await expect(status).toHaveText('On air', { timeout: 30_000 });
  await expectMoving(host.getByTestId('live-video'), 30_000);

  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await viewer.enableSound();
  await expect.poll(() => audioEnergy(viewer.page), { timeout: 30_000 }).toBeGreaterThan(0);

  const product = await shop.api.createProduct('Held up by hand');
  await host.reload();
  await untilInteractive(host);
  await new StudioPage(host).pin(product._id);
  await expect(viewer.page.getByTestId('pinned-product').filter({ hasText: product.name })).toBeVisible();

  await host.getByTestId('stop-show').click();
  await host.getByTestId('stop-show-confirm').click();
  await expect(status).toHaveText('The show is over');
  await expect(viewer.ended).toBeVisible();

  // No page of the host was there to record it: the server did.
  const replay = new ReplayPage(viewer.page);
  const { durationMs } = await replay.untilReady(shop, show._id);
  expect(durationMs).toBeGreaterThan(5_000);
  await replay.open(show._id);
  await expect.poll(() => replay.seekableEnd()).toBeGreaterThan(durationMs / 1000 - 0.3);
  await replay.seek(durationMs / 1000 - 1);
  await expect(replay.chapters).toHaveCount(1);
});

for (const codec of ['VP9', 'AV1']) {
  test(`a show of an encoder in ${codec} is recorded, seen late and played again`, async ({ people, shop }) => {
    const show = await shop.api.startShow(`In ${codec}`);
    const { ingest } = await shop.api.asAdmin<{ ingest: { url: string; bearerToken: string } }>('GET', `/livestreams/${show._id}/ingest`);
    const camera = await people.guest('camera');
    await camera.goto('/offline');
    await sendByWhip(camera, ingest.url, ingest.bearerToken, codec);
    const viewer = new WatchPage(await people.guest('Ada'));
    await viewer.watch();
    // More than ten seconds.
    await expect.poll(async () => (await carried(camera)).sent, { timeout: 60_000 }).toBeGreaterThan(360);

    // Who watches late is told the name of what is recorded, and plays it.
    const { reel } = (await shop.api.send('GET', `/livestreams/${show._id}/live?since=0`)).body;
    expect(await viewer.page.evaluate((mime) => MediaSource.isTypeSupported(mime), reel.parts[0].mime), reel.parts[0].mime).toBe(true);
    await viewer.backTen.click();
    await expect.poll(() => viewer.behindSeconds()).toBeGreaterThan(4);
    await expectMoving(viewer.video);

    await shop.api.asAdmin('POST', `/livestreams/${show._id}/stop`, {});
    await expect(viewer.ended).toBeVisible();
    const replay = new ReplayPage(viewer.page);
    const { durationMs } = await replay.untilReady(shop, show._id);
    expect(durationMs).toBeGreaterThan(4_000);
    await replay.open(show._id);
    await expect.poll(() => replay.seekableEnd()).toBeGreaterThan(durationMs / 1000 - 0.3);
    for (const place of [durationMs / 1000 - 1, 1]) await replay.seek(place);
    await replay.video.evaluate((video) => (video as HTMLVideoElement).play());
    await expectMoving(replay.video, 10_000);
    expect(await replay.video.evaluate((video) => (video as HTMLVideoElement).videoWidth)).toBeGreaterThan(0);
  });
}
