import { PlanPage } from '../pages/plan_page';
import { planAndRunAShow } from '../support/journey';
import { picture } from '../support/picture';
import { expect, test } from '../support/test';

const tomorrow = () => new Date(Date.now() + 86_400_000);

test('a show is planned, started, run and stopped from the pages', async ({ people, shop }) => {
  test.setTimeout(120_000);
  await planAndRunAShow(await people.host(), people, shop);
});

test('a plan is made by the host\'s own clock, with its summer, and can be changed and cancelled', async ({ people, shop }) => {
  const host = await people.host({ viewport: { width: 1440, height: 900 }, timezoneId: 'America/New_York' });
  const plan = new PlanPage(host);
  const title = `Summer glow ${Date.now()}`;
  await plan.open();
  await expect(host.getByTestId('plan-zone')).toHaveText('America/New_York');
  await plan.fillIn(title, '2031-07-04T20:00', 'With a view of the harbour.');
  await host.getByTestId('poster-file').setInputFiles({ name: 'poster.png', mimeType: 'image/png', buffer: picture() });
  await expect(host.getByTestId('poster')).toBeVisible();
  await plan.save(title);
  await expect(plan.row(title)).toContainText('4 July 2031, 20:00');
  const { body } = await shop.api.send('GET', '/livestreams');
  const show = body.livestreams.find((one: { title: string }) => one.title === title);
  expect(show).toMatchObject({ status: 'scheduled', scheduledAt: '2031-07-05T00:00:00.000Z' });
  expect(show.thumbnailUrl).toMatch(/^\/uploads\/thumbnails\//);

  await plan.row(title).getByTestId('edit-plan').click();
  await expect(host.getByTestId('plan-at')).toHaveValue('2031-07-04T20:00');
  // In winter the same wall is an hour further from UTC.
  await host.getByTestId('plan-at').fill('2031-12-04T20:00');
  await plan.save(title);
  expect(await shop.api.show(show._id)).toMatchObject({ title, scheduledAt: '2031-12-05T01:00:00.000Z' });

  const guest = await people.guest('Bea', { timezoneId: 'Europe/Berlin' });
  await guest.goto(`/live/${show._id}`);
  await expect(guest.getByTestId('coming-up')).toContainText('5 December 2031, 02:00');

  await plan.row(title).getByRole('button', { name: 'Cancel show' }).click();
  await plan.row(title).getByRole('button', { name: 'Cancel it' }).click();
  await expect(plan.row(title)).toHaveCount(0);
  const calendar = await (await fetch(`${shop.url}/livestreams/${show._id}/calendar.ics`)).text();
  expect(calendar).toContain('STATUS:CANCELLED');
});

test('what is wrong with a plan is said at its field', async ({ people, guard }) => {
  guard.allow(/status of 422/);
  const plan = new PlanPage(await people.host());
  await plan.open();
  await plan.fillIn('Too late', '2020-01-01T10:00');
  await plan.page.getByTestId('plan-save').click();
  await expect(plan.page.getByText('Choose a time that is still to come.')).toBeVisible();
  await expect(plan.page.getByTestId('plan-title')).toHaveValue('Too late');
});

test('the countdown counts, by the server\'s clock', async ({ people, shop }) => {
  const show = await shop.api.planShow('Any minute', new Date(Date.now() + 30 * 60_000));
  const guest = await people.guest('Bea');
  // An hour behind: by its own clock the page would count from an hour and a half.
  await guest.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() - 3_600_000;
  });
  await guest.goto(`/live/${show._id}`);
  const countdown = guest.getByTestId('countdown');
  await expect(countdown).toHaveText(/^(30:00|29:\d\d)$/);
  const first = await countdown.innerText();
  await expect(countdown).not.toHaveText(first);
  await expect(countdown).toHaveText(/^29:\d\d$/);
});

test('lists begin with what is live, then with what is next', async ({ people, shop }) => {
  const later = await shop.api.planShow(`Later ${Date.now()}`, tomorrow());
  const sooner = await shop.api.planShow(`Sooner ${Date.now()}`, new Date(Date.now() + 3_600_000));
  await shop.api.startShow('Now');
  const host = await people.host();
  await host.goto('/admin/shows');
  const ids = host.getByTestId('show-row');
  await expect(ids.first()).toContainText('Now');
  const order = await ids.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-show-id')));
  expect(order.indexOf(sooner._id)).toBeLessThan(order.indexOf(later._id));
  const guest = await people.guest('Bea');
  await guest.goto('/');
  await expect(guest.getByTestId('live-now')).toBeVisible();
  await expect(guest.getByTestId('calendar-feed')).toHaveAttribute('href', '/livestreams/calendar.ics');
});
