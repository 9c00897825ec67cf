import { expect, type Locator, type Page } from '@playwright/test';

/** Shows to come, for their host: the list, and the form of a plan. */
export class PlanPage {
  constructor(readonly page: Page) {}

  /** The row of a show in the host's list. */
  row(title: string): Locator {
    return this.page.getByTestId('show-row').filter({ hasText: title });
  }

  /** Opens the form of a new plan from the list of shows. */
  async open(): Promise<void> {
    await this.page.goto('/admin/shows');
    await this.page.getByTestId('plan-show').click();
    await expect(this.page).toHaveURL(/\/admin\/plan$/);
  }

  /** Fills the form in; `at` is the wall's time, as `2030-01-31T18:30`. */
  async fillIn(title: string, at: string, description = ''): Promise<void> {
    await this.page.getByTestId('plan-title').fill(title);
    await this.page.getByTestId('plan-at').fill(at);
    await this.page.getByTestId('plan-description').fill(description);
  }

  /** Sends the form, and waits for the list with the show in it. */
  async save(title: string): Promise<void> {
    await this.page.getByTestId('plan-save').click();
    await expect(this.page).toHaveURL(/\/admin\/shows$/);
    await expect(this.row(title)).toContainText('Coming up');
  }
}
