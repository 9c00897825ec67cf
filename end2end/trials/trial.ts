import { rm } from 'node:fs/promises';
import { type Browser, test as base, expect } from '@playwright/test';
import type { Recording } from '../pages/replay_page';
import { ShopApi } from '../support/api';
import { ShopServer } from '../support/server';
import { DISK_MIB, noDisk, strike } from './faults';
import { expectSaid, fetchFilm, ffprobe, probe, watch } from './film';
import { TrialHost } from './host';
import { describe, type Outcome, OUTCOME, sum } from './outcome';
import type { Plan } from './plan';

// A recording survives anything: a host goes live on a shop of his own, one thing goes wrong at a random moment, everybody
// does what they would do, and the film is held against what was recorded.

/** The most that may be missing from a film. */
const MAX_LOST_MS = 2_000;
/** A film that is longer than what was recorded by more than this has something twice. */
const MAX_GAINED_MS = 500;

/** What is to be ended after a trial, the last one first; also after one that took too long. */
type Later = (end: () => Promise<void>) => void;

const test = base.extend<{ later: Later }>({
  later: async ({}, use) => {
    const ends: (() => Promise<void>)[] = [];
    await use((end) => ends.push(end));
    const failed: unknown[] = [];
    for (const end of ends.reverse()) await end().catch((error) => failed.push(error));
    expect(failed, 'all is ended').toEqual([]);
  },
});

/** Makes a test of every plan. */
export function declareTrials(plans: Plan[]): void {
  for (const plan of plans) {
    test(`trial ${plan.number}: ${describe(plan)}`, async ({ browser, later }, info) => {
      test.skip(plan.fault === 'disk' && noDisk !== undefined, noDisk);
      test.setTimeout(2 * plan.lengthMs + 240_000);
      const outcome: Outcome = { plan };
      try {
        await run(plan, browser, later, outcome, info.outputPath('film'));
        await rm(info.outputPath('film'));
      } finally {
        info.annotations.push({ type: OUTCOME, description: JSON.stringify(outcome) });
        console.log(`${describe(plan)}: ${sum(outcome)}`);
      }
    });
  }
}

async function run(plan: Plan, browser: Browser, later: Later, outcome: Outcome, film: string): Promise<void> {
  const isHostGone = plan.fault === 'tab' || plan.fault === 'browser';
  const settings = { ...(isHostGone && plan.ending === 'grace ends' ? { HOST_GRACE_SECS: '6' } : {}) };
  const place = { ownDatabase: true, ...(plan.fault === 'disk' ? { recordingsMib: DISK_MIB } : {}) };
  const server = await ShopServer.start(`trial-${plan.number}`, settings, place);
  later(() => server.stop());
  const api = new ShopApi(server.url);
  const host = new TrialHost(server.url, await api.adminSession());
  later(() => host.leave());
  await host.open();
  const show = await host.studio.goLive(`Trial ${plan.number}`);

  await host.untilRecorded(plan.atMs);
  await strike(plan, host, server);

  if (isHostGone && plan.ending !== 'host returns') {
    if (plan.ending === 'stopped by hand') await api.asAdmin('POST', `/livestreams/${show}/stop`, {});
    await expect.poll(async () => (await api.show(show)).status, { message: 'the show ends', timeout: 60_000 }).toBe('ended');
    // Nobody waits for a host who stays away.
    await api.asAdmin('POST', `/livestreams/${show}/recording/finish`, {});
  } else {
    if (plan.fault === 'tab' || plan.fault === 'browser') await host.comeBack(show, plan.fault);
    await host.untilRecorded(plan.lengthMs);
    await host.studio.stop();
  }
  const recordingOf = async () => (await api.asAdmin<{ recording: Recording }>('GET', `/livestreams/${show}/recording`)).recording;
  await expect.poll(async () => (await recordingOf()).state, { message: 'the film is made', timeout: 90_000 }).toBe('ready');

  const recording = await recordingOf();
  const { ms, gapMs } = await host.recorded();
  outcome.recordedMs = ms;
  outcome.filmMs = recording.durationMs;
  outcome.parts = recording.parts.length;
  outcome.lostMs = outcome.recordedMs - outcome.filmMs;
  // Looked at by whoever wants to know why a trial failed.
  await fetchFilm(server.url, recording, film);
  const shownMs = await watch(browser, server.url, show, gapMs);
  expectSaid(recording.durationMs, shownMs);
  outcome.probed = 'is skipped: there is none';
  if (ffprobe) {
    outcome.probed = 'disagrees';
    outcome.probed = `agrees within ${Math.ceil(await probe(ffprobe, film, shownMs))} ms`;
  }
  const measured = `${outcome.recordedMs} ms were recorded, the film has ${outcome.filmMs}`;
  expect(outcome.lostMs, measured).toBeLessThanOrEqual(MAX_LOST_MS);
  expect(outcome.lostMs, measured).toBeGreaterThanOrEqual(-MAX_GAINED_MS);
}
