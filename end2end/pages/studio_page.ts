import { expect, type Locator, type Page } from '@playwright/test';
import { ChatPanel } from './chat_panel';

/** `/admin/studio`: where the host prepares a show and runs it. */
export class StudioPage {
  readonly onAir: Locator;
  readonly preview: Locator;
  readonly chat: ChatPanel;
  readonly likeCount: Locator;
  readonly viewerCount: Locator;
  readonly recording: Locator;

  constructor(readonly page: Page) {
    this.onAir = page.getByTestId('on-air');
    this.preview = page.getByTestId('preview-video');
    this.chat = new ChatPanel(page);
    this.likeCount = page.getByTestId('like-count');
    this.viewerCount = page.getByTestId('viewer-count');
    this.recording = page.getByTestId('recording-state');
  }

  /** Goes live with the demo camera, or with a camera that has no more pixels than these; gives the id of the show. */
  async goLive(title: string, { record = true, camera }: { record?: boolean; camera?: { width: number; height: number } } = {}): Promise<string> {
    if (camera) await this.haveCamera(camera);
    // Nothing is waited for but the controls themselves: they are disabled until they answer.
    await this.page.goto('/admin/studio');
    await this.page.getByTestId(camera ? 'use-camera' : 'demo-camera').click();
    await this.page.getByTestId('show-title').fill(title);
    if (!record) await this.page.getByTestId('record-show').uncheck();
    await this.start();
    await this.page.waitForURL(/\/admin\/studio\/[0-9a-f]{24}$/);
    return this.page.url().slice(-24);
  }

  /** The browser's pretended camera takes pictures of this size, whatever is asked of it. */
  private async haveCamera({ width, height }: { width: number; height: number }): Promise<void> {
    await this.page.addInitScript(
      ([width, height]) => {
        const devices = navigator.mediaDevices;
        const open = devices.getUserMedia.bind(devices);
        devices.getUserMedia = (wish) => {
          const size = { width: { exact: width }, height: { exact: height } };
          return open(typeof wish?.video === 'object' ? { ...wish, video: { ...wish.video, ...size } } : wish);
        };
      },
      [width, height],
    );
  }

  /** Goes on air with what the page shows. */
  async start(): Promise<void> {
    await this.page.getByTestId('go-live').click();
    await expect(this.onAir).toBeVisible();
  }

  /** Stops the show; the page asks once more before it does. */
  async stop(): Promise<void> {
    await this.page.getByTestId('stop-show').click();
    const confirm = this.page.getByTestId('stop-show-confirm');
    await confirm.or(this.page.getByTestId('show-ended')).first().waitFor();
    // Without an answer it ends by itself in the very moment in which it is to be clicked.
    const ended = this.onAir.waitFor({ state: 'hidden' });
    await Promise.race([confirm.click({ timeout: 0 }).catch(() => undefined), ended]);
    await ended;
  }

  /** Waits until this much of the show is recorded by this page. */
  async recorded(atLeastMs: number): Promise<void> {
    await expect.poll(() => this.recordedNow(), { timeout: 30_000, message: 'the show is recorded' }).toBeGreaterThanOrEqual(atLeastMs);
  }

  /** Milliseconds that the recorder of this page has seen. */
  async recordedNow(): Promise<number> {
    if ((await this.recording.count()) === 0) return 0;
    return Number(await this.recording.getAttribute('data-recorded-ms'));
  }

  row(productId: string): Locator {
    return this.page.locator(`[data-testid="product-row"][data-product-id="${productId}"]`);
  }

  async pin(productId: string): Promise<void> {
    await this.row(productId).getByTestId('pin-product').click();
    await expect(this.row(productId).getByTestId('unpin-product')).toBeVisible();
  }

  async unpin(productId: string): Promise<void> {
    await this.row(productId).getByTestId('unpin-product').click();
  }

  async moveUp(productId: string): Promise<void> {
    await this.row(productId).getByTestId('move-up').click();
  }
}
