import { StudioPage } from '../pages/studio_page';
import { test } from '../support/test';

// How long it takes from opening the watch page to the first presented frame (requestVideoFrameCallback), with the
// page's files in the browser's cache. Two figures: from the start of the navigation, and from the moment the page is
// interactive, which leaves out what loading and hydrating cost; below zero where the picture was there before that.
const joins = Number(process.env.JOINS ?? 20);

test('join to first frame', async ({ people }) => {
  const studio = new StudioPage(await people.host());
  const id = await studio.goLive('Join');
  const viewer = await people.guest('viewer');
  await viewer.addInitScript(() => {
    const watch = () => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid="live-video"]');
      if (!video) return void setTimeout(watch, 1);
      video.requestVideoFrameCallback(() => performance.mark('bench:first-frame'));
    };
    watch();
  });

  const samples: Record<string, number>[] = [];
  // The first one fills the cache and is not counted.
  for (let join = 0; join <= joins; join += 1) {
    await viewer.goto(`/live/${id}`);
    await viewer.waitForFunction(() => ['bench:first-frame', 'wrencos:hydrated'].every((name) => performance.getEntriesByName(name).length > 0));
    const marks = await viewer.evaluate(() => {
      const at = (name: string) => performance.getEntriesByName(name)[0]?.startTime;
      const names = ['wrencos:hydrated', 'wrencos:socket-open', 'wrencos:offer', 'wrencos:connected', 'bench:first-frame'];
      return Object.fromEntries(names.map((name) => [name, at(name)]));
    });
    if (join > 0) samples.push(marks as Record<string, number>);
    await viewer.goto('about:blank');
  }

  const report = (what: string, values: number[]) => {
    const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
    if (sorted.length === 0) return;
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)].toFixed(0).padStart(5);
    console.log(`${what.padEnd(42)} median ${at(0.5)} ms   p95 ${at(0.95)} ms`);
  };
  console.log(`\n${samples.length} joins, page files cached`);
  const between = (from: string, to: string) => samples.map((sample) => sample[to] - (from ? sample[from] : 0));
  report('navigation to first frame', between('', 'bench:first-frame'));
  report('interactive to first frame', between('wrencos:hydrated', 'bench:first-frame'));
  report('  navigation to interactive', between('', 'wrencos:hydrated'));
  report('  navigation to socket open', between('', 'wrencos:socket-open'));
  report('  socket open to offer', between('wrencos:socket-open', 'wrencos:offer'));
  report('  offer to connected', between('wrencos:offer', 'wrencos:connected'));
  report('  connected to first frame', between('wrencos:connected', 'bench:first-frame'));
});
