import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { findings } from '../support/accessibility';
import { OFFLINE } from '../support/guard';
import { audioEnergy, expectMoving, expectStill, figure } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';

// A shop whose hosts send several sizes of their picture, over UDP alone: a network that is emulated slows nothing else.
const test = base.extend<object, object>({
  server: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`sizes${worker.workerIndex}`, { MEDIA: 'sfu', SFU_UDP_PORT: '0', SFU_TCP_PORT: 'off' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.describe.configure({ timeout: 240_000 });

/** Waits until the picture has been of this width for so many seconds: while browsers begin to find out what they have, it changes. */
async function expectSteady(viewer: WatchPage, width: number, atLeastSeconds: number): Promise<void> {
  let seconds = 0;
  const steady = async () => (seconds = (await viewer.pictureSize())[0] === width ? seconds + 1 : 0);
  await expect.poll(steady, { intervals: [1000], timeout: 60_000 }).toBeGreaterThanOrEqual(atLeastSeconds);
}

test('a viewer on a poor network sees a smaller picture that moves, and the whole one again when it is good', async ({ people, shop }) => {
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
  await expectSteady(viewer, 1280, 8);

  const switches = () => figure(shop.url, 'wrencos_sfu_layer_switches_total');
  const before = await switches();
  // The demo camera takes 400 to 650 kbit/s in full size, about half of that in the middle one. What the emulated network
  // has taken in before the smaller picture comes is carried first.
  await carry(200);
  await expect.poll(async () => (await viewer.pictureSize())[0], { timeout: 30_000 }).toBeLessThan(1280);
  await expectMoving(viewer.video);
  expect(await switches()).toBeGreaterThan(before);

  const began = Date.now();
  await carry(100_000);
  await expect.poll(() => viewer.pictureSize(), { timeout: 90_000, message: 'the whole picture again' }).toEqual([1280, 720]);
  console.log(`good network to whole picture: ${Math.round((Date.now() - began) / 1000)} s`);
  await expectMoving(viewer.video);
});

test('a viewer chooses what to see of the show, and may only listen', async ({ people, shop }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('As you like it', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  const other = new WatchPage(await people.guest('Bea'));
  await viewer.watch();
  await viewer.enableSound();
  await other.watch();
  const width = async () => (await viewer.pictureSize())[0];
  await expect.poll(width, { timeout: 30_000 }).toBe(1280);
  expect(await viewer.qualities()).toEqual(['Auto', 'High', 'Medium', 'Low', 'Sound only']);
  await expect(viewer.quality).toHaveValue('auto');

  await viewer.quality.selectOption('Low');
  await expect.poll(width, { timeout: 20_000 }).toBe(320);
  await expectMoving(viewer.video);
  await viewer.quality.selectOption('Medium');
  await expect.poll(width, { timeout: 20_000 }).toBe(640);
  // By keys alone: the menu is the platform's own.
  await viewer.quality.focus();
  await viewer.page.keyboard.press('End');
  await expect(viewer.quality).toHaveValue('sound');
  await expect(viewer.soundOnly).toBeVisible();
  await expect.poll(() => figure(shop.url, 'wrencos_sfu_viewers'), { message: 'it is a viewer all the same' }).toBe(2);
  await expectStill(viewer.video);
  const heard = await audioEnergy(viewer.page);
  // Longer than a picture may stand still before it counts as lost.
  await viewer.page.waitForTimeout(5000);
  expect(await audioEnergy(viewer.page), 'the sound goes on').toBeGreaterThan(heard);
  await expect(viewer.soundOnly).toBeVisible();
  await expect(viewer.page.getByText(/reconnecting/i)).toHaveCount(0);
  expect(await findings(viewer.page, 'sound only')).toEqual([]);
  await expectMoving(other.video);

  await viewer.page.getByTestId('picture-back').click();
  await expect(viewer.soundOnly).toHaveCount(0);
  await expect(viewer.quality).toHaveValue('auto');
  await expect.poll(width, { timeout: 30_000 }).toBe(1280);
  await expectMoving(viewer.video);
  expect(await findings(viewer.page, 'the menu')).toEqual([]);
});

test('what a viewer chose outlives the socket, and a network that is away for a moment', async ({ people, guard }) => {
  guard.allow(...OFFLINE);
  const studio = new StudioPage(await people.host());
  await studio.goLive('Through a tunnel', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await viewer.quality.selectOption('Low');
  await expect.poll(async () => (await viewer.pictureSize())[0], { timeout: 20_000 }).toBe(320);
  await viewer.passTunnel(studio.chat);
  await expectSteady(viewer, 320, 8);
  await expect(viewer.quality).toHaveValue('low');
});

test('what a viewer chose outlives a reload, and who only listens finds the way back at once', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('On a small plan', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await viewer.quality.selectOption('Low');
  await expect.poll(async () => (await viewer.pictureSize())[0], { timeout: 20_000 }).toBe(320);
  await viewer.page.reload();
  await expect(viewer.quality).toHaveValue('low');
  await expectMoving(viewer.video);
  await expectSteady(viewer, 320, 5);

  await viewer.quality.selectOption('Sound only');
  await expect(viewer.soundOnly).toBeVisible();
  await viewer.page.reload();
  await expect(viewer.soundOnly).toBeVisible();
  await expect(viewer.quality).toHaveValue('sound');
  expect(await findings(viewer.page, 'sound only, after a reload')).toEqual([]);
  await viewer.enableSound();
  const heard = await audioEnergy(viewer.page);
  await expect.poll(() => audioEnergy(viewer.page), { message: 'it is heard' }).toBeGreaterThan(heard);
  await expectStill(viewer.video);
  await viewer.page.getByTestId('picture-back').click();
  await expect(viewer.soundOnly).toHaveCount(0);
  await expectMoving(viewer.video);

  await viewer.page.reload();
  await expectMoving(viewer.video);
  await expect(viewer.quality).toHaveValue('auto');
  await expect(viewer.soundOnly).toHaveCount(0);
});

test('a wish that is taken back while there is no network holds no more once there is one', async ({ people, guard }) => {
  guard.allow(...OFFLINE);
  const studio = new StudioPage(await people.host());
  await studio.goLive('Through another tunnel', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await viewer.quality.selectOption('Sound only');
  await expectStill(viewer.video);
  await viewer.passTunnel(studio.chat, async () => void (await viewer.quality.selectOption('Auto')));
  await expectMoving(viewer.video, 30_000);
});

test('a small camera arrives in its whole size', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('From an old laptop', { record: false, camera: { width: 640, height: 480 } });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await expect.poll(() => viewer.pictureSize(), { timeout: 30_000 }).toEqual([640, 480]);
  await expectMoving(viewer.video);
});
