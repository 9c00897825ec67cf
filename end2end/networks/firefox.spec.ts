import { ReplayPage } from '../pages/replay_page';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { fetchFilm, ffprobe, probe, watch } from '../trials/film';
import { expectRate, figures, print } from './figures';
import { FirefoxStudio, FirefoxViewer } from './firefox_pages';
import { expect, test } from './lab';

test('a viewer in Firefox sees and hears a host in Chromium, talks with them, and sees the shelf', async ({ people, shop, firefox }) => {
  const product = await shop.api.createProduct('Rose balm');
  const studio = new StudioPage(await people.host());
  await studio.goLive('From Chromium', { record: false });
  const viewer = new FirefoxViewer(await firefox('Ada'));
  await viewer.watch();
  await viewer.enableSound();

  const [host, seen] = await Promise.all([figures(studio.page, 5, 'preview-video'), figures(viewer.firefox.page, 5)]);
  print('host in Chromium', host);
  print('viewer in Firefox', seen);
  expectRate(seen, host);
  expect([seen.width, seen.height]).toEqual([1280, 720]);
  expect(seen.energy, 'sound comes').toBeGreaterThan(0);

  // It is seen as what it is: a picture that moves, and nothing that would have to be looked for again.
  expect(await viewer.connections()).toBe(1);
  expect(await viewer.isReconnecting()).toBe(false);

  await viewer.chat.say('Is this vegan?');
  await studio.chat.expectOnce('Is this vegan?');
  await studio.chat.say('Yes, all of it.');
  await viewer.chat.expectOnce('Yes, all of it.');
  await studio.pin(product._id);
  await viewer.expectPinned([product._id]);
  await studio.unpin(product._id);
  await viewer.expectPinned([]);
  await studio.stop();
  await viewer.firefox.see('show-ended');
});

for (const source of ['use-camera', 'demo-camera'] as const) {
  test(`a host in Firefox (${source}) is seen and heard in Chromium, and the recording becomes a film`, async ({ people, shop, firefox, browser }, info) => {
    const product = await shop.api.createProduct('Silk brush');
    const studio = new FirefoxStudio(await firefox('host'));
    await studio.signIn();
    const id = await studio.goLive('From Firefox', source);
    const viewer = new WatchPage(await people.guest('Ada'));
    await viewer.open();
    await expectMoving(viewer.video, 40_000);
    await viewer.enableSound();

    const [host, seen] = await Promise.all([figures(studio.firefox.page, 5, 'preview-video'), figures(viewer.page, 5)]);
    print('host in Firefox', host);
    print('viewer in Chromium', seen);
    expectRate(seen, host);
    expect([seen.width, seen.height], 'the size of the camera arrives').toEqual([host.width, host.height]);
    expect(seen.energy, 'sound comes').toBeGreaterThan(0);

    await studio.pin(product._id);
    await viewer.expectPinned([product._id]);
    await viewer.chat.say('Is it soft?');
    await studio.chat.expectOnce('Is it soft?');
    await studio.chat.say('Like a wren.');
    await viewer.chat.expectOnce('Like a wren.');

    await studio.recorded(8_000);
    await studio.stop();
    await expect(viewer.ended).toBeVisible();
    const replay = new ReplayPage(await people.guest('Bea'));
    const recording = await replay.untilReady(shop, id, 40_000);
    expect(recording.durationMs).toBeGreaterThan(7_000);
    const shownMs = await watch(browser, shop.url, id, 0);
    console.log(`film: said ${recording.durationMs} ms, shown ${Math.round(shownMs)} ms, ${recording.parts.length} part`);
    const file = info.outputPath('film.webm');
    await fetchFilm(shop.url, recording, file);
    if (ffprobe) console.log(`film: ffprobe is ${Math.round(await probe(ffprobe, file, shownMs))} ms apart`);
    else console.log('left out: there is no ffprobe here to read the film (set FFPROBE)');
  });
}
