import type { Page } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { ageOfPicture, stampTime } from '../support/clock';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

// Watching late over plain HTTP: by choice, and where a network lets nothing else through. The host's pictures carry the
// time at which they were taken, so that what is seen is measured and not believed.
test.describe.configure({ timeout: 120_000 });

/** Seconds: a live picture is younger than this, also on a machine that is busy; the reel never is. */
const live = 1.8;

/** Nothing of this page's live connections gets through, until `unblock`. */
async function blockLive(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Before = window.RTCPeerConnection;
    (window as any).isLiveBlocked = true;
    window.RTCPeerConnection = class extends Before {
      constructor(configuration?: RTCConfiguration) {
        // As a firewall would: only relays are left, and there is none.
        super((window as any).isLiveBlocked ? { ...configuration, iceServers: [], iceTransportPolicy: 'relay' } : configuration);
      }
    };
  });
}

const unblock = (page: Page) => page.evaluate(() => ((window as any).isLiveBlocked = false));

test('a viewer goes back, sees that moment, and comes back to live', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Amber lamp');
  const host = await people.host();
  await stampTime(host);
  const studio = new StudioPage(host);
  await studio.goLive('Once more');
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await expect.poll(() => ageOfPicture(viewer.video), { message: 'live is live' }).toBeLessThan(live);
  await studio.pin(product._id);
  const pinnedAt = Date.now();
  await studio.recorded(12_000);

  // Back by ten seconds.
  await viewer.backTen.click();
  await expect.poll(() => ageOfPicture(viewer.video), { message: 'an older picture is seen' }).toBeGreaterThan(8);
  const [age, said] = [await ageOfPicture(viewer.video), await viewer.behindSeconds()];
  await expectMoving(viewer.video);
  expect(age).toBeLessThan(14);
  expect(Math.abs(age - said), 'the page says how far behind').toBeLessThan(2.5);
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

test('the line of the show leads to any moment, by hand and by keyboard, and its end is live', async ({ people, guard }) => {
  // What was on its way when the show ended is refused.
  guard.allow(/status of 410/);
  const host = await people.host();
  await stampTime(host);
  const studio = new StudioPage(host);
  await studio.goLive('Along the line');
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await studio.recorded(9_000);

  await viewer.line.focus();
  await viewer.page.keyboard.press('Home');
  await expect.poll(() => ageOfPicture(viewer.video)).toBeGreaterThan(6);
  await expect(viewer.line).toHaveAttribute('aria-valuetext', /behind live/);
  await viewer.line.focus();
  await viewer.page.keyboard.press('End');
  await expect.poll(() => ageOfPicture(viewer.video)).toBeLessThan(live);

  // Held while it is live: nothing is missed.
  await viewer.pause.click();
  const heldAt = Date.now();
  await expect.poll(async () => (await viewer.behindSeconds()) >= 4, { timeout: 20_000 }).toBe(true);
  const held = (Date.now() - heldAt) / 1000;
  await viewer.pause.click();
  await expectMoving(viewer.video);
  expect(Math.abs((await ageOfPicture(viewer.video)) - held), `it goes on where it was held, ${held} s ago`).toBeLessThan(4);

  // The end of the show is the end of it here, too.
  await studio.stop();
  await expect(viewer.ended).toBeVisible();
  await expect(viewer.page.locator('video')).toHaveCount(1);
});

test('a network that blocks live video gets the show some seconds late, and live as soon as it can', async ({ people }) => {
  const host = await people.host();
  await stampTime(host);
  const studio = new StudioPage(host);
  await studio.goLive('Behind a wall');
  await studio.recorded(3_000);
  const guest = await people.guest('Ada');
  await blockLive(guest);
  const viewer = new WatchPage(guest);
  const openedAt = Date.now();
  await viewer.open();
  await expectMoving(viewer.video, 45_000);
  const waited = (Date.now() - openedAt) / 1000;
  await expect(viewer.reason).toContainText('Your network blocks live video');
  const ages = [];
  for (let look = 0; look < 5; look += 1) {
    ages.push(await ageOfPicture(viewer.video));
    await expectMoving(viewer.video);
  }
  const shown = Number(await viewer.reason.getAttribute('data-behind-s'));
  console.log(`fallback: moving after ${waited.toFixed(1)} s, pictures ${ages.map((age) => age.toFixed(1)).join(', ')} s old, shown as ${shown} s`);
  expect(Math.max(...ages), 'it stays near').toBeLessThan(10);
  expect(Math.abs(shown - ages[ages.length - 1]), 'what is shown is what is').toBeLessThan(2.5);
  await viewer.chat.say('I see you, a bit late');
  await studio.chat.expectOnce('I see you, a bit late');

  // The network lets it through: nobody has to do anything.
  await unblock(guest);
  await expect(viewer.reason).toHaveCount(0, { timeout: 60_000 });
  await expectMoving(viewer.video);
  await expect.poll(() => ageOfPicture(viewer.video)).toBeLessThan(live);
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
