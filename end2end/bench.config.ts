import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/browser';

/** `make bench`: figures, not verdicts. */
export default defineConfig({
  testDir: './bench',
  testMatch: /\.ts$/,
  outputDir: './test-results/bench',
  workers: 1,
  timeout: 300_000,
  reporter: [['line']],
  use: { launchOptions, viewport: { width: 1440, height: 900 } },
});
