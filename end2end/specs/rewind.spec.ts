import type { Page } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { ageOfPicture, stampTime } from '../support/clock';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

// Watching late over plain HTTP. The host's pictures carry the time at which they were taken, so that what is seen is
// measured and not believed.
test.describe.configure({ timeout: 120_000 });

/** Seconds: a live picture is younger than this, also on a machine that is busy; the reel never is. */
const live = 1.8;

/** Nothing of this page's live connections gets through: only relays are left, and there is none. */
async function blockLive(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Before = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Before {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceServers: [], iceTransportPolicy: 'relay' });
      }
    };
  });
}

test('a viewer goes back, sees that moment, and comes back to live', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Amber lamp');
  const host = await people.host();
  await stampTime(host);
  const studio = new StudioPage(host);
  await studio.goLive('Once more');
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  expect(await ageOfPicture(viewer.video), 'live is live').toBeLessThan(live);
  await studio.pin(product._id);
  const pinnedAt = Date.now();
  await studio.recorded(12_000);

  // Back by ten seconds.
  await viewer.backTen.click();
  await expect.poll(() => ageOfPicture(viewer.video), { message: 'an older picture is seen' }).toBeGreaterThan(8);
  await expectMoving(viewer.video);
  const age = await ageOfPicture(viewer.video);
  expect(age).toBeLessThan(14);
  expect(Math.abs(age - (await viewer.behindSeconds())), 'the page says how far behind').toBeLessThan(2.5);
  await expect(viewer.page.getByTestId('behind-live')).toHaveText(/^0:(0|1)\d behind$/);

  // The talk goes on meanwhile, and the live connection stays.
  await viewer.chat.say('what was that?');
  await studio.chat.expectOnce('what was that?');
  expect(await viewer.page.evaluate(() => ((window as any).peerConnections as RTCPeerConnection[]).map((peer) => peer.connectionState))).toContain('connected');

  // "Again" shows the moment at which the product was pinned.
  await viewer.card(product._id).getByTestId('show-again').click();
  const sincePin = () => (Date.now() - pinnedAt) / 1000;
  await expect
    .poll(async () => Math.abs((await ageOfPicture(viewer.video)) - sincePin()), { message: 'the moment of the pin' })
    .toBeLessThan(4);
  await expectMoving(viewer.video);

  // Held, it stands still, and goes on from there.
  await viewer.pause.click();
  await expect.poll(() => viewer.video.evaluate((video) => (video as HTMLVideoElement).paused)).toBe(true);
  const held = await ageOfPicture(viewer.video);
  await expect.poll(() => ageOfPicture(viewer.video)).toBeGreaterThan(held + 2);
  await viewer.pause.click();
  await expectMoving(viewer.video);
  expect(await ageOfPicture(viewer.video)).toBeGreaterThan(held + 1.5);

  await viewer.backToLive.click();
  await expect.poll(() => ageOfPicture(viewer.video), { message: 'live again' }).toBeLessThan(live);
  await expectMoving(viewer.video);
  await expect(viewer.backToLive).toHaveCount(0);
  await expect(viewer.page.locator('video')).toHaveCount(1);
});

test('a show that is not recorded offers no way back, and says why there is no picture', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Off the record', { record: false });
  const guest = await people.guest('Ada');
  await blockLive(guest);
  const viewer = new WatchPage(guest);
  await viewer.open();
  await expect(guest.getByTestId('veil')).toContainText('Your network blocks the video', { timeout: 30_000 });
  await expect(viewer.line).toHaveCount(0);
  await expect(viewer.pause).toHaveCount(0);
});
