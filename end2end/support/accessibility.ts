import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1440, height: 900 };

export interface Look {
  colorScheme: 'light' | 'dark';
  size: { width: number; height: number };
}

const everyLook: Look[] = (['light', 'dark'] as const).flatMap((colorScheme) => [phone, desktop].map((size) => ({ colorScheme, size })));

/** Waits until another size or colour is painted, and what moves on the way there has come to rest. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // A browser that is busy may paint nothing for as long as nothing asks it to: what is looked for are styles, which are there.
    const within = (done: Promise<unknown>) => Promise.race([done, new Promise((resolve) => setTimeout(resolve, 2000))]);
    const painted = () => within(new Promise((resolve) => requestAnimationFrame(resolve)));
    await painted();
    await painted();
    const passing = document.getAnimations().filter(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity);
    await within(Promise.allSettled(passing.map((animation) => animation.finished)));
  });
}

/** Looks at a page in every look it has; a finding names page, look, rule and element. */
export async function findings(page: Page, name: string, looks = everyLook): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, size } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, nodes } of violations) {
      for (const { html, any } of nodes) found.push(`${name} ${colorScheme} ${size.width}: ${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`);
    }
  }
  return found;
}
