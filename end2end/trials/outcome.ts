import type { Plan } from './plan';

/** What became of a trial, as far as it came. */
export interface Outcome {
  plan: Plan;
  /** What the host's recorders had recorded, until they were stopped or killed. */
  recordedMs?: number;
  filmMs?: number;
  lostMs?: number;
  parts?: number;
  /** What ffprobe does. */
  probed?: string;
}

/** The name of the annotation of a test that carries the outcome, as JSON. */
export const OUTCOME = 'trial';

/** What happens in a trial, in words. */
export function describe({ fault, ending, atMs, awayMs }: Plan): string {
  const away = `for ${seconds(awayMs)}`;
  const what = {
    tab: `the tab is killed, ${ending}`,
    browser: `the browser is killed, ${ending}`,
    server: `the server is killed, ${away}`,
    mongod: 'the database is killed',
    disk: `the disk is full, ${away}`,
  }[fault];
  return `at ${seconds(atMs)} ${what}`;
}

/** What a trial gave, in words. */
export function sum({ recordedMs, filmMs, lostMs, parts, probed }: Outcome): string {
  if (recordedMs === undefined || filmMs === undefined || lostMs === undefined) return 'no film';
  const measured = `recorded ${seconds(recordedMs)}, film ${seconds(filmMs)} in ${parts} part${parts === 1 ? '' : 's'}, lost ${seconds(lostMs)}`;
  return probed ? `${measured}; ffprobe ${probed}` : measured;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
