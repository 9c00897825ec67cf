import type { Page } from '@playwright/test';

/**
 * Waits until the page answers to its visitor: set by the app's first effect, before which forms are plain ones. Controls
 * that only the script serves need no such wait: they are disabled until then.
 */
export async function untilInteractive(page: Page): Promise<void> {
  await page.waitForFunction(() => performance.getEntriesByName('wrencos:hydrated').length > 0);
}

/** Opens a page and waits until it answers. */
export async function openInteractive(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await untilInteractive(page);
}
