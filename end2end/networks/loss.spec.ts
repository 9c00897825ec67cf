import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectRate, figures, print } from './figures';
import { expect, test } from './lab';
import { mediaPort } from './network';

test('with one packet in twenty lost, the picture freezes twice a minute at most', async ({ people, network }) => {
  const studio = new StudioPage(await people.host());
  await studio.goLive('Over a worn cable', { record: false, camera: { width: 640, height: 360 } });
  const viewer = new WatchPage(await people.guest('Ada'));
  await viewer.watch();
  // Another on a good network, who sees what the machine itself is too busy for.
  const other = new WatchPage(await people.guest('Bea'));
  await other.watch();
  const { ports } = await figures(viewer.page, 0.5);
  expect(ports, 'the viewer has one path').toHaveLength(1);
  // Both ways: the picture, and what the viewer says of it.
  network.lose(`udp sport ${mediaPort} udp dport ${ports[0]}`, 5);
  network.lose(`udp sport ${ports[0]} udp dport ${mediaPort}`, 5);

  const [host, seen, elsewhere] = await Promise.all([figures(studio.page, 60, 'preview-video'), figures(viewer.page, 60), figures(other.page, 60)]);
  print('host', host);
  print('viewer who loses packets', seen);
  print('viewer who loses none', elsewhere);
  console.log(`${network.lost()} packets lost in a minute; frozen for ${seen.frozenSeconds.toFixed(1)} s`);
  expect(network.lost()).toBeGreaterThan(100);
  // A path that is given up for another one would have nothing lost on it.
  expect(seen.ports, 'the path is the same').toEqual(ports);
  expect(await viewer.page.evaluate(() => (window as any).peerConnections.length), 'so is the connection').toBe(1);
  expectRate(seen, host);
  expect(seen.freezes, 'beyond those of the machine').toBeLessThanOrEqual(2 + elsewhere.freezes);
  await expect(viewer.page.getByText(/reconnecting/i)).toHaveCount(0);
});
