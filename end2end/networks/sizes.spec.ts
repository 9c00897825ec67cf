import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { FirefoxStudio, FirefoxViewer } from './firefox_pages';
import { StudioPage } from '../pages/studio_page';
import { expect, test } from './lab';

test('a host in Firefox sends several sizes, of which a viewer chooses', async ({ people, firefox }) => {
  const studio = new FirefoxStudio(await firefox('host'));
  await studio.signIn();
  await studio.goLive('As you like it', 'demo-camera', { record: false });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.open();
  await expectMoving(viewer.video, 40_000);
  const width = async () => (await viewer.pictureSize())[0];
  await expect.poll(width, { timeout: 40_000 }).toBe(1280);
  expect(await viewer.qualities()).toEqual(['Auto', 'High', 'Medium', 'Low', 'Sound only']);
  for (const [quality, expected] of [['Low', 320], ['Medium', 640], ['High', 1280]] as const) {
    await viewer.quality.selectOption(quality);
    await expect.poll(width, { timeout: 30_000, message: quality }).toBe(expected);
    await expectMoving(viewer.video);
  }
});

test('a viewer in Firefox chooses among the sizes of a host in Chromium', async ({ people, firefox }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('As you like it', { record: false });
  const viewer = new FirefoxViewer(await firefox('Ada'));
  await viewer.watch();
  await expect.poll(() => viewer.width(), { timeout: 40_000 }).toBe(1280);
  for (const [quality, expected] of [['low', 320], ['high', 1280]] as const) {
    await viewer.choose(quality);
    await expect.poll(() => viewer.width(), { timeout: 30_000, message: quality }).toBe(expected);
  }
});
