import { untilInteractive } from '../support/interactive';
import { expect, type Locator, type Page } from '@playwright/test';

/** Where a parcel goes, for forms that ask. */
export const somewhere = { line1: 'Wren Lane 7', city: 'Hull', country: 'United Kingdom' };

/** The cart, the checkout and the orders of one customer. */
export class Buying {
  readonly count: Locator;
  readonly lines: Locator;
  readonly orderNumber: Locator;
  readonly refusal: Locator;
  readonly hold: Locator;

  constructor(readonly page: Page) {
    this.count = page.getByTestId('cart-count');
    this.lines = page.getByTestId('cart-line');
    this.orderNumber = page.getByTestId('order-number');
    this.refusal = page.getByTestId('checkout-refusal');
    this.hold = page.getByTestId('hold');
  }

  line(productId: string): Locator {
    return this.page.locator(`[data-testid="cart-line"][data-product-id="${productId}"]`);
  }

  /** Waits until the page answers by itself: before that its forms are plain ones. */
  async ready(): Promise<void> {
    await untilInteractive(this.page);
  }

  /** Opens a product's page and puts one into the cart, which then counts this many. */
  async add(productId: string, countAfter: number): Promise<void> {
    await this.page.goto(`/shop/${productId}`);
    await this.page.getByTestId('add-to-cart').click();
    await expect(this.count).toHaveText(String(countAfter));
  }

  /** Opens the checkout with what is in the cart. */
  async checkout(): Promise<void> {
    await this.page.goto('/checkout');
    await this.ready();
  }

  /** Fills in the checkout, which must be open. */
  async fillIn(): Promise<void> {
    await this.page.getByTestId('address-line1').fill(somewhere.line1);
    await this.page.getByTestId('address-city').fill(somewhere.city);
    await this.page.getByTestId('address-country').fill(somewhere.country);
  }

  /** Sends the order and gives its number as the page shows it. */
  async order(): Promise<string> {
    await this.fillIn();
    await this.page.getByTestId('checkout-submit').click();
    await this.page.waitForURL(/\/account\/orders\/[0-9a-f]{24}/);
    await expect(this.orderNumber).toHaveText(/^W-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    return this.orderNumber.innerText();
  }
}
