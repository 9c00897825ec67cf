import { ReplayPage } from '../pages/replay_page';
import { StudioPage } from '../pages/studio_page';
import { ageOfPicture, stampTime } from '../support/clock';
import { expectMoving } from '../support/media';
import { untilInteractive } from '../support/interactive';
import { expect, test } from '../support/test';

test('a show is recorded while it runs, and its replay can be sought in and shopped from', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Amber lamp');
  const host = await people.host();
  const studio = new StudioPage(host);
  const id = await studio.goLive('Kept for later');
  await studio.recorded(3_000);
  await shop.api.asAdmin('POST', `/livestreams/${id}/chat`, { message: 'Look at this lamp' });
  await studio.pin(product._id);
  await studio.recorded(6_000);
  await studio.stop();
  await expect(studio.recording).toHaveAttribute('data-phase', 'ready', { timeout: 30_000 });

  const replay = new ReplayPage(await people.guest('Ada'));
  await replay.open(id);
  const recording = await replay.recordingOf(shop, id);
  expect(recording.durationMs).toBeGreaterThan(5_000);
  await expect.poll(() => replay.seekableEnd(), { message: 'it can be sought in to its end' }).toBeGreaterThan(recording.durationMs / 1000 - 0.3);
  expect(await replay.seekableEnd()).toBeLessThan(recording.durationMs / 1000 + 0.3);

  // Before the product came up, after it, and by its chapter.
  const at = Number(await replay.chapters.first().getAttribute('data-at-ms'));
  expect(at).toBeGreaterThan(1_000);
  await replay.seek(at / 1000 - 0.8);
  await expect(replay.pinned).toHaveCount(0);
  await replay.seek(at / 1000 + 0.4);
  await expect(replay.card(product._id)).toBeVisible();
  await expect(replay.page.getByTestId('chat-message')).toContainText(['Look at this lamp']);
  await replay.seek(0);
  await expect(replay.pinned).toHaveCount(0);
  await expect(replay.page.getByTestId('chat-message')).toHaveCount(0);
  await replay.chapters.first().click();
  await expect(replay.card(product._id)).toBeVisible();
  await expectMoving(replay.video);

  await replay.card(product._id).getByTestId('add-to-cart').click();
  await expect(replay.page.getByTestId('cart-count').first()).toHaveText('1');

  // A link to a moment leads there.
  await replay.video.evaluate((video) => (video as HTMLVideoElement).pause());
  await replay.page.goto(`/replays/${id}?t=${Math.ceil(at / 1000)}`);
  await untilInteractive(replay.page);
  await expect(replay.card(product._id)).toBeVisible();
  await expect.poll(() => replay.currentTime()).toBeGreaterThanOrEqual(Math.ceil(at / 1000) - 0.1);
});

test('the line of a film shows what is where, to pointers and keys', async ({ people, shop }) => {
  const product = await shop.api.createProduct('Copper kettle');
  const studio = new StudioPage(await people.host());
  const id = await studio.goLive('Looked through');
  await studio.recorded(4_000);
  await studio.pin(product._id);
  await studio.recorded(5_000);
  await studio.stop();
  await expect(studio.recording).toHaveAttribute('data-phase', 'ready', { timeout: 30_000 });
  const replay = new ReplayPage(await people.guest('Ada'));
  const list = () => replay.page.request.get(`${shop.url}/livestreams/${id}/frames.vtt`);
  await expect.poll(async () => (await list()).status(), { message: 'the small pictures are made', timeout: 30_000 }).toBe(200);
  await replay.open(id);
  const seconds = (await replay.recordingOf(shop, id)).durationMs / 1000;

  // Pictures from another place are other pictures, and none is empty.
  await replay.pointAt(0.05);
  await expect(replay.glimpse).toContainText('0:00');
  const first = await replay.glimpsed();
  await replay.pointAt(0.95);
  await expect(replay.glimpse).toContainText('Copper kettle');
  const last = await replay.glimpsed();
  expect(last[0], 'another part of the sheet').toBeGreaterThan(first[0]);
  for (const picture of [first, last]) expect(new Set(picture.slice(1)).size).toBeGreaterThan(20);
  expect(last.slice(1)).not.toEqual(first.slice(1));

  await replay.pointAt(0.2, 'click');
  await expect.poll(() => replay.currentTime()).toBeGreaterThanOrEqual(Math.floor(seconds * 0.2) - 0.5);
  await replay.seek(1);
  await replay.page.mouse.move(0, 0);
  await expect(replay.glimpse).toHaveCount(0);
  await replay.line.focus();
  await replay.page.keyboard.press('End');
  await expect.poll(() => replay.currentTime()).toBeGreaterThan(seconds - 1.5);
  await expect(replay.line).toHaveAttribute('aria-valuetext', /^0:\d\d of 0:\d\d, Copper kettle$/);
});

test('a host whose tab is gone loses at most two seconds', async ({ people, shop }) => {
  const host = await people.host();
  // The pictures say when they were taken: what was lost is counted from the last one that is in the film.
  await stampTime(host);
  const studio = new StudioPage(host);
  const id = await studio.goLive('Gone');
  await studio.recorded(4_000);
  const goneAt = Date.now();
  await host.close();
  await shop.api.asAdmin('POST', `/livestreams/${id}/stop`, {});
  await shop.api.asAdmin('POST', `/livestreams/${id}/recording/finish`, {});

  const replay = new ReplayPage(await people.guest('Ada'));
  const recording = await replay.recordingOf(shop, id);
  expect(recording.state).toBe('ready');
  await replay.open(id);
  await replay.seek(recording.durationMs / 1000 - 0.05);
  const lost = (await ageOfPicture(replay.video)) - (Date.now() - goneAt) / 1000;
  expect(lost, 'seconds that are not in the film').toBeLessThan(2);
  expect(lost, 'nothing is in it that was not there yet').toBeGreaterThan(-0.5);
});

test('a host who loads the page again has one film of both halves', async ({ people, shop }) => {
  const host = await people.host();
  const studio = new StudioPage(host);
  const id = await studio.goLive('Two halves');
  await studio.recorded(2_500);
  await host.reload();
  await expect(studio.onAir).toBeVisible();
  await studio.recorded(2_500);
  await studio.stop();
  await expect(studio.recording).toHaveAttribute('data-phase', 'ready', { timeout: 30_000 });

  const replay = new ReplayPage(await people.guest('Ada'));
  const recording = await replay.recordingOf(shop, id);
  expect(recording.parts.length).toBe(2);
  await replay.open(id);
  // Over the seam without a stop.
  await replay.seek(recording.parts[1].atMs / 1000 - 0.7);
  await replay.video.evaluate((video) => (video as HTMLVideoElement).play());
  await expect.poll(() => replay.currentTime()).toBeGreaterThan(recording.parts[1].atMs / 1000 + 0.7);
});

for (const [browser, words] of [
  ['keeps what waits', /You can leave/],
  ['has no room for what waits', /Keep this page open/],
] as const) {
  test(`a host whose browser ${browser} is told whether they can leave`, async ({ people, guard }) => {
    guard.allow(/ERR_FAILED/);
    const host = await people.host();
    if (browser.startsWith('has no room')) {
      await host.addInitScript(() => {
        const put = IDBObjectStore.prototype.put;
        // As on a full disk: each write goes well until all of it is to be written.
        IDBObjectStore.prototype.put = function (value, key) {
          const request = put.call(this, value, key);
          request.onsuccess = () => this.transaction.abort();
          return request;
        };
      });
    }
    const studio = new StudioPage(host);
    await host.route(/recording\/chunks/, (route) => route.abort());
    await studio.goLive('On a full disk');
    await studio.recorded(3_000);
    await studio.stop();
    await expect(studio.recording).toHaveAttribute('data-phase', 'saving');
    await expect(studio.recording).toContainText(words);
    await host.unroute(/recording\/chunks/);
    await expect(studio.recording).toHaveAttribute('data-phase', 'ready', { timeout: 30_000 });
  });
}

test('a show that is not to be recorded is not', async ({ people, shop }) => {
  const host = await people.host();
  const studio = new StudioPage(host);
  const id = await studio.goLive('Off the record', { record: false });
  await expect(studio.onAir).toBeVisible();
  await shop.api.asAdmin('POST', `/livestreams/${id}/chat`, { message: 'Between us' });
  await studio.stop();
  await expect(host.getByTestId('show-ended')).toBeVisible();
  expect((await shop.api.asAdmin('GET', `/livestreams/${id}/recording`)).recording).toMatchObject({ state: 'none', enabled: false, bytes: 0 });
  await expect(host.getByTestId('recording-state')).toHaveAttribute('data-phase', 'off');
});
