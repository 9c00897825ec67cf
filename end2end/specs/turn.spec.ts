import type { Page } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { expectMoving } from '../support/media';
import { ShopServer } from '../support/server';
import { expect, test as base } from '../support/test';
import { hasTurnServer, TurnServer } from '../support/turn';

// Where a network lets nothing through but a relay: every browser here may use the shop's TURN server and nothing else.
const test = base.extend<object, { turn: TurnServer | undefined }>({
  turn: [
    async ({}, use) => {
      const turn = hasTurnServer() ? await TurnServer.start() : undefined;
      await use(turn);
      await turn?.stop();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ turn }, use, worker) => {
      const settings: Record<string, string> = turn ? { TURN_URLS: turn.url, TURN_SECRET: turn.secret } : {};
      const server = await ShopServer.start(`turn${worker.workerIndex}`, settings);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

test.skip(!hasTurnServer(), 'left out: there is no turnserver here (install coturn)');

async function relayOnly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Before = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Before {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' });
      }
    };
  });
}

/** The kinds of both ends of every connection that is in use, and what came over it. */
async function paths(page: Page): Promise<{ ends: string[]; frames: number; bytes: number }> {
  return page.evaluate(async () => {
    const ends: string[] = [];
    let frames = 0;
    let bytes = 0;
    for (const connection of (window as any).peerConnections as RTCPeerConnection[]) {
      const stats = await connection.getStats();
      stats.forEach((report) => {
        if (report.type === 'inbound-rtp' && report.kind === 'video') {
          frames += report.framesDecoded ?? 0;
          bytes += report.bytesReceived ?? 0;
        }
        if (report.type !== 'transport' || !report.selectedCandidatePairId) return;
        const pair = stats.get(report.selectedCandidatePairId);
        ends.push(stats.get(pair.localCandidateId).candidateType, stats.get(pair.remoteCandidateId).candidateType);
      });
    }
    return { ends, frames, bytes };
  });
}

test('a show reaches a viewer through the relay alone', async ({ people, guard }) => {
  guard.allow(/status of 503/, /answer 503: .*\/fn\/ice_servers$/);
  const host = await people.host();
  await relayOnly(host);
  // The list of relays does not come at once, and is asked for again.
  await host.route(/\/fn\/ice_servers/, (route) => route.fulfill({ status: 503, body: '' }), { times: 1 });
  const studio = new StudioPage(host);
  await studio.goLive('Behind a wall', { record: false });
  const guest = await people.guest('Ada');
  await relayOnly(guest);
  const viewer = new WatchPage(guest);
  await viewer.open();
  await expectMoving(viewer.video, 40_000);

  const before = await paths(guest);
  expect(before.ends.length, 'a connection is in use').toBeGreaterThan(0);
  expect(new Set(before.ends), 'both ends of it are relays').toEqual(new Set(['relay']));
  expect(new Set((await paths(host)).ends)).toEqual(new Set(['relay']));
  await expect.poll(async () => (await paths(guest)).frames, { message: 'frames rise' }).toBeGreaterThan(before.frames + 10);
  expect((await paths(guest)).bytes).toBeGreaterThan(before.bytes);
});

test('the relay lets in whom the shop gave a name, and nobody else', async ({ people, shop }) => {
  const { iceServers } = await (await fetch(`${shop.url}/ice-servers`)).json();
  const [given] = iceServers as RTCIceServer[];
  const ends = Number(given.username?.split(':')[0]) * 1000;
  expect(ends - Date.now(), 'a name holds for some hours').toBeGreaterThan(3_600_000);
  expect(ends - Date.now()).toBeLessThanOrEqual(12 * 3_600_000 + 1000);

  const page = await people.guest();
  await page.goto('/');
  const relays = (server: RTCIceServer) =>
    page.evaluate(async (server) => {
      const connection = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: 'relay' });
      connection.createDataChannel('probe');
      let found = 0;
      const ended = new Promise<void>((done) => {
        connection.onicecandidate = ({ candidate }) => {
          if (candidate === null) done();
          else if (candidate.candidate.includes('typ relay')) found += 1;
        };
      });
      await connection.setLocalDescription(await connection.createOffer());
      await ended;
      connection.close();
      return found;
    }, server);
  expect(await relays(given)).toBeGreaterThan(0);
  // Another's name with this password, a name that holds longer, a password made up.
  const [until, visitor] = given.username!.split(':');
  for (const forged of [{ username: `${until}:x${visitor}` }, { username: `${Number(until) + 86_400}:${visitor}` }, { credential: 'bWFkZSB1cA==' }]) {
    expect(await relays({ ...given, ...forged }), JSON.stringify(Object.keys(forged))).toBe(0);
  }
});
