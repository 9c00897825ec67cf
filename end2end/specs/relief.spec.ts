import type { Page } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { carried, expectMoving, figure } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

// A shop whose host carries one viewer, and whose server carries all when there are more.
const test = base.extend<object, object>({
  server: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`auto${worker.workerIndex}`, { MEDIA: 'auto', DIRECT_VIEWERS: '1', SFU_UDP_PORT: '0' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.describe.configure({ timeout: 180_000 });

/** For a machine that encodes and decodes all of it on two processors. */
const patient = { timeout: 30_000 };

/** Notes the longest time between two pictures that are presented from now on; in milliseconds. */
async function noteStill(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const state = ((window as any).still = { last: performance.now(), longest: 0 });
    const video = document.querySelector('video')!;
    const presented = () => {
      const now = performance.now();
      state.longest = Math.max(state.longest, now - state.last);
      state.last = now;
      video.requestVideoFrameCallback(presented);
    };
    video.requestVideoFrameCallback(presented);
  });
  return () => page.evaluate(() => Math.max((window as any).still.longest, performance.now() - (window as any).still.last));
}

test('one viewer too many for the host: the server takes over, and nobody loses the picture', async ({ people, shop }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('More and more', { record: false });
  const first = new WatchPage(await people.guest('Ada'));
  await first.watch();
  const viewers = () => figure(shop.url, 'wrencos_sfu_viewers');
  await expect.poll(viewers, { ...patient, message: 'from browser to browser' }).toBe(0);
  const longestStill = await noteStill(first.page);

  const second = new WatchPage(await people.guest('Bea'));
  await second.watch();
  await expect.poll(viewers, { ...patient, message: 'both get it from the server' }).toBe(2);
  await expectMoving(first.video, 30_000);
  await expectMoving(second.video, 30_000);
  console.log(`longest still picture at the change: ${Math.round(await longestStill())} ms`);
  await expect.poll(async () => (await carried(studio.page)).open, { ...patient, message: 'the host sends once' }).toBe(1);
  await expect.poll(async () => (await carried(first.page)).open, patient).toBe(1);
  await expect(first.page.getByText(/reconnecting/i)).toHaveCount(0);

  // It stays so for a host who loads the page again.
  await studio.page.reload();
  await expect(studio.onAir).toBeVisible(patient);
  await expectMoving(first.video, 30_000);
  await expectMoving(second.video, 30_000);
  await expect.poll(async () => (await carried(studio.page)).open, patient).toBe(1);
});
