import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectRate, figures, print } from './figures';
import { FirefoxViewer } from './firefox_pages';
import { test } from './lab';

test('six viewers in Chromium and two in Firefox see what the host sends once', async ({ people, firefox }) => {
  test.setTimeout(300_000);
  const studio = new StudioPage(await people.host());
  // Eight decoders and an encoder share the machine with eight pages.
  await studio.goLive('A full room', { record: false, camera: { width: 320, height: 180 } });
  const pages = [];
  for (const name of ['Ada', 'Bea', 'Cleo', 'Dora', 'Ella', 'Fay']) {
    const viewer = new WatchPage(await people.guest(name, { viewport: { width: 400, height: 700 } }));
    await viewer.watch();
    pages.push(viewer.page);
  }
  const others = [];
  for (const name of ['Gil', 'Hal']) {
    const viewer = new FirefoxViewer(await firefox(name));
    await viewer.watch(60_000);
    others.push(viewer.firefox.page);
  }
  const [host, ...seen] = await Promise.all([figures(studio.page, 8, 'preview-video'), ...[...pages, ...others].map((page) => figures(page, 8))]);
  print('host', host);
  for (const [index, figures] of seen.entries()) {
    print(`viewer ${index + 1} in ${index < pages.length ? 'Chromium' : 'Firefox'}`, figures);
  }
  for (const figures of seen) expectRate(figures, host);
});
