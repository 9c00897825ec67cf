import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { audience, expectOutlived, expectReturn, expectServed } from '../support/audience';
import { Janus, lacksJanus } from '../support/janus';
import { carried, expectMoving } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

// A shop whose pictures go through an engine that is not its own: a real Janus beside it, as shops run one.
const lack = lacksJanus();
const test = base.extend<object, { janus: Janus | undefined }>({
  janus: [
    async ({}, use) => {
      const janus = lack ? undefined : await Janus.prepare();
      await use(janus);
      await janus?.remove();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ janus }, use, worker) => {
      const settings: Record<string, string> = janus ? { MEDIA: 'external', MEDIA_ENGINE_URL: janus.url, MEDIA_ENGINE_SECRET: janus.secret } : {};
      const server = await ShopServer.start(`external${worker.workerIndex}`, settings);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.skip(lack !== undefined, `left out: ${lack}`);
test.describe.configure({ timeout: 120_000 });

test('a show goes through a Janus, and is back without a click when that dies and is started again', async ({ people, janus }) => {
  await janus!.start();
  const studio = new StudioPage(await people.host());
  await studio.goLive('By another engine', { record: false });
  const viewers = await audience(people, ['Ada', 'Bea']);
  await expectServed(viewers, 15, 3000);
  expect((await carried(studio.page)).open, 'the host sends once').toBe(1);
  expect(await viewers[0].pictureSize()).toEqual([1280, 720]);

  await expectOutlived({ kill: () => janus!.kill9(), start: () => janus!.start() }, viewers);
  await studio.stop();
  await expect(viewers[0].ended).toBeVisible();
  await expect.poll(async () => (await carried(studio.page)).open).toBe(0);
});

test('a shop whose engine is not there begins without video, and has it when it comes', async ({ people, janus }) => {
  await janus!.kill9();
  const studio = new StudioPage(await people.host());
  await studio.goLive('Before its engine', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.open();
  await expect(viewer.page.getByText('The video is away just now')).toBeVisible({ timeout: 20_000 });
  await viewer.chat.say('I can wait');
  await viewer.chat.expectOnce('I can wait');
  await janus!.start();
  await expectMoving(viewer.video, 60_000);

  await expectReturn(studio, [viewer]);
});
