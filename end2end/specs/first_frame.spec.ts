import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { untilInteractive } from '../support/interactive';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

// What counts on a slow phone: the picture does not wait for the program, and the program does not begin it anew.
test('the picture moves before the program is there, and goes on when it comes', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  const id = await studio.goLive('Nobody waits');
  const watch = new WatchPage(await people.guest('viewer'));
  const { page } = watch;

  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await released;
    await route.continue();
  });
  let sockets = 0;
  let offers = 0;
  page.on('websocket', (socket) => {
    sockets += 1;
    socket.on('framereceived', ({ payload }) => (offers += String(payload).includes('"webrtc_offer"') ? 1 : 0));
  });

  await page.goto(`/live/${id}`, { waitUntil: 'commit' });
  await expectMoving(watch.video);
  await expect(page.getByTestId('veil')).toBeHidden();
  expect(await page.evaluate(() => performance.getEntriesByName('wrencos:hydrated').length), 'the program is not there yet').toBe(0);

  release();
  await untilInteractive(page);
  await expect(page.locator('[data-playback="playing"]')).toBeVisible();
  await expectMoving(watch.video);
  await expect(studio.viewerCount).toContainText('1');
  await watch.chat.say('Already watching');
  await studio.chat.expectOnce('Already watching');
  expect(await page.evaluate(() => ((window as any).peerConnections as RTCPeerConnection[]).map((peer) => peer.connectionState))).toEqual(['connected']);
  expect({ sockets, offers }).toEqual({ sockets: 1, offers: 1 });
});
