import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { untilInteractive } from '../support/interactive';
import { expectMoving } from '../support/media';
import { expect, test } from '../support/test';

/** The code of the shop's pages, which comes when the first of them is opened. */
const CODE = /split_shop/;
/** What the console says of it. */
const SAID = [CODE, /Failed to fetch/];

test('a page whose code does not come says so, and the show goes on in its corner', async ({ people, guard }) => {
  guard.allow(...SAID);
  const studio = new StudioPage(await people.host());
  await studio.goLive('On a weak line', { record: false });
  const guest = await people.guest('Ada');
  const viewer = new WatchPage(guest);
  await viewer.watch();
  await guest.context().route(CODE, (route) => route.abort());
  await guest.getByRole('navigation', { name: 'Shop' }).getByRole('link', { name: 'Shop' }).click();
  await expect(guest.getByTestId('not-fetched')).toBeVisible();
  await expectMoving(guest.getByTestId('dock-video'));
  // Another page of the kind that has come already is still one click away.
  await guest.getByTestId('dock-back').click();
  await expectMoving(viewer.video);

  await guest.getByRole('navigation', { name: 'Shop' }).getByRole('link', { name: 'Shop' }).click();
  await expect(guest.getByTestId('not-fetched')).toBeVisible();
  await guest.context().unroute(CODE);
  await guest.getByRole('link', { name: 'Load it again' }).click();
  await expect(guest.getByRole('heading', { level: 1 })).toHaveText('Shop');
});

test('a page whose code does not come at first is loaded once more by itself', async ({ people, guard }) => {
  guard.allow(...SAID, /the code of this page could not be fetched/);
  const guest = await people.guest('Bea');
  let documents = 0;
  guest.on('request', (request) => {
    if (request.isNavigationRequest()) documents += 1;
  });
  await guest.context().route(CODE, (route) => (documents < 2 ? route.abort() : route.continue()));
  await guest.goto('/shop', { waitUntil: 'commit' });
  await expect.poll(() => documents).toBe(2);
  await untilInteractive(guest);
  await guest.getByRole('navigation', { name: 'Shop' }).getByRole('link', { name: 'Live' }).click();
  await expect(guest).toHaveURL(/\/live$/);
  expect(documents, 'it answers without another document').toBe(2);
});
