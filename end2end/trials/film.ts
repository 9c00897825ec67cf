import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Browser, expect, type Locator } from '@playwright/test';
import { type Recording, ReplayPage } from '../pages/replay_page';
import { Guard } from '../support/guard';
import { expectMoving } from '../support/media';

/** How far apart two who measure one film may be. */
const TOLERANCE_MS = 100;

/** The ffprobe of this machine: the one that FFPROBE names, or that of PATH; `undefined`: there is none. */
export const ffprobe = [process.env.FFPROBE, 'ffprobe'].find((name) => name && spawnSync(name, ['-version']).status === 0);

/** Watches the film on its page: it has a length, plays, and can be sought in. Gives its length as it is shown. */
export async function watch(browser: Browser, url: string, show: string): Promise<number> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const guard = new Guard(url);
    guard.watch(page, 'viewer');
    const replay = new ReplayPage(page);
    await replay.open(show);
    const seconds = await replay.video.evaluate((video) => (video as HTMLVideoElement).duration);
    expect(Number.isFinite(seconds), `the film has a length: ${seconds}`).toBe(true);
    await expect.poll(() => replay.seekableEnd(), { message: 'it can be sought in to its end' }).toBeGreaterThan(seconds - 0.3);
    for (const to of [seconds / 2, seconds - 0.4, seconds / 4]) {
      const shown = await frameAt(replay.video, to);
      expect(shown, `the frame at ${to.toFixed(2)} s of ${seconds.toFixed(2)} s`).toBeGreaterThan(to - 1);
      expect(shown, `the frame at ${to.toFixed(2)} s of ${seconds.toFixed(2)} s`).toBeLessThan(to + 0.1);
    }
    // A short film is over before it was looked at twice.
    await replay.video.evaluate((element) => {
      const video = element as HTMLVideoElement;
      video.loop = true;
      return video.play();
    });
    await expectMoving(replay.video);
    guard.expectClean();
    return seconds * 1000;
  } finally {
    await context.close();
  }
}

/** What ffprobe finds in the film must be what is shown; gives the larger difference in milliseconds. */
export async function probe(program: string, url: string, { videoUrl }: Recording, shownMs: number): Promise<number> {
  const wanted = 'format=duration:packet=pts_time,duration_time';
  const { stdout, stderr } = await promisify(execFile)(program, ['-v', 'error', '-of', 'json', '-show_entries', wanted, `${url}${videoUrl}`], {
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stderr, 'ffprobe has nothing to complain about').toBe('');
  const { format, packets } = JSON.parse(stdout) as { format: { duration: string }; packets: { pts_time: string; duration_time?: string }[] };
  const endMs = 1000 * packets.reduce((end, { pts_time, duration_time }) => Math.max(end, Number(pts_time) + Number(duration_time ?? 0)), 0);
  const apart = [Number(format.duration) * 1000, endMs].map((ms) => Math.abs(ms - shownMs));
  expect(Math.max(...apart), `ffprobe: ${format.duration} s, last packet to ${endMs} ms; shown: ${shownMs} ms`).toBeLessThanOrEqual(TOLERANCE_MS);
  return Math.max(...apart);
}

/** What the shop says must be what is shown. */
export function expectSaid(saidMs: number, shownMs: number): void {
  expect(Math.abs(saidMs - shownMs), `the shop says ${saidMs} ms, shown are ${shownMs} ms`).toBeLessThanOrEqual(TOLERANCE_MS);
}

// Seeks, and gives the time of the frame that is presented then, in seconds.
async function frameAt(video: Locator, seconds: number): Promise<number> {
  return video.evaluate(
    (element, to) =>
      new Promise<number>((resolve, reject) => {
        const video = element as HTMLVideoElement;
        const seen: number[] = [];
        setTimeout(() => reject(new Error(`no frame at ${to} s within 15 s, but at ${seen}; at ${video.currentTime}, seeking: ${video.seeking}`)), 15_000);
        video.pause();
        const presented = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
          seen.push(mediaTime);
          // One that was on its way before the seek is not meant.
          if (video.seeking || mediaTime < to - 1 || mediaTime > to + 0.1) return void video.requestVideoFrameCallback(presented);
          resolve(mediaTime);
        };
        video.requestVideoFrameCallback(presented);
        video.currentTime = to;
      }),
    Math.max(seconds, 0),
  );
}
