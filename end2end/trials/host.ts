import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { launchOptions } from '../support/browser';

/** From when to when a recorder ran, in milliseconds since 1970; without an end it runs. */
interface Span {
  from: number;
  to?: number;
}

/**
 * A host with a browser of his own, which may die. Its profile is on the disk: what the browser kept is there again when
 * it is started again.
 */
export class TrialHost {
  studio!: StudioPage;
  private context!: BrowserContext;
  private readonly profile = mkdtempSync(join(tmpdir(), 'wrencos-host-'));
  /** What pages recorded that are gone. */
  private beforeMs = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Starts the browser, signed in. */
  async open(): Promise<void> {
    this.context = await chromium.launchPersistentContext(this.profile, {
      ...launchOptions,
      baseURL: this.url,
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    this.context.setDefaultTimeout(30_000);
    await this.context.addCookies([{ name: 'wrencos_token', value: this.token, url: this.url, httpOnly: true, sameSite: 'Lax' }]);
    await this.context.addInitScript(noteRecorders);
    this.studio = new StudioPage(await this.context.newPage());
  }

  /** A tab died, or the browser: the host opens the studio of the show anew and goes back on air. */
  async comeBack(show: string, died: 'tab' | 'browser'): Promise<void> {
    if (died === 'browser') {
      await this.open();
    } else {
      this.studio = new StudioPage(await this.context.newPage());
    }
    const { page } = this.studio;
    await page.goto(`/admin/studio/${show}`);
    await page.getByTestId('demo-camera').click();
    await page.getByTestId('go-live').click();
    // A server that has not noticed yet that the old tab is gone asks first.
    const takeOver = page.getByTestId('take-over');
    await this.studio.onAir.or(takeOver).first().waitFor();
    if (await takeOver.isVisible()) await takeOver.click();
    await expect(this.studio.onAir).toBeVisible({ timeout: 30_000 });
  }

  /** Waits until the recorders ran for so long, over all pages of this host. */
  async untilRecorded(atLeastMs: number): Promise<void> {
    await this.studio.page.waitForFunction((ms) => (window as any).recordedMs() >= ms, atLeastMs - this.beforeMs, {
      polling: 25,
      timeout: atLeastMs + 60_000,
    });
  }

  /** How long the recorders ran, over all pages of this host; the last one is there to be asked, or has been killed. */
  async recordedMs(): Promise<number> {
    if (this.studio.page.isClosed()) return this.beforeMs;
    return this.beforeMs + length(await spans(this.studio.page), Date.now());
  }

  /** Kills the tab's process. What it recorded until then is known to the millisecond. */
  async killTab(): Promise<void> {
    const { page } = this.studio;
    const crashed = page.waitForEvent('crash');
    const { renderers } = await this.processes();
    const known = await spans(page);
    this.beforeMs += length(known, Date.now());
    for (const pid of renderers) process.kill(pid, 'SIGKILL');
    await crashed;
    await page.close();
  }

  /** Kills the browser with all its tabs. */
  async killBrowser(): Promise<void> {
    const closed = this.context.waitForEvent('close');
    const { browser, all } = await this.processes();
    const known = await spans(this.studio.page);
    this.beforeMs += length(known, Date.now());
    process.kill(browser, 'SIGKILL');
    await closed;
    // The profile is free when the last of them has noticed.
    await expect.poll(() => all.filter(isAlive), { message: 'the browser is gone', timeout: 30_000 }).toEqual([]);
  }

  /** Ends the browser, if there is one, and forgets its profile. */
  async leave(): Promise<void> {
    await this.context?.close().catch(() => undefined);
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private async processes(): Promise<{ browser: number; renderers: number[]; all: number[] }> {
    const session = await this.context.browser()!.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const of = (type: string) => processInfo.filter((process) => process.type === type).map(({ id }) => id);
    return { browser: of('browser')[0], renderers: of('renderer'), all: processInfo.map(({ id }) => id) };
  }
}

// Runs in the page, before its own scripts: notes when each recorder ran.
function noteRecorders(): void {
  const spans: Span[] = [];
  const known = new WeakMap<MediaRecorder, Span>();
  const end = (recorder: MediaRecorder) => {
    const span = known.get(recorder);
    if (span) span.to ??= Date.now();
  };
  const Native = window.MediaRecorder;
  window.MediaRecorder = class extends Native {
    constructor(stream: MediaStream, options?: MediaRecorderOptions) {
      super(stream, options);
      this.addEventListener('start', () => {
        const span = { from: Date.now() };
        known.set(this, span);
        spans.push(span);
      });
      this.addEventListener('stop', () => end(this));
    }
    stop(): void {
      end(this);
      super.stop();
    }
  };
  (window as any).recorderSpans = spans;
  (window as any).recordedMs = () => spans.reduce((sum, { from, to }) => sum + (to ?? Date.now()) - from, 0);
}

async function spans(page: Page): Promise<Span[]> {
  return page.evaluate(() => (window as any).recorderSpans);
}

function length(spans: Span[], nowMs: number): number {
  return spans.reduce((sum, { from, to }) => sum + (to ?? nowMs) - from, 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
