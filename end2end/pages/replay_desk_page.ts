import { expect, type Locator, type Page } from '@playwright/test';
import { untilInteractive } from '../support/interactive';

/** `/admin/replays/:id`: a show that is over, in the hands of its host. */
export class ReplayDeskPage {
  readonly film: Locator;
  readonly published: Locator;
  readonly result: Locator;
  readonly moments: Locator;
  readonly captions: Locator;

  constructor(readonly page: Page) {
    this.film = page.getByTestId('whole-film');
    this.published = page.getByTestId('published');
    this.result = page.getByTestId('cut-result');
    this.moments = page.getByTestId('moment');
    this.captions = page.getByTestId('captions');
  }

  /** Opens the desk from the list of shows and waits until its film is known. */
  async open(id: string): Promise<void> {
    await this.page.goto('/admin/shows');
    await untilInteractive(this.page);
    await this.page.locator(`[data-testid="show-row"][data-show-id="${id}"]`).getByTestId('open-desk').click();
    await expect(this.page.getByTestId('replay-desk')).toBeVisible();
    await expect.poll(() => this.film.evaluate((video) => (video as HTMLVideoElement).readyState), { message: 'the film is there' }).toBeGreaterThan(0);
  }

  /** Goes to a second of the whole film. */
  async seek(seconds: number): Promise<void> {
    await this.film.evaluate(
      (element, to) =>
        new Promise<void>((resolve) => {
          const video = element as HTMLVideoElement;
          video.addEventListener('seeked', () => resolve(), { once: true });
          video.currentTime = to;
        }),
      seconds,
    );
  }

  async publish(label: 'Public' | 'Not public'): Promise<void> {
    await this.page.getByTestId('publish').click();
    await expect(this.published).toHaveText(label);
  }

  /** Shows the film from one second on to another. */
  async cut(from: number, to: number): Promise<void> {
    await this.seek(from);
    await this.page.getByTestId('start-here').click();
    await this.seek(to);
    await this.page.getByTestId('end-here').click();
    await this.page.getByTestId('save-cut').click();
    await expect(this.result).toHaveText(/Customers see .* of it/);
  }

  async addCaptions(language: string, label: string, text: string): Promise<void> {
    await this.page.getByTestId('captions-language').fill(language);
    await this.page.getByTestId('captions-label').fill(label);
    await this.page.getByTestId('captions-file').setInputFiles({ name: 'captions.vtt', mimeType: 'text/vtt', buffer: Buffer.from(text) });
    await this.page.getByTestId('add-captions').click();
  }
}
