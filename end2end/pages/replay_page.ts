import { expect, type Locator, type Page } from '@playwright/test';
import { untilInteractive } from '../support/interactive';
import type { Shop } from '../support/test';

export interface Recording {
  state: string;
  durationMs: number;
  videoUrl: string;
  parts: { showMs: number; atMs: number; durationMs: number }[];
}

/** `/replays/:id`: a show that is over. */
export class ReplayPage {
  readonly video: Locator;
  readonly pinned: Locator;
  readonly chapters: Locator;

  constructor(readonly page: Page) {
    this.video = page.getByTestId('replay-video');
    this.pinned = page.getByTestId('pinned-product');
    this.chapters = page.getByTestId('chapter');
  }

  /** Opens a replay and waits until its film is known. */
  async open(id: string): Promise<void> {
    await this.page.goto(`/replays/${id}`);
    await untilInteractive(this.page);
    await expect.poll(() => this.video.evaluate((video) => (video as HTMLVideoElement).readyState), { message: 'the film is there' }).toBeGreaterThan(0);
  }

  /** What the shop says about the recording. */
  async recordingOf(shop: Shop, id: string): Promise<Recording> {
    return (await shop.api.asAdmin<{ recording: Recording }>('GET', `/livestreams/${id}/recording`)).recording;
  }

  card(productId: string): Locator {
    return this.page.locator(`[data-testid="pinned-product"][data-product-id="${productId}"]`);
  }

  /** Goes to a second of the film and waits until its picture is there. */
  async seek(seconds: number): Promise<void> {
    await this.video.evaluate(
      (element, to) =>
        new Promise<void>((resolve) => {
          const video = element as HTMLVideoElement;
          video.addEventListener('seeked', () => resolve(), { once: true });
          video.pause();
          video.currentTime = to;
        }),
      Math.max(seconds, 0),
    );
  }

  async seekableEnd(): Promise<number> {
    return this.video.evaluate((element) => {
      const { seekable } = element as HTMLVideoElement;
      return seekable.length ? seekable.end(seekable.length - 1) : 0;
    });
  }

  async currentTime(): Promise<number> {
    return this.video.evaluate((video) => (video as HTMLVideoElement).currentTime);
  }
}
