import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { audioEnergy, carried, expectMoving, expectStill, received } from './media';
import { expect, type People } from './test';

/** People who watch, with the sound on. */
export async function audience(people: People, names: string[]): Promise<WatchPage[]> {
  const viewers: WatchPage[] = [];
  for (const name of names) {
    const viewer = new WatchPage(await people.guest(name));
    await viewer.watch();
    await viewer.enableSound();
    viewers.push(viewer);
  }
  return viewers;
}

/** All of them see so many pictures a second, and hear; for so long. */
export async function expectServed(viewers: WatchPage[], leastRate: number, ms: number): Promise<void> {
  const pages = viewers.map(({ page }) => page);
  for (const [index, { rate, energy }] of (await received(pages, ms)).entries()) {
    console.log(`viewer ${index}: ${rate} frames a second`);
    expect(rate, `viewer ${index}`).toBeGreaterThanOrEqual(leastRate);
    expect(energy, `sound of viewer ${index}`).toBeGreaterThan(0);
  }
}

/** A show whose engine is killed and started again: people are told, chat goes on, and picture and sound are back without a click. */
export async function expectOutlived(engine: { kill: () => Promise<void>; start: () => Promise<void> }, viewers: WatchPage[]): Promise<void> {
  const pages = viewers.map(({ page }) => page);
  await engine.kill();
  await expectStill(viewers[0].video);
  await expect(viewers[0].page.getByText('The video is away just now'), 'people are told in words').toBeVisible({ timeout: 20_000 });
  await viewers[0].chat.say('is anybody there?');
  await viewers[1].chat.expectOnce('is anybody there?');
  await engine.start();
  const back = Date.now();
  await Promise.all(viewers.map(({ video }) => expectMoving(video, 60_000)));
  console.log(`the picture is back ${((Date.now() - back) / 1000).toFixed(1)} s after the engine`);
  const sound = await Promise.all(pages.map(audioEnergy));
  await expect.poll(async () => (await Promise.all(pages.map(audioEnergy))).every((energy, index) => energy > sound[index]), { message: 'and the sound' }).toBe(true);
}

/** The host's page comes anew: viewers get what it sends now. */
export async function expectReturn(studio: StudioPage, viewers: WatchPage[]): Promise<void> {
  await studio.page.reload();
  await expect.poll(async () => (await carried(studio.page)).sent, { timeout: 30_000, message: 'it sends again' }).toBeGreaterThan(10);
  await Promise.all(viewers.map(({ video }) => expectMoving(video, 30_000)));
}
