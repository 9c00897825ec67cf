import { expect, type Locator, type Page } from '@playwright/test';
import { expectMoving } from '../support/media';
import { ChatPanel } from './chat_panel';

/** `/live` and `/live/:id`: what a customer sees of a show. */
export class WatchPage {
  readonly video: Locator;
  readonly chat: ChatPanel;
  readonly pinned: Locator;
  readonly likeCount: Locator;
  readonly viewerCount: Locator;
  readonly connection: Locator;
  readonly ended: Locator;
  /** The line of the show so far, and what stands beside it. */
  readonly line: Locator;
  readonly pause: Locator;
  readonly backTen: Locator;
  readonly backToLive: Locator;
  /** Why somebody who did not go back is behind. */
  readonly reason: Locator;
  /** What is wished of the picture, and what stands where none is. */
  readonly quality: Locator;
  readonly soundOnly: Locator;

  constructor(readonly page: Page) {
    this.video = page.getByTestId('live-video');
    this.chat = new ChatPanel(page);
    this.pinned = page.getByTestId('pinned-product');
    this.likeCount = page.getByTestId('like-count');
    this.viewerCount = page.getByTestId('viewer-count');
    this.connection = page.getByTestId('connection-state');
    this.ended = page.getByTestId('show-ended');
    this.line = page.getByTestId('rewind-line');
    this.pause = page.getByTestId('pause');
    this.backTen = page.getByTestId('back-ten');
    this.backToLive = page.getByTestId('back-to-live');
    this.reason = page.getByTestId('behind-reason');
    this.quality = page.getByTestId('picture-quality');
    this.soundOnly = page.getByTestId('sound-only');
  }

  async open(path = '/live'): Promise<void> {
    await this.page.goto(path);
  }

  /** Opens the newest show and waits until its picture moves. */
  async watch(path = '/live'): Promise<void> {
    await this.open(path);
    await expectMoving(this.video);
  }

  async enableSound(): Promise<void> {
    await this.page.getByTestId('enable-sound').click();
    await expect.poll(() => this.video.evaluate((element) => (element as HTMLVideoElement).muted)).toBe(false);
  }

  /**
   * Takes the network away until the page has noticed, and gives it back. `meanwhile` is done while there is none. What the host
   * says afterwards arrives once everything is here again.
   */
  async passTunnel(host: ChatPanel, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await this.page.context().setOffline(true);
    await expect(this.connection).toHaveText(/offline|reconnecting/i);
    await meanwhile();
    await this.page.context().setOffline(false);
    await host.say('still here?');
    await this.chat.expectOnce('still here?');
  }

  /** Everything that may be wished of the picture, as the menu says it. */
  async qualities(): Promise<string[]> {
    return this.quality.locator('option').allTextContents();
  }

  /** How far behind live the page says it is. */
  async behindSeconds(): Promise<number> {
    return Number(await this.page.getByTestId('behind').getAttribute('data-behind-s'));
  }

  async like(): Promise<void> {
    await this.page.getByTestId('like-button').click();
  }

  /** The card of a pinned product. */
  card(productId: string): Locator {
    return this.page.locator(`[data-testid="pinned-product"][data-product-id="${productId}"]`);
  }

  async pinnedIds(): Promise<(string | null)[]> {
    return this.pinned.evaluateAll((cards) => cards.map((card) => card.getAttribute('data-product-id')));
  }

  async expectPinned(ids: string[]): Promise<void> {
    await expect.poll(() => this.pinnedIds(), { message: 'the shelf, in order' }).toEqual(ids);
  }

  /** Width and height of the picture as it arrives. */
  async pictureSize(): Promise<[number, number]> {
    return this.video.evaluate((element) => {
      const video = element as HTMLVideoElement;
      return [video.videoWidth, video.videoHeight];
    });
  }
}
