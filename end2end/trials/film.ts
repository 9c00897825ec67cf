import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Browser, expect, type Locator } from '@playwright/test';
import { type Recording, ReplayPage } from '../pages/replay_page';
import { Guard } from '../support/guard';
import { expectMoving } from '../support/media';

/** How far apart two who measure one film may be. */
const TOLERANCE_MS = 100;

/** The ffprobe of this machine: the one that FFPROBE names, or that of PATH; `undefined`: there is none. */
export const ffprobe = [process.env.FFPROBE, 'ffprobe'].find((name) => name && spawnSync(name, ['-version']).status === 0);

/** Puts the film into a file. */
export async function fetchFilm(url: string, { videoUrl }: Recording, file: string): Promise<void> {
  const answer = await fetch(`${url}${videoUrl}`);
  expect(answer.status, videoUrl).toBe(200);
  await writeFile(file, new Uint8Array(await answer.arrayBuffer()));
}

/** Watches the film on its page: it has a length, plays, and can be sought in. Gives its length as it is shown. */
export async function watch(browser: Browser, url: string, show: string, gapMs: number): Promise<number> {
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
      await expectFrameAt(replay.video, to, to - 1 - gapMs / 1000);
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
export async function probe(program: string, file: string, shownMs: number): Promise<number> {
  const wanted = ['-v', 'error', '-of', 'json', '-show_entries', 'format=duration:packet=pts_time,duration_time', file];
  const { stdout, stderr } = await promisify(execFile)(program, wanted, { maxBuffer: 64 * 1024 * 1024 });
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

// Seeks, and waits until a frame of that time is presented; in seconds.
async function expectFrameAt(video: Locator, seconds: number, earliest: number): Promise<void> {
  await video.evaluate(
    (element, { to, earliest }) =>
      new Promise<void>((resolve, reject) => {
        const video = element as HTMLVideoElement;
        const seen: number[] = [];
        let isThere = false;
        const late = setTimeout(() => reject(new Error(`at ${to} s: frames ${seen} within 15 s, sought: ${isThere}`)), 15_000);
        // The frame may be presented before the seek is said to be done, and after one that was on its way.
        const settle = () => {
          const last = seen.at(-1);
          if (!isThere || last === undefined || last < earliest || last > to + 0.1) return;
          clearTimeout(late);
          resolve();
        };
        const presented = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
          seen.push(mediaTime);
          video.requestVideoFrameCallback(presented);
          settle();
        };
        video.pause();
        video.requestVideoFrameCallback(presented);
        video.addEventListener('seeked', () => ((isThere = true), settle()), { once: true });
        video.currentTime = to;
      }),
    { to: seconds, earliest },
  );
}
