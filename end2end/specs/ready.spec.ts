import type { Page } from '@playwright/test';
import { expect, test } from '../support/test';

/** Holds the page's script back until it is let go. */
async function holdScript(page: Page): Promise<() => void> {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/pkg/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  return letGo;
}

test('a viewer\'s controls wait for the script that serves them', async ({ page, shop }) => {
  const show = await shop.api.startShow('Not too early');
  const letGo = await holdScript(page);
  await page.goto(`/live/${show._id}`, { waitUntil: 'commit' });
  for (const control of ['like-button', 'chat-input', 'chat-send', 'guest-name']) {
    await expect(page.getByTestId(control), control).toBeDisabled();
  }
  letGo();
  for (const control of ['like-button', 'chat-input', 'chat-send', 'guest-name']) {
    await expect(page.getByTestId(control), control).toBeEnabled();
  }
  await page.getByTestId('like-button').click();
  await expect(page.getByTestId('like-count')).toHaveText('1');
});

test('a host\'s controls wait too, and what is pressed at the first moment counts', async ({ people, shop }) => {
  const page = await people.host();
  await shop.api.startShow('Abandoned');
  let letGo = await holdScript(page);
  await page.goto('/admin/studio', { waitUntil: 'commit' });
  for (const control of ['demo-camera', 'use-camera', 'go-live', 'show-title', 'quality']) {
    await expect(page.getByTestId(control), control).toBeDisabled();
  }
  letGo();
  await page.getByTestId('demo-camera').click();
  await expect(page.getByTestId('demo-camera')).toHaveAttribute('aria-pressed', 'true');

  await page.unrouteAll({ behavior: 'wait' });
  letGo = await holdScript(page);
  await page.goto('/admin/shows', { waitUntil: 'commit' });
  await expect(page.getByTestId('cleanup')).toBeDisabled();
  letGo();
  await expect(page.getByTestId('cleanup')).toBeEnabled();
});
