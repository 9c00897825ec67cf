import type { WebSocket } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { audioEnergy, expectMoving, expectStill } from '../support/media';
import { expect, test } from '../support/test';

// The main job: one host, three viewers, each in a browser of its own.
test.describe('a show with three viewers', () => {
  test('is seen and heard by all, in the size it was sent', async ({ people }) => {
    const studio = new StudioPage(await people.host());
    await studio.goLive('Glow with us');
    await expectMoving(studio.preview);

    const viewers = [new WatchPage(await people.guest('Ada')), new WatchPage(await people.guest('Bea')), new WatchPage(await people.customer('Cleo'))];
    for (const viewer of viewers) await viewer.watch();
    // All at the same time, not one after the other.
    await Promise.all(viewers.map((viewer) => expectMoving(viewer.video)));
    for (const viewer of viewers) {
      await expect.poll(() => viewer.pictureSize(), { message: '720p arrives as 720p' }).toEqual([1280, 720]);
      await expect(viewer.page.getByText('Glow with us').first()).toBeVisible();
    }
    await expect(studio.viewerCount).toContainText('3');
    await expect(viewers[0].quality, 'what the host sends is what there is').toHaveCount(0);

    expect(await audioEnergy(viewers[0].page)).toBe(0);
    for (const viewer of viewers) await viewer.enableSound();
    for (const viewer of viewers) await expect.poll(() => audioEnergy(viewer.page), { message: 'sound arrives' }).toBeGreaterThan(0);
  });

  test('chats both ways, with the host marked', async ({ people }) => {
    const studio = new StudioPage(await people.host());
    await studio.goLive('Let us talk');
    const ada = new WatchPage(await people.customer('Ada'));
    const guest = new WatchPage(await people.guest());
    await ada.watch();
    await guest.watch();

    await ada.chat.say('Is this vegan?');
    await studio.chat.expectOnce('Is this vegan?');
    await studio.chat.say('Yes, all of it.');
    await guest.chat.expectOnce('Yes, all of it.');
    await guest.chat.say('Lovely <img src=x onerror="alert(1)">');

    for (const chat of [studio.chat, ada.chat, guest.chat]) {
      await chat.expectInOrder(['Is this vegan?', 'Yes, all of it.', 'Lovely <img']);
      await expect(chat.line('Yes, all of it.')).toHaveAttribute('data-admin', 'true');
      await expect(chat.line('Is this vegan?')).not.toHaveAttribute('data-admin', 'true');
      await expect(chat.line('Is this vegan?')).toContainText('Ada');
      await expect(chat.line('Lovely').locator('img')).toHaveCount(0);
    }
  });

  test('counts one heart per person on every screen', async ({ people }) => {
    const studio = new StudioPage(await people.host());
    await studio.goLive('Hearts');
    const ada = new WatchPage(await people.customer('Ada'));
    const guest = new WatchPage(await people.guest());
    await ada.watch();
    await guest.watch();

    const expectLikes = async (count: number) => {
      for (const counter of [studio.likeCount, ada.likeCount, guest.likeCount]) await expect(counter).toHaveText(new RegExp(`\\b${count}\\b`));
    };
    await expectLikes(0);
    await ada.like();
    await expectLikes(1);
    await guest.like();
    await expectLikes(2);
    await ada.like();
    await expectLikes(1);
    // A reload brings no second heart.
    await guest.page.reload();
    await expectMoving(guest.video);
    await expectLikes(1);
  });

  test('shows products as they are pinned, in the order of the shelf', async ({ people, shop }) => {
    const products = [];
    for (const name of ['Rose balm', 'Night serum', 'Silk brush']) products.push((await shop.api.createProduct(name))._id);
    const [balm, serum, brush] = products;
    const studio = new StudioPage(await people.host());
    await studio.goLive('On the shelf');
    const viewers = [new WatchPage(await people.guest('Ada')), new WatchPage(await people.guest('Bea')), new WatchPage(await people.guest('Cleo'))];
    for (const viewer of viewers) await viewer.watch();
    const expectShelf = async (ids: string[]) => {
      for (const viewer of viewers) await viewer.expectPinned(ids);
    };

    await expectShelf([]);
    for (const product of products) await studio.pin(product);
    await expectShelf([balm, serum, brush]);
    await studio.moveUp(brush);
    await expectShelf([balm, brush, serum]);
    await studio.unpin(balm);
    await expectShelf([brush, serum]);
    await expect(viewers[0].pinned.first()).toContainText('Silk brush');

    // Who comes later sees the same.
    const late = new WatchPage(await people.guest('Dora'));
    await late.open();
    await late.expectPinned([brush, serum]);
  });

  test('ends for everyone: the picture stops and the shelf empties', async ({ people, shop }) => {
    const product = await shop.api.createProduct('Farewell soap');
    const studio = new StudioPage(await people.host());
    const id = await studio.goLive('Short and sweet');
    await studio.pin(product._id);
    const viewers = [new WatchPage(await people.guest('Ada')), new WatchPage(await people.guest('Bea'))];
    for (const viewer of viewers) {
      await viewer.watch();
      await viewer.expectPinned([product._id]);
    }

    await studio.stop();
    for (const viewer of viewers) {
      await expect(viewer.ended).toBeVisible();
      await viewer.expectPinned([]);
      if (await viewer.video.isVisible()) await expectStill(viewer.video);
    }
    const show = await shop.api.show(id);
    expect(show.status).toBe('ended');
    expect(show.viewerCount).toBe(0);
  });
});

test('a viewer who came before the show sees it begin without a reload', async ({ people }) => {
  const early = new WatchPage(await people.guest('early'));
  await early.open('/live');
  await new StudioPage(await people.host()).goLive('Here we are');
  await expectMoving(early.video);
});

test('a viewer who stays after the end sees the next show begin without a reload', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('The first');
  const ada = new WatchPage(await people.guest('Ada'));
  await ada.watch();
  await studio.stop();
  await expect(ada.ended).toBeVisible();
  await studio.goLive('The second');
  await expect(ada.page.getByRole('heading', { name: 'The second' })).toBeVisible();
  await expect(ada.ended).toBeHidden();
  await expectMoving(ada.video);
});

test('a host who comes back to the tab in a quiet show stays on air', async ({ people }) => {
  const host = await people.host();
  const sockets: WebSocket[] = [];
  host.on('websocket', (socket) => sockets.push(socket));
  await new StudioPage(host).goLive('Hush');
  const opened = sockets.length;
  const socket = sockets[opened - 1];
  const asked = socket.waitForEvent('framesent', (frame) => String(frame.payload).includes('register_admin'));
  const answered = socket.waitForEvent('framereceived', (frame) => String(frame.payload).includes('admin_registered'));
  await host.evaluate(() => {
    // A device that slept: the wall clock went on, the page's own stood still.
    const now = Date.now;
    Date.now = () => now() + 60_000;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await asked;
  await answered;
  expect(socket.isClosed()).toBe(false);
  expect(sockets).toHaveLength(opened);
});

test('a viewer who leaves is no longer counted', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Come and go');
  const ada = new WatchPage(await people.guest('Ada'));
  await ada.watch();
  await expect(studio.viewerCount).toContainText('1');
  await ada.page.close();
  await expect(studio.viewerCount).toContainText('0');
});

test('two tabs of one person are one viewer', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Twice');
  const ada = new WatchPage(await people.guest('Ada'));
  await ada.watch();
  const second = new WatchPage(await ada.page.context().newPage());
  await second.watch();
  await expect(studio.viewerCount).toContainText('1');
});
