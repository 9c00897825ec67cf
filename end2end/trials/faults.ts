import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { ShopServer } from '../support/server';
import type { TrialHost } from './host';
import type { Plan } from './plan';

/** The disk of the recordings in the trials of a full one. */
export const DISK_MIB = 64;
const BALLAST = 'ballast';

/** Why no disk can be mounted here for a server alone; `undefined`: it can. */
export const noDisk = (() => {
  const tried = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /tmp'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `no disk of its own can be mounted here (${(tried.stderr || String(tried.error)).trim()})`;
})();

/** The fault of a plan, and all that is needed for the show to be able to go on; nobody does anything but that. */
export async function strike({ fault, awayMs }: Plan, host: TrialHost, server: ShopServer): Promise<void> {
  switch (fault) {
    case 'tab':
      return host.killTab();
    case 'browser':
      return host.killBrowser();
    case 'server':
      await server.kill9();
      await pass(awayMs);
      return server.restart();
    case 'mongod':
      return killDatabase(server);
    case 'disk':
      return fillDisk(awayMs, host, server);
  }
}

async function killDatabase(server: ShopServer): Promise<void> {
  const pid = server.databasePid;
  expect(pid, 'the database is running').toBeDefined();
  process.kill(pid!, 'SIGKILL');
  // The server starts another one by itself.
  await expect.poll(() => server.databasePid ?? pid, { message: 'another database is running', timeout: 60_000 }).not.toBe(pid);
  const ready = async () => (await fetch(`${server.url}/readyz`)).status;
  await expect.poll(ready, { message: 'the server has its database again', timeout: 60_000 }).toBe(200);
}

async function fillDisk(awayMs: number, { studio }: TrialHost, server: ShopServer): Promise<void> {
  const ballast = join(server.recordings, BALLAST);
  fill(ballast);
  // The server takes no more, and the studio says so.
  const trouble = studio.recording.getByRole('status');
  await expect(trouble).toContainText('no room', { timeout: 30_000 });
  await pass(awayMs);
  rmSync(ballast);
  await expect(trouble).toHaveCount(0, { timeout: 60_000 });
}

// Writes until the disk takes nothing any more.
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 4)) {
      while (hasTaken(file, Buffer.alloc(bytes)));
    }
  } finally {
    closeSync(file);
  }
}

function hasTaken(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

// How long something is away is what is tried: there is no event to wait for.
async function pass(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
}
