import type { Browser, Page } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { ShopApi } from '../support/api';
import { Guard } from '../support/guard';
import { ShopServer } from '../support/server';
import { expect, test } from './lab';

const bits = 24;
const seconds = 10;

const ways = {
  direct: { MEDIA: 'p2p' },
  served: { MEDIA: 'sfu', SFU_UDP_PORT: '0', SFU_SIMULCAST: 'off' },
  // The host encodes each picture three times, one after the other.
  'served in three sizes': { MEDIA: 'sfu', SFU_UDP_PORT: '0' },
};

test('from glass to glass, the way through the media server costs little more than the direct one', async ({ browser }) => {
  test.setTimeout(300_000);
  const shops: { way: string; server: ShopServer; ages: number[] }[] = [];
  try {
    for (const [index, [way, settings]] of Object.entries(ways).entries()) {
      shops.push({ way, server: await ShopServer.start(`delay_${index}`, settings), ages: [] });
    }
    // In turns, as what else runs on the machine comes and goes.
    for (let round = 0; round < 2; round += 1) {
      for (const { server, ages } of shops) ages.push(...(await delays(browser, server)));
    }
  } finally {
    for (const { server } of shops) await server.stop();
  }
  for (const { way, ages } of shops) {
    console.log(`glass to glass, ${way}: median ${quantile(ages, 0.5)} ms, p95 ${quantile(ages, 0.95)} ms, of ${ages.length} pictures`);
    expect(ages.length, `pictures with a readable time, ${way}`).toBeGreaterThan(2 * seconds * 4);
  }
  const [direct, ...served] = shops.map(({ ages }) => quantile(ages, 0.5));
  for (const median of served) expect(median).toBeLessThan(direct + 60);
});

const quantile = (values: number[], share: number) => [...values].sort((one, other) => one - other)[Math.floor(values.length * share)];

// One show, in which a viewer reads off every picture how old it is.
async function delays(browser: Browser, server: ShopServer): Promise<number[]> {
  const api = new ShopApi(server.url);
  const guard = new Guard(server.url);
  const open = async (name: string, token?: string) => {
    const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
    if (token) await context.addCookies([{ name: 'wrencos_token', value: token, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
    const page = await context.newPage();
    guard.watch(page, name);
    return page;
  };
  const host = await open('host', await api.adminSession());
  const guest = await open('guest');
  await stampMilliseconds(host);
  const studio = new StudioPage(host);
  await studio.goLive('How late', { record: false });
  const viewer = new WatchPage(guest);
  await viewer.watch();
  const ages = await viewer.video.evaluate(read, { bits, seconds });
  // First who might still ask after a show that is just over.
  await guest.context().close();
  await studio.stop();
  await host.context().close();
  guard.expectClean();
  return ages;
}

// Draws the time into every picture of the demo camera: milliseconds, the highest bit first, in black and white cells.
async function stampMilliseconds(host: Page): Promise<void> {
  await host.addInitScript((bits) => {
    const native = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (...words) {
      native.apply(this, words as [string, number, number]);
      const { width, height } = this.canvas;
      const now = Date.now() % 2 ** bits;
      this.save();
      this.setTransform(1, 0, 0, 1, 0, 0);
      for (let bit = 0; bit < bits; bit += 1) {
        this.fillStyle = (now >> (bits - 1 - bit)) & 1 ? '#fff' : '#000';
        this.fillRect((bit * width) / bits, height * 0.9, width / bits + 1, height * 0.1);
      }
      this.restore();
    };
  }, bits);
}

// Runs in the page: the age of each picture as it is presented.
function read(element: Element, { bits, seconds }: { bits: number; seconds: number }): Promise<number[]> {
  const video = element as HTMLVideoElement;
  const canvas = Object.assign(document.createElement('canvas'), { width: bits * 8, height: 8 });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const ages: number[] = [];
  return new Promise((done) => {
    const until = performance.now() + seconds * 1000;
    const onFrame = () => {
      const now = Date.now() % 2 ** bits;
      const { videoWidth: width, videoHeight: height } = video;
      context.drawImage(video, 0, height * 0.92, width, height * 0.06, 0, 0, canvas.width, canvas.height);
      const { data } = context.getImageData(0, 4, canvas.width, 1);
      let stamp = 0;
      for (let bit = 0; bit < bits; bit += 1) stamp = stamp * 2 + (data[(bit * 8 + 4) * 4 + 1] > 127 ? 1 : 0);
      const age = (now - stamp + 2 ** bits) % 2 ** bits;
      // What was read wrongly is hours away.
      if (age < 5000) ages.push(age);
      if (performance.now() < until) video.requestVideoFrameCallback(onFrame);
      else done(ages);
    };
    video.requestVideoFrameCallback(onFrame);
  });
}
