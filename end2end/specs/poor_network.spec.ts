import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving, figure } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

// A shop whose hosts send several sizes of their picture.
const test = base.extend<object, object>({
  server: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`sizes${worker.workerIndex}`, { MEDIA: 'sfu', SFU_UDP_PORT: '0', SFU_SIMULCAST: 'on' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.describe.configure({ timeout: 180_000 });

test('a viewer on a poor network sees a smaller picture that moves', async ({ people, shop }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('For every network', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  // An emulated network carries only what was opened through it, by a page that it knows.
  await viewer.page.goto('/offline');
  const network = await viewer.page.context().newCDPSession(viewer.page);
  const carry = (kbps: number) =>
    network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: (kbps * 1000) / 8,
      uploadThroughput: -1,
      packetLoss: 0,
      packetQueueLength: 50,
    });
  await network.send('Network.enable');
  await carry(100_000);
  await viewer.watch();
  await viewer.enableSound();
  await expect.poll(() => viewer.pictureSize(), { timeout: 30_000 }).toEqual([1280, 720]);
  // While browsers begin to find out what they have, the size changes by itself.
  let seconds = 0;
  const steady = async () => (seconds = (await viewer.pictureSize())[0] === 1280 ? seconds + 1 : 0);
  await expect.poll(steady, { intervals: [1000], timeout: 60_000 }).toBeGreaterThanOrEqual(8);

  const switches = () => figure(shop.url, 'wrencos_sfu_layer_switches_total');
  const before = await switches();
  // The demo camera takes 400 to 650 kbit/s in full size, about half of that in the middle one. What the emulated network
  // has taken in before the smaller picture comes is carried first.
  await carry(200);
  await expect.poll(async () => (await viewer.pictureSize())[0], { timeout: 30_000 }).toBeLessThan(1280);
  await expectMoving(viewer.video);
  expect(await switches()).toBeGreaterThan(before);
});
