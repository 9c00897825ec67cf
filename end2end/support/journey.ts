import { PlanPage } from '../pages/plan_page';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from './media';
import { expect, type People, type Shop } from './test';
import type { Page } from '@playwright/test';

/** A show from its plan to its page among the past ones, through pages alone; the same on every screen. */
export async function planAndRunAShow(host: Page, people: People, shop: Shop): Promise<void> {
  const title = `Sunday brunch ${Date.now()}`;
  const plan = new PlanPage(host);
  await plan.open();
  await plan.fillIn(title, new Date(Date.now() + 26 * 3_600_000).toISOString().slice(0, 16), 'Three looks with Ada.');
  await plan.save(title);

  const guest = await people.guest('Bea');
  await guest.goto('/');
  await guest.getByTestId('show-card').filter({ hasText: title }).click();
  const viewer = new WatchPage(guest);
  await expect(guest.getByTestId('countdown')).toHaveText(/^1 day 1 h$/);
  await guest.evaluate(() => ((window as any).sameDocument = true));
  const href = await guest.getByTestId('add-to-calendar').getAttribute('href');
  const calendar = await (await fetch(`${shop.url}${href}`)).text();
  expect(calendar).toContain('BEGIN:VEVENT');

  await plan.row(title).getByRole('link', { name: 'Open studio' }).click();
  const studio = new StudioPage(host);
  await host.getByTestId('demo-camera').click();
  await studio.start();
  await expectMoving(viewer.video, 30_000);
  await expect(guest.getByTestId('countdown')).toHaveCount(0);
  expect(await guest.evaluate(() => (window as any).sameDocument), 'the page turned live without a reload').toBe(true);

  await viewer.chat.say('Here I am');
  await studio.chat.expectOnce('Here I am');
  await studio.chat.say('Good to see you');
  await viewer.chat.expectOnce('Good to see you');

  await studio.stop();
  await expect(viewer.ended).toBeVisible();
  await guest.goto('/');
  await expect(guest.getByTestId('show-card').filter({ hasText: title })).toContainText('Ended');
}
