/** What goes wrong in the middle of a recording. */
export const FAULTS = ['tab', 'browser', 'server', 'mongod', 'disk'] as const;
export type Fault = (typeof FAULTS)[number];

/** How a show ends whose host's tab or browser died. Of the other faults the host recovers alone, and stops the show. */
export const ENDINGS = ['host returns', 'stopped by hand', 'grace ends'] as const;
export type Ending = (typeof ENDINGS)[number];

/** One trial. The same seed and number give the same plan, whatever other trials there are. */
export interface Plan {
  number: number;
  fault: Fault;
  ending: Ending;
  /** How much the host records, when the fault leaves him a chance to. */
  lengthMs: number;
  /** The fault strikes when so much is recorded. */
  atMs: number;
  /** How long the server is away, or the disk full. */
  awayMs: number;
}

/** The trials of a seed: one of every fault, then one by chance, and so on. */
export function plans(seed: number, count: number, lengthMs: number): Plan[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const chance = chances(seed * 1_000_003 + number);
    const pick = <T>(from: readonly T[]) => from[Math.floor(chance() * from.length)];
    const between = (low: number, high: number) => Math.round(low + chance() * (high - low));
    // Drawn in every trial, so that what follows does not depend on whose turn it is.
    const drawn = pick(FAULTS);
    return {
      number,
      fault: FAULTS[index % (FAULTS.length + 1)] ?? drawn,
      ending: pick(ENDINGS),
      lengthMs,
      // Something is recorded before the fault, and something is left to be recorded after it.
      atMs: between(2_500, lengthMs - 1_500),
      awayMs: between(300, 4_000),
    };
  });
}

// Numbers from 0 up to 1: mulberry32, which is small and the same everywhere.
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
