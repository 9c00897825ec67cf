import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expect, test } from '../support/test';

test('a phone watches, talks, likes and sees the shelf, all without scrolling the page', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Pocket mirror');
  const studio = new StudioPage(await people.host());
  await studio.goLive('In your pocket');
  await studio.pin(product._id);

  const viewer = new WatchPage(await people.guest('phone'));
  await viewer.watch();
  for (const part of [viewer.video, viewer.page.getByTestId('chat-input'), viewer.page.getByTestId('like-button'), viewer.pinned.first()]) {
    await expect(part).toBeInViewport();
  }
  await viewer.page.getByTestId('like-button').tap();
  await expect(studio.likeCount).toHaveText(/\b1\b/);
  await viewer.chat.say('hello from the bus');
  await studio.chat.expectOnce('hello from the bus');
});
