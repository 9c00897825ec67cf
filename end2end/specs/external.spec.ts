import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { Janus, lacksJanus } from '../support/janus';
import { audioEnergy, carried, expectMoving, expectStill, received } from '../support/media';
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

  await janus!.kill9();
  await expectStill(viewers[0].video);
  await expect(viewers[0].page.getByText('The video is away just now'), 'people are told in words').toBeVisible({ timeout: 20_000 });
  await viewers[0].chat.say('is anybody there?');
  await viewers[1].chat.expectOnce('is anybody there?');
  await janus!.start();
  const back = Date.now();
  await Promise.all(viewers.map(({ video }) => expectMoving(video, 60_000)));
  console.log(`the picture is back ${((Date.now() - back) / 1000).toFixed(1)} s after the engine`);
  const sound = await Promise.all(pages.map(audioEnergy));
  await expect.poll(async () => (await Promise.all(pages.map(audioEnergy))).every((energy, index) => energy > sound[index]), { message: 'and the sound' }).toBe(true);
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

  // The host's page comes anew: viewers get what it sends now.
  await studio.page.reload();
  await expect.poll(async () => (await carried(studio.page)).sent, { timeout: 30_000, message: 'it sends again' }).toBeGreaterThan(10);
  await expectMoving(viewer.video, 30_000);
});
