import type { Locator, Page } from '@playwright/test';

/** The show that plays on while its viewer looks around the shop. */
export class Dock {
  readonly root: Locator;
  readonly video: Locator;
  readonly back: Locator;
  readonly close: Locator;

  constructor(readonly page: Page) {
    this.root = page.getByTestId('dock');
    this.video = page.getByTestId('dock-video');
    this.back = page.getByTestId('dock-back');
    this.close = page.getByTestId('dock-close');
  }

  /** Connections to hosts that this page has made. */
  async connections(): Promise<number> {
    return this.page.evaluate(() => (window as any).peerConnections.length);
  }
}
