import { expect, type Locator, type Page } from '@playwright/test';
import { ChatPanel } from './chat_panel';

/** The tools of those who keep order in a chat: in the studio, and on the moderators' page of a show. */
export class ChatDesk {
  readonly chat: ChatPanel;
  readonly outcome: Locator;

  constructor(readonly page: Page) {
    this.chat = new ChatPanel(page);
    this.outcome = page.getByTestId('desk-outcome');
  }

  async delete(text: string): Promise<void> {
    await this.tool(text, 'delete-message');
  }

  async mute(text: string, minutes: 5 | 60): Promise<void> {
    await this.tool(text, `mute-${minutes}`);
    await expect(this.outcome).toContainText('is muted');
  }

  async ban(text: string): Promise<void> {
    await this.tool(text, 'ban-open');
    await this.chat.line(text).getByTestId('ban-confirm').click();
    await expect(this.outcome).toContainText('is banned');
  }

  async announce(text: string): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId('announcement-text').fill(text);
    await this.page.getByTestId('announcement-save').click();
  }

  async slowMode(seconds: number): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId('slow-mode').selectOption(String(seconds));
  }

  async liftFirst(): Promise<void> {
    await this.openSettings();
    const show = this.page.getByTestId('show-sanctions');
    if (await show.isVisible()) await show.click();
    await this.page.getByTestId('lift-sanction').first().click();
    await expect(this.outcome).toContainText('Lifted');
  }

  private async openSettings(): Promise<void> {
    const settings = this.page.getByTestId('chat-settings');
    if ((await settings.getAttribute('open')) === null) await settings.locator('summary').click();
  }

  private async tool(text: string, tool: string): Promise<void> {
    await this.chat.line(text).getByTestId('line-menu').click();
    await this.chat.line(text).getByTestId(tool).click();
  }
}
