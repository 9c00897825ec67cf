import { expect } from '@playwright/test';

/** A page of either driver. */
export interface Evaluating {
  evaluate(run: (argument: any) => any, argument?: any): Promise<any>;
}

/** What a page sent or received within some seconds. */
export interface Figures {
  /** Pictures a second: encoded and sent, decoded, and put onto the screen. */
  sentFps: number;
  decodedFps: number;
  shownFps: number;
  /** Energy of the sound that came. */
  energy: number;
  freezes: number;
  frozenSeconds: number;
  width: number;
  height: number;
  /** The protocol of each path that is in use, as the browser names it, and our own port of it. */
  protocols: string[];
  ports: number[];
  codecs: string[];
}

/** Measures for so many seconds what the page's connections carry, and what its video shows. */
export async function figures(page: Evaluating, seconds = 5, video = 'live-video'): Promise<Figures> {
  return page.evaluate(measure, { seconds, video });
}

/** Waits until pictures appear in the video: in two looks of half a second each, one after the other. */
export async function expectPicture(page: Evaluating, timeout = 30_000): Promise<void> {
  const fewest = async () => Math.min((await figures(page, 0.5)).shownFps, (await figures(page, 0.5)).shownFps);
  await expect.poll(fewest, { timeout, message: 'the picture moves' }).toBeGreaterThanOrEqual(4);
}

/** Says it in a line of the report. */
export function print(what: string, { sentFps, decodedFps, shownFps, width, height, freezes, protocols, codecs }: Figures): void {
  const rates = [`sent ${sentFps}`, `decoded ${decodedFps}`, `shown ${shownFps}`].filter((rate) => !/ 0$/.test(rate)).join(', ');
  console.log(`${what}: ${width}x${height}, frames a second: ${rates || 'none'}; freezes ${freezes}; ${codecs.join(' ')} over ${protocols.join(' ')}`);
}

// Runs in the page, and knows nothing of this module.
async function measure({ seconds, video: name }: { seconds: number; video: string }): Promise<Figures> {
  const video = document.querySelector<HTMLVideoElement>(`[data-testid="${name}"]`);
  const connections = ((window as any).peerConnections ?? []) as RTCPeerConnection[];
  const count = async () => {
    const found = { sent: 0, decoded: 0, energy: 0, freezes: 0, frozenSeconds: 0, protocols: [] as string[], ports: [] as number[], codecs: [] as string[] };
    for (const connection of connections) {
      if (connection.connectionState !== 'connected') continue;
      const stats = await connection.getStats();
      stats.forEach((report) => {
        const codec = stats.get(report.codecId)?.mimeType;
        if (report.kind === 'video' && codec && !found.codecs.includes(codec)) found.codecs.push(codec);
        if (report.type === 'outbound-rtp' && report.kind === 'video') found.sent = Math.max(found.sent, report.framesEncoded ?? 0);
        if (report.type === 'inbound-rtp' && report.kind === 'audio') found.energy += report.totalAudioEnergy ?? 0;
        if (report.type === 'inbound-rtp' && report.kind === 'video') {
          found.decoded += report.framesDecoded ?? 0;
          found.freezes += report.freezeCount ?? 0;
          found.frozenSeconds += report.totalFreezesDuration ?? 0;
        }
        const isChosen = report.type === 'candidate-pair' && report.nominated && report.state === 'succeeded' && (report.selected ?? true);
        const end = isChosen && stats.get(report.localCandidateId);
        if (end) {
          found.protocols.push(end.protocol);
          found.ports.push(end.port);
        }
      });
    }
    return found;
  };
  let shown = 0;
  const onFrame = () => {
    shown += 1;
    video?.requestVideoFrameCallback(onFrame);
  };
  video?.requestVideoFrameCallback(onFrame);
  const [before, began] = [await count(), performance.now()];
  const shownBefore = shown;
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const elapsed = (performance.now() - began) / 1000;
  const shownAfter = shown;
  const after = await count();
  const rate = (frames: number) => Math.round((10 * frames) / elapsed) / 10;
  return {
    sentFps: rate(after.sent - before.sent),
    decodedFps: rate(after.decoded - before.decoded),
    shownFps: rate(shownAfter - shownBefore),
    energy: after.energy - before.energy,
    freezes: after.freezes - before.freezes,
    frozenSeconds: after.frozenSeconds - before.frozenSeconds,
    width: video?.videoWidth ?? 0,
    height: video?.videoHeight ?? 0,
    protocols: after.protocols,
    ports: after.ports,
    codecs: after.codecs,
  };
}

/**
 * What comes is what is sent: 20 pictures a second or more, and where a busy machine sends fewer, nearly all of them. How many
 * of those a page then paints is a matter of the machine; some of them it must.
 */
export function expectRate(seen: Figures, host: Figures): void {
  expect(host.sentFps, 'the host sends a picture that moves').toBeGreaterThanOrEqual(8);
  expect(seen.decodedFps, `of ${host.sentFps} a second that are sent`).toBeGreaterThanOrEqual(Math.min(20, 0.8 * host.sentFps));
  expect(seen.shownFps, 'of these the page paints').toBeGreaterThanOrEqual(4);
}
