import { expect, type Page } from '@playwright/test';

/**
 * What the browser says of a machine that is busy: the program came, and was begun some seconds after the page was loaded.
 * Without optimisation it is large, and the first picture does not wait for it.
 */
const LATE = /wrencos\.wasm was preloaded using link preload but not used within a few seconds/;

/** What a browser says while a test keeps the network from it. */
export const OFFLINE = [/ERR_INTERNET_DISCONNECTED/, /WebSocket connection to .* failed/];

/**
 * Watches pages for what a person would not see but a developer must: console errors and warnings (hydration and policy
 * violations among them), uncaught errors, failing requests. `expectClean` fails if there was any that was not allowed.
 */
export class Guard {
  private readonly findings: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(private readonly origin: string) {}

  /** Lets messages that match pass in this test, because the test causes them. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  /** Something that was found in a page that is watched elsewhere. */
  note(finding: string): void {
    this.findings.push(finding);
  }

  watch(page: Page, name: string): void {
    const note = (finding: string) => this.note(`${name}: ${finding}`);
    page.on('console', (message) => {
      if (LATE.test(message.text())) return;
      if (message.type() === 'error' || message.type() === 'warning') {
        note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error.message}`));
    page.on('crash', () => note('the page crashed'));
    page.on('response', (response) => {
      if (response.status() >= 500) note(`answer ${response.status()}: ${response.url()}`);
    });
    page.on('requestfailed', (request) => {
      // A request given up because its page was left is no fault.
      const reason = request.failure()?.errorText ?? '';
      if (reason !== 'net::ERR_ABORTED') note(`request failed, ${reason}: ${request.url()}`);
    });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== this.origin) note(`request to a third party: ${request.url()}`);
    });
  }

  expectClean(): void {
    const left = this.findings.filter((finding) => !this.allowed.some((pattern) => pattern.test(finding)));
    expect(left, 'pages must be free of errors').toEqual([]);
  }
}
