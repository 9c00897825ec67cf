import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { Guard } from '../support/guard';
import { keepInPage } from '../support/media';

const preferences = {
  // A camera and a microphone that are pretended, and given without a question.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
};

/**
 * One person's Firefox, driven over WebDriver BiDi. A process of its own: a page behind another one would be slowed down.
 * Controls are named by their `data-testid`, as everywhere.
 */
export class Firefox {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly origin: string,
  ) {}

  static async open(name: string, origin: string, guard: Guard): Promise<Firefox> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX,
      headless: true,
      extraPrefsFirefox: preferences,
      defaultViewport: { width: 1440, height: 900 },
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    watch(page, name, origin, guard);
    await page.evaluateOnNewDocument(keepInPage);
    // The console that a driver sees has no word of what the page's policy refused.
    await page.evaluateOnNewDocument(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error(`refused by ${violatedDirective}: ${blockedURI}`));
    });
    return new Firefox(browser, page, origin);
  }

  /** Opens a path of the shop and waits until the page answers to its visitor. */
  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.origin}${path}`);
    await this.page.waitForFunction(() => performance.getEntriesByName('wrencos:hydrated').length > 0);
  }

  async click(testId: string): Promise<void> {
    await this.page.locator(named(testId)).click();
  }

  async fill(testId: string, text: string): Promise<void> {
    await this.page.locator(named(testId)).fill(text);
  }

  /** Waits until this is seen. */
  async see(testId: string): Promise<void> {
    await this.page.waitForSelector(named(testId), { visible: true });
  }

  /** The texts of everything of this name. */
  async texts(testId: string): Promise<string[]> {
    return this.page.$$eval(named(testId), (elements) => elements.map((element) => (element as HTMLElement).innerText));
  }

  /** An attribute of everything of this name. */
  async attributes(testId: string, attribute: string): Promise<(string | null)[]> {
    return this.page.$$eval(named(testId), (elements, attribute) => elements.map((element) => element.getAttribute(attribute)), attribute);
  }

  async close(): Promise<void> {
    // Left before it is judged, as people leave: by closing the page.
    await this.page.close();
    await this.browser.close();
  }
}

const named = (testId: string) => `[data-testid="${testId}"]`;

// The same that the guard looks for in Chromium.
function watch(page: Page, name: string, origin: string, guard: Guard): void {
  const note = (finding: string) => guard.note(`${name}: ${finding}`);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => note(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
  page.on('response', (response) => {
    if (response.status() >= 500) note(`answer ${response.status()}: ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A request given up because its page was left is no fault.
    if (reason !== 'NS_BINDING_ABORTED') note(`request failed, ${reason}: ${request.url()}`);
  });
  page.on('request', (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== origin) note(`request to a third party: ${request.url()}`);
  });
}
