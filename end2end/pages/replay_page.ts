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
  readonly line: Locator;
  readonly glimpse: Locator;

  constructor(readonly page: Page) {
    this.video = page.getByTestId('replay-video');
    this.pinned = page.getByTestId('pinned-product');
    this.chapters = page.getByTestId('chapter');
    this.line = page.getByTestId('seek-line');
    this.glimpse = page.getByTestId('glimpse');
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

  /** Waits until the film is made; gives what the shop says about it. */
  async untilReady(shop: Shop, id: string, timeout = 30_000): Promise<Recording> {
    await expect.poll(async () => (await this.recordingOf(shop, id)).state, { timeout, message: 'the film is made' }).toBe('ready');
    return this.recordingOf(shop, id);
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

  /** Points at a place on the line of the film, from 0 to 1. */
  async pointAt(along: number, act: 'hover' | 'click' = 'hover'): Promise<void> {
    const box = (await this.line.boundingBox())!;
    // The line begins and ends half a handle from its edges.
    await this.line[act]({ position: { x: 8 + along * (box.width - 16), y: box.height / 2 } });
  }

  /** What the small picture shows: how far from the left of the sheet it is, and its colours. */
  async glimpsed(): Promise<number[]> {
    return this.glimpse.getByTestId('glimpse-frame').evaluate(async (element) => {
      const { backgroundImage, backgroundPosition, width, height } = getComputedStyle(element);
      const response = await fetch(/url\("(.*)"\)/.exec(backgroundImage)![1]);
      if (!response.ok) return [];
      const [left, top] = backgroundPosition.split(' ').map((length) => -Number.parseFloat(length));
      const canvas = new OffscreenCanvas(Number.parseFloat(width), Number.parseFloat(height));
      const context = canvas.getContext('2d')!;
      context.drawImage(await createImageBitmap(await response.blob()), -left, -top);
      return [left, ...context.getImageData(0, 0, canvas.width, canvas.height).data];
    });
  }

  /** When the pictures of the film that stand for themselves are shown, in seconds, as its index says (RFC 9559, 5.1.5). */
  async keyPictures(): Promise<number[]> {
    const response = await this.page.request.get(await this.video.evaluate((video) => (video as HTMLVideoElement).currentSrc.split('#')[0]));
    const film = await response.body();
    const cues = film.indexOf(Buffer.from([0x1c, 0x53, 0xbb, 0x6b]));
    const times: number[] = [];
    // Each point (BB, its length) begins with its time: B3, a length of eight bytes, milliseconds.
    for (let at = film.indexOf(0xb3, cues); ; at += 1) {
      if (film[at - 2] === 0xbb && film[at] === 0xb3 && film[at + 1] === 0x88) times.push(Number(film.readBigUInt64BE(at + 2)) / 1000);
      if (film.readUInt32BE(at) === 0x1f43b675) return times;
    }
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
