import type { Page } from '@playwright/test';

/** What one recorder of a page has recorded. */
interface Recorded {
  /** What it handed out, by the times of the pictures and sounds in it; the last one's own length is not counted. */
  mediaMs: number;
  /** The longest time in it without a picture, or without sound: a machine with too much to do records fewer pictures. */
  gapMs: number;
  /** When it handed out the last piece, or began, in milliseconds since 1970; none once it has stopped. */
  sinceMs?: number;
}

/** Looks into everything that the recorders of a page hand out. To be called before the page is loaded. */
export async function noteRecorders(target: { addInitScript(script: () => void): Promise<unknown> }): Promise<void> {
  await target.addInitScript(inPage);
}

/**
 * How much is recorded: what was handed out, and what came after the last piece until `Date.now()`. And the longest gaps in
 * what was handed out, added up: the last one of a recorder and the first one of the next are one in the film.
 */
export async function recordedBy(page: Page): Promise<{ ms: number; gapMs: number }> {
  const recorders: Recorded[] = await page.evaluate(async () => {
    await (window as any).recordersRead();
    return (window as any).recorders;
  });
  const ms = recorders.reduce((sum, { mediaMs, sinceMs }) => sum + mediaMs + (sinceMs === undefined ? 0 : Date.now() - sinceMs), 0);
  return { ms, gapMs: recorders.reduce((sum, { gapMs }) => sum + gapMs, 0) };
}

/** Waits until so much is recorded. */
export async function untilRecordedBy(page: Page, atLeastMs: number): Promise<void> {
  const isThere = (ms: number) => {
    const recorders: Recorded[] = (window as any).recorders;
    return recorders.reduce((sum, { mediaMs, sinceMs }) => sum + mediaMs + (sinceMs === undefined ? 0 : Date.now() - sinceMs), 0) >= ms;
  };
  await page.waitForFunction(isThere, atLeastMs, { polling: 25, timeout: atLeastMs + 60_000 });
}

// Runs in the page, before its own scripts. A clock would not do: a recorder begins some time after it is told to, the
// later the more the machine has to do. What it hands out is WebM: the times of its blocks say what is in it.
function inPage(): void {
  const CLUSTER = 0x1f43b675;
  const INSIDE = [0x18538067, CLUSTER, 0xa0];
  const [CLUSTER_TIME, SIMPLE_BLOCK, BLOCK] = [0xe7, 0xa3, 0xa1];

  const number = (bytes: Uint8Array, at: number, length: number) => bytes.subarray(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0);

  // Follows the elements of a file through its pieces. No class: what compiles one needs helpers that a page has not.
  const walk = () => {
    let rest = new Uint8Array();
    let skip = 0;
    let clusterMs = 0;
    let firstMs = Infinity;
    let lastMs = -Infinity;
    let longestMs = 0;
    const tracks = new Map<number, number>();
    return (more: Uint8Array): { mediaMs: number; gapMs: number } => {
      const bytes = new Uint8Array(rest.length + more.length);
      bytes.set(rest);
      bytes.set(more, rest.length);
      let at = 0;
      for (;;) {
        const over = Math.min(skip, bytes.length - at);
        at += over;
        skip -= over;
        // A head and the first bytes of what follows are looked at together.
        if (skip > 0 || bytes.length - at < 16) break;
        const idLength = Math.clz32(bytes[at]) - 23;
        const id = number(bytes, at, idLength);
        const sizeAt = at + idLength;
        const sizeLength = Math.clz32(bytes[sizeAt]) - 23;
        const size = (bytes[sizeAt] & (0xff >> sizeLength)) * 256 ** (sizeLength - 1) + number(bytes, sizeAt + 1, sizeLength - 1);
        at = sizeAt + sizeLength;
        if (id === CLUSTER_TIME) clusterMs = number(bytes, at, size);
        if (id === SIMPLE_BLOCK || id === BLOCK) {
          const trackLength = Math.clz32(bytes[at]) - 23;
          const track = number(bytes, at, trackLength);
          const ms = clusterMs + new DataView(bytes.buffer).getInt16(at + trackLength);
          firstMs = Math.min(firstMs, ms);
          lastMs = Math.max(lastMs, ms);
          longestMs = Math.max(longestMs, ms - (tracks.get(track) ?? firstMs));
          tracks.set(track, ms);
        }
        if (!INSIDE.includes(id)) skip = size;
      }
      rest = bytes.slice(at);
      const sinceMs = Math.max(...[...tracks.values()].map((ms) => lastMs - ms));
      return { mediaMs: Math.max(lastMs - firstMs, 0), gapMs: Math.max(longestMs, sinceMs) };
    };
  };

  const recorders: Recorded[] = [];
  let reading = Promise.resolve();
  const Native = window.MediaRecorder;
  window.MediaRecorder = class extends Native {
    constructor(stream: MediaStream, options?: MediaRecorderOptions) {
      super(stream, options);
      const recorded: Recorded = { mediaMs: 0, gapMs: 0 };
      const feed = walk();
      let isStopped = false;
      recorders.push(recorded);
      this.addEventListener('start', () => (recorded.sinceMs ??= Date.now()));
      this.addEventListener('dataavailable', ({ data }) => {
        const now = Date.now();
        reading = reading.then(async () => {
          Object.assign(recorded, feed(new Uint8Array(await data.arrayBuffer())));
          recorded.sinceMs = isStopped ? undefined : now;
        });
      });
      this.addEventListener('stop', () => {
        isStopped = true;
        recorded.sinceMs = undefined;
      });
    }
  };
  (window as any).recorders = recorders;
  (window as any).recordersRead = () => reading;
}
