import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { planAndRunAShow } from '../support/journey';
import { audioEnergy, expectMoving } from '../support/media';
import { colourOf, pretendPhone } from '../support/phone';
import { expect, test } from '../support/test';

test('a show is planned, started, run and stopped on a phone', async ({ people, shop }) => {
  test.setTimeout(120_000);
  await planAndRunAShow(await people.host({}), people, shop);
});

test('a phone turns its camera around during the show, with one camera at a time, and viewers go on', async ({ people, shop }) => {
  test.setTimeout(120_000);
  const product = await shop.api.createProduct('Pocket balm');
  const page = await people.host({});
  await pretendPhone(page);
  const studio = new StudioPage(page);
  await page.goto('/admin/studio');
  await page.getByTestId('use-camera').click();
  await page.getByTestId('show-title').fill('From my hand');
  await studio.start();
  await expect.poll(() => page.evaluate(() => (window as any).locksHeld), { message: 'the screen stays on' }).toBe(1);

  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await expect.poll(() => colourOf(viewer.video)).toBe('red');
  await expect.poll(() => viewer.pictureSize().then(([width, height]) => height > width), { message: 'an upright picture' }).toBe(true);

  await page.getByTestId('flip-camera').tap();
  await expect.poll(() => colourOf(viewer.video), { message: 'the other camera' }).toBe('blue');
  await page.getByTestId('flip-camera').tap();
  await expect.poll(() => colourOf(viewer.video), { message: 'the first one again' }).toBe('red');
  await expectMoving(viewer.video);
  expect(await viewer.page.evaluate(() => (window as any).peerConnections.length), 'the same connection').toBe(1);

  // Picture, chat, shelf and buttons without scrolling.
  for (const part of [studio.preview, page.getByTestId('chat-input'), page.getByTestId('stop-show'), page.getByTestId('toggle-microphone')]) {
    await expect(part).toBeInViewport({ ratio: 1 });
  }
  await page.getByTestId('panel-products').tap();
  await studio.pin(product._id);
  await viewer.expectPinned([product._id]);
  await expect(studio.row(product._id)).toBeInViewport();
  await page.getByTestId('panel-chat').tap();
  await viewer.chat.say('hello from the sofa');
  await studio.chat.expectOnce('hello from the sofa');
  await expect(studio.chat.line('hello from the sofa')).toBeInViewport();

  await studio.stop();
  await expect.poll(() => page.evaluate(() => (window as any).locksHeld), { message: 'the screen may sleep' }).toBe(0);
});

for (const [name, sentence] of [
  ['NotAllowedError', /not allowed to use the camera/],
  ['NotReadableError', /Another program uses the camera/],
  ['NotFoundError', /No camera was found/],
] as const) {
  test(`a camera that fails with ${name} is named, and the demo camera is a way on`, async ({ people }) => {
    const page = await people.host({});
    await page.addInitScript((error) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', error));
    }, name);
    await page.goto('/admin/studio');
    await page.getByTestId('use-camera').click();
    await expect(page.getByText(sentence)).toBeVisible();
    await page.getByTestId('retry-camera').click();
    await expect(page.getByText(sentence)).toBeVisible();
    await page.getByTestId('retry-demo').click();
    await expectMoving(new StudioPage(page).preview);
  });
}

for (const [name, sentence] of [
  ['NotAllowedError', /not allowed to use the microphone/],
  ['NotReadableError', /Another program uses the microphone/],
] as const) {
  test(`a microphone that fails with ${name} is not told as a camera`, async ({ people }) => {
    const page = await people.host({});
    await page.addInitScript((error) => {
      const { mediaDevices, permissions } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = (wish) => (wish?.audio ? Promise.reject(new DOMException('no', error)) : open(wish));
      permissions.query = async (asked) => ({ state: (asked.name as string) === 'microphone' ? 'denied' : 'granted' }) as PermissionStatus;
    }, name);
    await page.goto('/admin/studio');
    await page.getByTestId('use-camera').click();
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(page.getByText('No microphone')).toBeVisible();
    await expect(page.getByText(/the camera/)).toHaveCount(0);
  });
}

test('a camera that is unplugged in the show is named; viewers stay, and the next camera goes on', async ({ people }) => {
  test.setTimeout(120_000);
  const page = await people.host({});
  await pretendPhone(page);
  const studio = new StudioPage(page);
  await page.goto('/admin/studio');
  await page.getByTestId('use-camera').click();
  await page.getByTestId('show-title').fill('Loose cable');
  await studio.start();
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  await viewer.enableSound();
  await page.evaluate(() => (window as any).unplug());
  await expect(page.getByText(/camera was unplugged.*Viewers still hear you/)).toBeVisible();
  await expect(studio.onAir).toBeVisible();
  const heard = await audioEnergy(viewer.page);
  await expect.poll(() => audioEnergy(viewer.page), { message: 'the sound goes on without a picture' }).toBeGreaterThan(heard + 0.05);
  await page.getByTestId('retry-camera').tap();
  await expectMoving(viewer.video, 30_000);
  await expect.poll(() => colourOf(viewer.video)).toBe('red');
});
