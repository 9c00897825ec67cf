import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { launchOptions } from '../support/browser';
import { noteRecorders, recordedBy, untilRecordedBy } from './recorders';

/**
 * A host with a browser of his own, which may die. Its profile is on the disk: what the browser kept is there again when
 * it is started again.
 */
export class TrialHost {
  studio!: StudioPage;
  private context!: BrowserContext;
  private readonly profile = mkdtempSync(join(tmpdir(), 'wrencos-host-'));
  /** What pages recorded that are gone. */
  private before = { ms: 0, gapMs: 0 };

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
    await noteRecorders(this.context);
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

  /** Waits until so much is recorded, over all pages of this host. */
  async untilRecorded(atLeastMs: number): Promise<void> {
    await untilRecordedBy(this.studio.page, atLeastMs - this.before.ms);
  }

  /** How much is recorded, over all pages of this host, and the longest gap that there may be in it. */
  async recorded(): Promise<{ ms: number; gapMs: number }> {
    // One that was killed was asked before.
    const now = this.studio.page.isClosed() ? { ms: 0, gapMs: 0 } : await recordedBy(this.studio.page);
    return { ms: this.before.ms + now.ms, gapMs: this.before.gapMs + now.gapMs };
  }

  /** Kills the tab's process. What it had recorded was asked for right before. */
  async killTab(): Promise<void> {
    const { page } = this.studio;
    const crashed = page.waitForEvent('crash');
    const { renderers } = await this.processes();
    this.before = await this.recorded();
    for (const pid of renderers) process.kill(pid, 'SIGKILL');
    await crashed;
    await page.close();
  }

  /** Kills the browser with all its tabs. */
  async killBrowser(): Promise<void> {
    const closed = this.context.waitForEvent('close');
    const { browser, all } = await this.processes();
    this.before = await this.recorded();
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
