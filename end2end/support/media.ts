import { expect, type Locator, type Page } from '@playwright/test';

/** Run in a page before its own scripts: keeps every peer connection that it makes where the tests can ask it for its statistics. */
export function keepInPage(): void {
  const Native = window.RTCPeerConnection;
  const kept: RTCPeerConnection[] = [];
  (window as any).peerConnections = kept;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.push(this);
    }
  };
}

/** Keeps every peer connection that a page makes. */
export async function keepPeerConnections(page: Page): Promise<void> {
  await page.addInitScript(keepInPage);
}

/** What a page's connections carry: those that are in use, all that were ever made, and what came and went over them. */
export interface Carried {
  open: number;
  made: number;
  /** Pictures that came out of the decoder, and that were sent. */
  decoded: number;
  sent: number;
}

export async function carried(page: Page): Promise<Carried> {
  return page.evaluate(async () => {
    const made = (window as any).peerConnections as RTCPeerConnection[];
    let [decoded, sent] = [0, 0];
    for (const connection of made) {
      (await connection.getStats()).forEach((report) => {
        if (report.type === 'inbound-rtp' && report.kind === 'video') decoded += report.framesDecoded ?? 0;
        if (report.type === 'outbound-rtp' && report.kind === 'video') sent += report.framesSent ?? 0;
      });
    }
    return { open: made.filter((connection) => connection.connectionState === 'connected').length, made: made.length, decoded, sent };
  });
}

/** Pictures a second, and energy of the sound, that each of these pages receives within this time. */
export async function received(pages: Page[], ms: number): Promise<{ rate: number; energy: number }[]> {
  const look = () => Promise.all(pages.map(async (page) => ({ ...(await carried(page)), energy: await audioEnergy(page) })));
  const [before, began] = [await look(), Date.now()];
  // What is measured is how much comes in this time.
  await pages[0].waitForTimeout(ms);
  const [after, seconds] = [await look(), (Date.now() - began) / 1000];
  return after.map(({ decoded, energy }, index) => ({
    rate: Math.round((decoded - before[index].decoded) / seconds),
    energy: energy - before[index].energy,
  }));
}

/** Frames that a video presents within half a second; zero when it stands still or is not there. */
export async function framesInHalfASecond(video: Locator): Promise<number> {
  return video
    .evaluate(
      (element) =>
        new Promise<number>((resolve) => {
          const player = element as HTMLVideoElement;
          let frames = 0;
          const count = () => {
            frames += 1;
            player.requestVideoFrameCallback(count);
          };
          player.requestVideoFrameCallback(count);
          setTimeout(() => resolve(frames), 500);
        }),
      undefined,
      { timeout: 2000 },
    )
    .catch(() => 0);
}

/** Waits until the video moves: at least 4 frames a second, in two looks one after the other. */
export async function expectMoving(video: Locator, timeout = 20_000): Promise<void> {
  await expect
    .poll(async () => Math.min(await framesInHalfASecond(video), await framesInHalfASecond(video)), { timeout, message: 'the picture moves' })
    .toBeGreaterThanOrEqual(2);
}

/** Waits until the video stands still. */
export async function expectStill(video: Locator, timeout = 15_000): Promise<void> {
  await expect.poll(() => framesInHalfASecond(video), { timeout, message: 'the picture stands still' }).toBe(0);
}

/** Energy of the sound that the page received since its connections began. Stays zero while the video is muted. */
export async function audioEnergy(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let energy = 0;
    for (const connection of (window as any).peerConnections as RTCPeerConnection[]) {
      (await connection.getStats()).forEach((report) => {
        if (report.type === 'inbound-rtp' && report.kind === 'audio') energy += report.totalAudioEnergy ?? 0;
      });
    }
    return energy;
  });
}

/** A figure of the media server at this address. */
export async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}
