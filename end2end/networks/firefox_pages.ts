import { admin } from '../support/server';
import { expect } from '../support/test';
import { expectPicture } from './figures';
import type { Firefox } from './firefox';

/** The chat beside a show in Firefox. */
class FirefoxChat {
  constructor(private readonly firefox: Firefox) {}

  async say(text: string): Promise<void> {
    await this.firefox.fill('chat-input', text);
    await this.firefox.click('chat-send');
  }

  async expectOnce(text: string): Promise<void> {
    await expect
      .poll(async () => (await this.firefox.texts('chat-message')).filter((line) => line.includes(text)).length, { message: `"${text}" is there once` })
      .toBe(1);
  }
}

/** `/live` in Firefox. */
export class FirefoxViewer {
  readonly chat: FirefoxChat;

  constructor(readonly firefox: Firefox) {
    this.chat = new FirefoxChat(firefox);
  }

  /** Opens the newest show and waits until its picture moves. */
  async watch(timeout?: number): Promise<void> {
    await this.firefox.goto('/live');
    await expectPicture(this.firefox.page, timeout);
  }

  /** Width of the picture as it arrives. */
  async width(): Promise<number> {
    return this.firefox.page.evaluate(() => document.querySelector<HTMLVideoElement>('[data-testid="live-video"]')?.videoWidth ?? 0);
  }

  /** Wishes for a size of the picture, by its value in the menu. */
  async choose(quality: string): Promise<void> {
    await this.firefox.page.select('[data-testid="picture-quality"]', quality);
  }

  /** Connections that the page has made so far: one, where it never had to look for the picture again. */
  async connections(): Promise<number> {
    return this.firefox.page.evaluate(() => (window as any).peerConnections.length);
  }

  /** Whether the page says that it looks for the picture again. */
  async isReconnecting(): Promise<boolean> {
    return this.firefox.page.evaluate(() => /reconnecting/i.test(document.body.innerText));
  }

  async enableSound(): Promise<void> {
    await this.firefox.click('enable-sound');
    await this.firefox.page.waitForFunction(() => !document.querySelector<HTMLVideoElement>('[data-testid="live-video"]')?.muted);
  }

  async expectPinned(ids: string[]): Promise<void> {
    await expect.poll(() => this.firefox.attributes('pinned-product', 'data-product-id'), { message: 'the shelf, in order' }).toEqual(ids);
  }
}

/** `/admin/studio` in Firefox. */
export class FirefoxStudio {
  readonly chat: FirefoxChat;

  constructor(readonly firefox: Firefox) {
    this.chat = new FirefoxChat(firefox);
  }

  /** Signs in by the form, as hosts do. */
  async signIn(): Promise<void> {
    const { firefox } = this;
    await firefox.goto('/login?next=%2Fadmin%2Fstudio');
    await firefox.fill('email', admin.email);
    await firefox.fill('password', admin.password);
    await firefox.click('auth-submit');
    await firefox.see('show-title');
  }

  /** Goes live from the studio's page; gives the id of the show. */
  async goLive(title: string, source: 'use-camera' | 'demo-camera', { record = true } = {}): Promise<string> {
    const { firefox } = this;
    await firefox.goto('/admin/studio');
    await firefox.click(source);
    await firefox.fill('show-title', title);
    if (!record) await firefox.click('record-show');
    await firefox.click('go-live');
    await firefox.see('on-air');
    await firefox.page.waitForFunction(() => /\/admin\/studio\/[0-9a-f]{24}$/.test(location.pathname));
    return firefox.page.url().slice(-24);
  }

  /** Waits until this much of the show is recorded. */
  async recorded(atLeastMs: number): Promise<void> {
    const recorded = async () => Number((await this.firefox.attributes('recording-state', 'data-recorded-ms'))[0] ?? 0);
    await expect.poll(recorded, { timeout: 40_000, message: 'the show is recorded' }).toBeGreaterThanOrEqual(atLeastMs);
  }

  async pin(productId: string): Promise<void> {
    await this.firefox.page.locator(`[data-testid="product-row"][data-product-id="${productId}"] [data-testid="pin-product"]`).click();
  }

  async stop(): Promise<void> {
    await this.firefox.click('stop-show');
    await this.firefox.click('stop-show-confirm');
    await this.firefox.see('show-ended');
  }
}
