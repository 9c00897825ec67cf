import { expect, type Locator, type Page } from '@playwright/test';

/** The chat beside a show, the same for hosts and viewers. */
export class ChatPanel {
  readonly messages: Locator;

  constructor(readonly page: Page) {
    this.messages = page.getByTestId('chat-message');
  }

  async say(text: string): Promise<void> {
    await this.page.getByTestId('chat-input').fill(text);
    await this.page.getByTestId('chat-send').click();
  }

  /** The one line with this text; fails if it is there twice. */
  line(text: string): Locator {
    return this.messages.filter({ hasText: text });
  }

  async expectOnce(text: string): Promise<void> {
    await expect(this.line(text)).toHaveCount(1);
  }

  /** Waits until these texts stand here once each, in this order. */
  async expectInOrder(texts: string[]): Promise<void> {
    await expect
      .poll(async () => {
        const lines = await this.messages.allInnerTexts();
        return lines.map((line) => texts.find((text) => line.includes(text))).filter((text) => text !== undefined);
      })
      .toEqual(texts);
  }
}
