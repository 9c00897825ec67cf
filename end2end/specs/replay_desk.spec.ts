import { ReplayDeskPage } from '../pages/replay_desk_page';
import { ReplayPage } from '../pages/replay_page';
import { StudioPage } from '../pages/studio_page';
import { untilInteractive } from '../support/interactive';
import { expect, test } from '../support/test';

test.describe.configure({ timeout: 120_000 });

test('a host cuts a film, moves what is sold, adds captions, and takes the replay from the shop', async ({ people, shop, guard }) => {
  guard.allow(/status of 404/, /status of 422/);
  const [lamp, vase] = [await shop.api.createProduct('Amber lamp'), await shop.api.createProduct('Blue vase')];
  const host = await people.host();
  const studio = new StudioPage(host);
  const id = await studio.goLive('To be cut');
  await studio.pin(lamp._id);
  await studio.recorded(5_000);
  await studio.pin(vase._id);
  await studio.recorded(9_000);
  // Nobody chose a picture: one of the first seconds stands for the show.
  await expect.poll(async () => (await shop.api.show(id)).thumbnailUrl).toMatch(/^\/uploads\/thumbnails\/.*\.(webp|jpg)$/);
  await studio.stop();
  await expect(studio.recording).toHaveAttribute('data-phase', 'ready', { timeout: 30_000 });

  const desk = new ReplayDeskPage(host);
  await desk.open(id);
  await expect(desk.moments).toHaveCount(2);
  const replay = new ReplayPage(await people.guest('Ada'));
  await replay.open(id);
  const keys = await replay.keyPictures();
  await desk.cut(4.5, 8);
  // It begins with the last picture before that stands for itself, never later.
  await replay.open(id);
  const length = await replay.seekableEnd();
  const from = Math.max(...keys.filter((key) => key <= 4.5));
  expect(Math.abs(length - (8 - from)), `${length} s, pictures that stand for themselves at ${keys} s`).toBeLessThan(0.1);
  // The lamp was there from before the start; the vase comes up in between.
  await replay.seek(0);
  await expect(replay.card(lamp._id)).toBeVisible();
  await replay.seek(length - 0.2);
  await expect(replay.card(vase._id)).toBeVisible();

  await desk.moments.filter({ hasText: 'Blue vase' }).getByTestId('moment-remove').click();
  await host.getByTestId('save-moments').click();
  await expect(host.getByTestId('save-moments')).toBeDisabled();
  await desk.addCaptions('en', 'English', 'WEBVTT\n\n00:03.000 --> 00:01.000\nToo early');
  await expect(host.getByText(/Line 3: a caption ends after it begins/)).toBeVisible();
  await desk.addCaptions('en', 'English', 'WEBVTT\n\n00:00.000 --> 00:03.000\nThis is the lamp');
  await expect(desk.captions).toHaveCount(1);

  await replay.open(id);
  await replay.seek(length - 0.2);
  await expect(replay.card(lamp._id)).toBeVisible();
  await expect(replay.card(vase._id)).toHaveCount(0);
  const said = await replay.video.evaluate(async (element) => {
    const { track } = element.querySelector('track') as HTMLTrackElement;
    const loaded = new Promise((resolve) => element.querySelector('track')?.addEventListener('load', resolve, { once: true }));
    track.mode = 'showing';
    await loaded;
    return [...(track.cues ?? [])].map((cue) => (cue as VTTCue).text);
  });
  expect(said).toEqual(['This is the lamp']);

  await desk.publish('Not public');
  const response = await replay.page.goto(`/replays/${id}`);
  expect(response?.status()).toBe(404);
  await expect(replay.page.getByText('To be cut')).toHaveCount(0);
  await desk.publish('Public');
  await replay.open(id);

  await host.getByTestId('whole-film-again').click();
  await expect(desk.result).toHaveText('Customers see the whole film.');
  await host.getByTestId('replay-title').fill('As it should be called');
  await host.getByTestId('save-details').click();
  await expect(host.getByText('Saved.')).toBeVisible();
  await replay.open(id);
  expect(await replay.seekableEnd()).toBeGreaterThan(8);
  await expect(replay.page.getByRole('heading', { level: 1 })).toHaveText('As it should be called');
});

test('a desk says what it cannot do', async ({ people, shop }) => {
  const host = await people.host();
  const show = await shop.api.startShow('Not recorded');
  await host.goto(`/admin/replays/${show._id}`);
  await expect(host.getByText('This show is not over yet')).toBeVisible();
  await shop.api.asAdmin('POST', `/livestreams/${show._id}/stop`, {});
  await host.goto(`/admin/replays/${show._id}`);
  await untilInteractive(host);
  await expect(host.getByText('No film was kept of this show')).toBeVisible();
  await expect(host.getByTestId('download')).toHaveCount(0);
});
