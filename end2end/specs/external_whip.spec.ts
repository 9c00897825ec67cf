import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { ShopApi } from '../support/api';
import { audioEnergy, carried, expectMoving, expectStill, received } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

/** An engine of WHIP and WHEP: another shop, with a show that goes on. It keeps its addresses when it is killed and started again. */
interface Engine {
  server: ShopServer;
  settings: Record<string, string>;
  /** People that it serves: those who watch, without the host. */
  viewers(): Promise<number>;
}

const test = base.extend<object, { engine: Engine }>({
  engine: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`engine${worker.workerIndex}`, { MEDIA: 'sfu', SFU_UDP_PORT: '0' });
      const api = new ShopApi(server.url);
      const show = await api.startShow('The input of another shop');
      const { ingest } = await api.asAdmin('GET', `/livestreams/${show._id}/ingest`);
      const settings = {
        MEDIA: 'external',
        MEDIA_ENGINE_URL: `whip+${server.url}${ingest.url}`,
        MEDIA_ENGINE_SECRET: ingest.bearerToken,
        MEDIA_ENGINE_PLAY_URL: `whep+${server.url}/whep/${show._id}`,
      };
      const viewers = async () => (await api.asAdmin('GET', `/livestreams/${show._id}`)).livestream.viewerCount;
      await use({ server, settings, viewers });
      await server.stop();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ engine }, use, worker) => {
      const server = await ShopServer.start(`external-whip${worker.workerIndex}`, engine.settings);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.describe.configure({ timeout: 180_000 });

test('a show is published by WHIP and played by WHEP, and is back without a click when the engine dies and is started again', async ({ people, engine }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('By WHIP and WHEP', { record: false });
  const viewers: WatchPage[] = [];
  for (const name of ['Ada', 'Bea']) {
    const viewer = new WatchPage(await people.guest(name));
    await viewer.watch();
    await viewer.enableSound();
    viewers.push(viewer);
  }
  const pages = viewers.map(({ page }) => page);
  for (const [index, { rate, energy }] of (await received(pages, 3000)).entries()) {
    console.log(`viewer ${index}: ${rate} frames a second`);
    expect(rate, `viewer ${index}`).toBeGreaterThanOrEqual(15);
    expect(energy, `sound of viewer ${index}`).toBeGreaterThan(0);
  }
  expect((await carried(studio.page)).open, 'the host sends once').toBe(1);
  expect(await viewers[0].pictureSize()).toEqual([1280, 720]);
  expect(await engine.viewers(), 'at the engine').toBe(2);

  await engine.server.kill9();
  await expectStill(viewers[0].video);
  await expect(viewers[0].page.getByText('The video is away just now'), 'people are told in words').toBeVisible({ timeout: 20_000 });
  await viewers[0].chat.say('is anybody there?');
  await viewers[1].chat.expectOnce('is anybody there?');
  await engine.server.restart();
  const back = Date.now();
  await Promise.all(viewers.map(({ video }) => expectMoving(video, 60_000)));
  console.log(`the picture is back ${((Date.now() - back) / 1000).toFixed(1)} s after the engine`);
  const sound = await Promise.all(pages.map(audioEnergy));
  await expect.poll(async () => (await Promise.all(pages.map(audioEnergy))).every((energy, index) => energy > sound[index]), { message: 'and the sound' }).toBe(true);

  // The host's page comes anew: viewers get what it sends now.
  await studio.page.reload();
  await expect.poll(async () => (await carried(studio.page)).sent, { timeout: 30_000, message: 'it sends again' }).toBeGreaterThan(10);
  await Promise.all(viewers.map(({ video }) => expectMoving(video, 30_000)));

  await studio.stop();
  await expect(viewers[0].ended).toBeVisible();
  await expect.poll(async () => (await carried(studio.page)).open).toBe(0);
  await expect.poll(() => engine.viewers(), { timeout: 10_000, message: 'nothing is left at the engine' }).toBe(0);
});
