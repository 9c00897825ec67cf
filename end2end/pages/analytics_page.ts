import { expect, type Locator, type Page } from '@playwright/test';
import { openInteractive } from '../support/interactive';

/** `/admin/analytics/:id`: what a show came to. */
export class AnalyticsPage {
  readonly pins: Locator;
  readonly orders: Locator;

  constructor(readonly page: Page) {
    this.pins = page.getByTestId('chart-pin');
    this.orders = page.getByTestId('chart-order');
  }

  async open(show: string): Promise<void> {
    await openInteractive(this.page, `/admin/analytics/${show}`);
  }

  figure(name: string): Locator {
    return this.page.locator(`[data-testid="figure"][data-name="${name}"]`);
  }

  async expectFigure(name: string, value: string): Promise<void> {
    await expect(this.figure(name).getByTestId('figure-value'), name).toHaveText(value);
  }

  /** A cell of the table of products. */
  cell(productId: string, column: string): Locator {
    return this.page.locator(`[data-testid="product-figures"][data-product-id="${productId}"] [data-column="${column}"]`);
  }
}
