import { StudioPage } from '../pages/studio_page';
import { ShopApi } from '../support/api';
import { audience, expectOutlived, expectReturn, expectServed } from '../support/audience';
import { carried } from '../support/media';
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
  const viewers = await audience(people, ['Ada', 'Bea']);
  await expectServed(viewers, 15, 3000);
  expect((await carried(studio.page)).open, 'the host sends once').toBe(1);
  expect(await viewers[0].pictureSize()).toEqual([1280, 720]);
  expect(await engine.viewers(), 'at the engine').toBe(2);

  await expectOutlived({ kill: () => engine.server.kill9(), start: () => engine.server.restart() }, viewers);

  await expectReturn(studio, viewers);

  await studio.stop();
  await expect(viewers[0].ended).toBeVisible();
  await expect.poll(async () => (await carried(studio.page)).open).toBe(0);
  await expect.poll(() => engine.viewers(), { timeout: 10_000, message: 'nothing is left at the engine' }).toBe(0);
});
