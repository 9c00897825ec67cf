import { readdirSync, readFileSync } from 'node:fs';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { StudioPage } from '../pages/studio_page';
import { WatchPage } from '../pages/watch_page';
import { ShopApi } from '../support/api';
import { desktop } from '../support/accessibility';
import { launchOptions } from '../support/browser';
import { keepPeerConnections, received } from '../support/media';
import { ShopServer } from '../support/server';

// What one viewer more costs the host's machine: processor time of all processes of the host's browser, and what it sends,
// from browser to browser and through the media server. Viewers are in a browser of their own, whose decoding is not counted.
// Nothing is recorded, which would cost the same each time.
const seconds = Number(process.env.HOST_SECONDS ?? 20);
const audiences = [1, 3];
const ways: { name: string; settings: Record<string, string> }[] = [
  { name: 'MEDIA=p2p', settings: { MEDIA: 'p2p' } },
  { name: 'MEDIA=sfu', settings: { MEDIA: 'sfu', SFU_UDP_PORT: '0' } },
  { name: 'MEDIA=sfu, one size', settings: { MEDIA: 'sfu', SFU_UDP_PORT: '0', SFU_SIMULCAST: 'off' } },
];

/** What the host's browser did, each second. */
interface Cost {
  viewers: number;
  /** Of one core. */
  cpu: number;
  megabits: number;
  /** Pictures, of all encoders together. */
  encoded: number;
  /** What the viewers got. */
  seen: string;
}

test('what one viewer more costs the host', async ({ browser }) => {
  test.setTimeout(900_000);
  const rows: string[] = [];
  for (const { name, settings } of ways) {
    const server = await ShopServer.start(`cost${ways.findIndex((way) => way.name === name)}`, settings);
    const hosts = await chromium.launchServer(launchOptions);
    const open: BrowserContext[] = [];
    try {
      const hostBrowser = await chromium.connect(hosts.wsEndpoint());
      const context = await hostBrowser.newContext({ baseURL: server.url, viewport: desktop });
      const token = await new ShopApi(server.url).adminSession();
      await context.addCookies([{ name: 'wrencos_token', value: token, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
      const studio = new StudioPage(await watched(context));
      const show = await studio.goLive('What it costs', { record: false, camera: { width: 1280, height: 720 } });

      const viewers: WatchPage[] = [];
      const costs: Cost[] = [];
      for (const audience of audiences) {
        while (viewers.length < audience) {
          const context = await browser.newContext({ baseURL: server.url, viewport: desktop });
          open.push(context);
          const viewer = new WatchPage(await watched(context));
          await viewer.watch(`/live/${show}`);
          viewers.push(viewer);
        }
        costs.push(await measure(hosts.process().pid!, studio.page, viewers));
      }
      for (const { viewers, cpu, megabits, encoded, seen } of costs) rows.push(row(name, String(viewers), cpu, megabits, encoded, seen));
      const [first, last] = [costs[0], costs[costs.length - 1]];
      const more = (of: (cost: Cost) => number) => (of(last) - of(first)) / (last.viewers - first.viewers);
      rows.push(row('', 'one more', more(({ cpu }) => cpu), more(({ megabits }) => megabits), more(({ encoded }) => encoded), ''));
    } finally {
      for (const context of open) await context.close();
      await hosts.close();
      await server.stop();
    }
  }
  const said = `${seconds} s each; viewers in another browser on the same machine; a camera of 1280x720, not recorded`;
  const heading = ['host'.padEnd(20), 'viewers'.padEnd(9), 'CPU of a core', 'sent, Mbit/s', 'pictures encoded/s', '  viewers saw'].join('  ');
  console.log(['', said, heading, ...rows].join('\n'));
});

function row(name: string, viewers: string, cpu: number, megabits: number, encoded: number, seen: string): string {
  const said = (figure: number, digits: number) => figure.toFixed(digits).replace(/^-(0(\.0+)?)$/, '$1');
  const figures = [`${said(cpu * 100, 0)} %`.padStart(13), said(megabits, 2).padStart(12), said(encoded, 0).padStart(18)];
  return [name.padEnd(20), viewers.padEnd(9), ...figures, `  ${seen}`].join('  ').trimEnd();
}

async function watched(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await keepPeerConnections(page);
  return page;
}

async function measure(pid: number, host: Page, viewers: WatchPage[]): Promise<Cost> {
  // Networks are tried out gently: the picture is small at first. On a machine that is too slow for more it stays so.
  const widths = async () => Math.min(...(await Promise.all(viewers.map((viewer) => viewer.pictureSize()))).map(([width]) => width));
  await expect
    .poll(widths, { timeout: 30_000 })
    .toBe(1280)
    .catch(() => undefined);
  const look = async () => ({ at: Date.now(), cpu: cpuSeconds(pid), ...(await sent(host)) });
  // What came before is not counted: a connection that has just begun tries out how much its network carries.
  await received([host], 5000);
  const before = await look();
  const seen = await received(
    viewers.map(({ page }) => page),
    seconds * 1000,
  );
  const after = await look();
  const sizes = await Promise.all(viewers.map((viewer) => viewer.pictureSize()));
  const elapsed = (after.at - before.at) / 1000;
  return {
    viewers: viewers.length,
    cpu: (after.cpu - before.cpu) / elapsed,
    megabits: ((after.bytes - before.bytes) * 8) / 1e6 / elapsed,
    encoded: (after.encoded - before.encoded) / elapsed,
    seen: sizes.map(([width, height], index) => `${width}x${height} at ${seen[index].rate}/s`).join(', '),
  };
}

/** Bytes that a page's connections have sent, and pictures that all their encoders have made. */
async function sent(page: Page): Promise<{ bytes: number; encoded: number }> {
  return page.evaluate(async () => {
    let [bytes, encoded] = [0, 0];
    for (const connection of (window as any).peerConnections as RTCPeerConnection[]) {
      (await connection.getStats()).forEach((report) => {
        if (report.type === 'transport') bytes += report.bytesSent ?? 0;
        if (report.type === 'outbound-rtp' && report.kind === 'video') encoded += report.framesEncoded ?? 0;
      });
    }
    return { bytes, encoded };
  });
}

/** Processor time so far, user and system, of a process and all that it started, in seconds. */
function cpuSeconds(root: number): number {
  const all = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // Behind the name, in which anything may stand. Times of children are of those that have ended.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
      all.set(Number(name), { parent: Number(fields[1]), ticks });
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid: number): boolean => pid === root || (all.has(pid) && isOurs(all.get(pid)!.parent));
  // The kernel counts in hundredths of a second.
  return [...all].filter(([pid]) => isOurs(pid)).reduce((sum, [, { ticks }]) => sum + ticks, 0) / 100;
}
