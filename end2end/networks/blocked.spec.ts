import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { expectRate, figures, print } from './figures';
import { FirefoxViewer } from './firefox_pages';
import { expect, test } from './lab';
import { mediaPort } from './network';

test('where no UDP passes, host and viewers reach the media server over TCP', async ({ people, firefox, network }) => {
  network.lose(`udp dport ${mediaPort}`);
  const studio = new StudioPage(await people.host());
  await studio.goLive('Behind a strict wall', { record: false, camera: { width: 640, height: 360 } });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.open();
  await expectMoving(viewer.video, 60_000);
  const other = new FirefoxViewer(await firefox('Bea'));
  await other.watch(60_000);

  const [host, inChromium, inFirefox] = await Promise.all([
    figures(studio.page, 5, 'preview-video'),
    figures(viewer.page, 5),
    figures(other.firefox.page, 5),
  ]);
  print('host in Chromium', host);
  print('viewer in Chromium', inChromium);
  print('viewer in Firefox', inFirefox);
  for (const { protocols } of [host, inChromium, inFirefox]) expect(protocols).toEqual(['tcp']);
  for (const seen of [inChromium, inFirefox]) expectRate(seen, host);
  expect(network.lost(), 'UDP was tried, and lost').toBeGreaterThan(0);
});
