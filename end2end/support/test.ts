import { type Browser, type BrowserContext, type BrowserContextOptions, expect, type Page, test as base } from '@playwright/test';
import { ShopApi } from './api';
import { Guard } from './guard';
import { keepPeerConnections } from './media';
import { ShopServer } from './server';

export { expect };

/** The shop under test: one server per worker, silent at the start of every test. */
export interface Shop {
  url: string;
  api: ShopApi;
  kill9(): Promise<void>;
  restart(): Promise<void>;
}

/** Opens browsers for people; each has a context of its own, as people do. */
export interface People {
  /** Signed in as the admin, at a desktop unless told otherwise. */
  host(options?: BrowserContextOptions): Promise<Page>;
  /** Not signed in. */
  guest(name?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Signed in as a new customer of this name. */
  customer(name: string): Promise<Page>;
}

interface WorkerFixtures {
  server: ShopServer;
  workerApi: ShopApi;
}

interface TestFixtures {
  shop: Shop;
  guard: Guard;
  people: People;
}

const desktop: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, hasTouch: false, isMobile: false };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use, worker) => {
      const server = await ShopServer.start(`${worker.project.name}${worker.workerIndex}`);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  workerApi: [async ({ server }, use) => use(new ShopApi(server.url)), { scope: 'worker' }],

  baseURL: async ({ server }, use) => use(server.url),

  shop: async ({ server, workerApi }, use) => {
    await workerApi.endShows();
    await use({ url: server.url, api: workerApi, kill9: () => server.kill9(), restart: () => server.restart() });
  },

  // Checked in every test that opens a page, without asking.
  guard: async ({ shop }, use) => {
    const guard = new Guard(shop.url);
    await use(guard);
    guard.expectClean();
  },

  // The default page is watched too.
  page: async ({ page, guard }, use) => {
    guard.watch(page, 'page');
    await keepPeerConnections(page);
    await use(page);
  },

  people: async ({ browser, shop, guard }, use) => {
    const contexts: BrowserContext[] = [];
    const open = async (browser: Browser, name: string, options: BrowserContextOptions, token?: string) => {
      const context = await browser.newContext({ baseURL: shop.url, ...options });
      contexts.push(context);
      if (token) await context.addCookies([{ name: 'wrencos_token', value: token, url: shop.url, httpOnly: true, sameSite: 'Lax' }]);
      const page = await context.newPage();
      guard.watch(page, name);
      await keepPeerConnections(page);
      return page;
    };
    await use({
      host: async (options = desktop) => open(browser, 'host', options, await shop.api.adminSession()),
      guest: (name = 'guest', options = {}) => open(browser, name, options),
      customer: async (name) => {
        const { token } = await shop.api.register(`${name.toLowerCase()}.${Date.now()}@example.com`, 'correct horse battery', name);
        return open(browser, name, {}, token);
      },
    });
    // Left before they are judged: leaving must be clean as well.
    for (const context of contexts) await context.close();
  },
});
