import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { OFFLINE } from '../support/guard';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

// Faults in the middle of a show. What is common to all: nobody clicks, nothing that was seen is lost.
test.describe.configure({ timeout: 120_000 });

const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`);

test('the host reloads: the same show goes on and the picture comes back by itself', async ({ people, shop }) => {
  const studio = new StudioPage(await people.host());
  const id = await studio.goLive('Reload');
  const viewers = [new WatchPage(await people.guest('Ada')), new WatchPage(await people.guest('Bea'))];
  for (const viewer of viewers) await viewer.watch();
  await viewers[0].chat.say('before the reload');
  await studio.chat.expectOnce('before the reload');

  await studio.page.reload();
  await expect(studio.onAir).toBeVisible();
  for (const viewer of viewers) await expectMoving(viewer.video, 30_000);
  await studio.chat.expectOnce('before the reload');
  expect((await shop.api.activeShow())?._id).toBe(id);
});

test('the host closes the tab: viewers read so within 3 s', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Gone');
  const viewer = new WatchPage(await people.guest());
  await viewer.watch();

  await studio.page.close();
  await expect(viewer.page.getByText(/reconnecting|host is away|back in a moment/i).first()).toBeVisible({ timeout: 3000 });
  await expect(viewer.ended).toBeHidden();
});

test('the browser holds the picture, as when a phone leaves the full screen: it goes on by itself', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Held', { record: false });
  const viewer = new WatchPage(await people.guest());
  await viewer.watch();
  await viewer.video.evaluate((video) => (video as HTMLVideoElement).pause());
  await expectMoving(viewer.video);
});

test('a viewer is offline for five seconds: nothing is lost, nothing comes twice', async ({ people, guard }) => {
  guard.allow(...OFFLINE);
  const studio = new StudioPage(await people.host());
  await studio.goLive('Through a tunnel');
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await studio.chat.say('before');
  await viewer.chat.expectOnce('before');

  const missed = lines('while you were away', 5);
  await viewer.passTunnel(studio.chat, async () => {
    for (const line of missed) await studio.chat.say(line);
    await studio.chat.expectInOrder(missed);
    // The length of the outage is what is tested.
    await viewer.page.waitForTimeout(5000);
  });

  await viewer.chat.expectInOrder(['before', ...missed]);
  await expectMoving(viewer.video);
  await viewer.chat.say('back again');
  await studio.chat.expectOnce('back again');
  await viewer.chat.expectOnce('back again');
});

test('the server is killed and started again: chat and picture are back without a reload', async ({ people, shop, guard }) => {
  guard.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED/, /WebSocket connection to .* failed/);
  const product = await shop.api.createProduct('Steady cream');
  const studio = new StudioPage(await people.host());
  const id = await studio.goLive('Power cut');
  await studio.pin(product._id);
  const viewers = [new WatchPage(await people.customer('Ada')), new WatchPage(await people.guest('Bea'))];
  for (const viewer of viewers) await viewer.watch();
  const before = lines('before the cut', 3);
  for (const line of before) {
    await viewers[0].chat.say(line);
    await studio.chat.expectOnce(line);
  }
  await viewers[0].like();
  await expect(studio.likeCount).toHaveText(/\b1\b/);
  for (const page of [studio.page, ...viewers.map((viewer) => viewer.page)]) {
    await page.evaluate(() => ((window as any).notReloaded = true));
  }

  await shop.kill9();
  for (const viewer of viewers) await expect(viewer.connection).toHaveText(/reconnecting|offline|connecting/i);
  await shop.restart();

  await viewers[1].chat.say('after the cut');
  for (const chat of [studio.chat, viewers[0].chat, viewers[1].chat]) await chat.expectInOrder([...before, 'after the cut']);
  for (const viewer of viewers) {
    await expectMoving(viewer.video, 30_000);
    await viewer.expectPinned([product._id]);
    await expect(viewer.likeCount).toHaveText(/\b1\b/);
  }
  for (const page of [studio.page, ...viewers.map((viewer) => viewer.page)]) {
    expect(await page.evaluate(() => (window as any).notReloaded)).toBe(true);
  }
  // A newcomer gets a picture too: the host is known again as the one on air.
  const late = new WatchPage(await people.guest('Cleo'));
  await late.watch();
  expect((await shop.api.activeShow())?._id).toBe(id);
  expect((await shop.api.show(id)).chatMessages.map(({ message }) => message)).toEqual([...before, 'after the cut']);
});
