import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/browser';

/** `make trials`: a recording survives anything, many times over. */
export default defineConfig({
  testDir: './trials',
  testMatch: /many\.ts$/,
  outputDir: './test-results/trials',
  workers: 1,
  retries: 0,
  expect: { timeout: 10_000 },
  reporter: [['./trials/reporter.ts']],
  use: { launchOptions, actionTimeout: 30_000, locale: 'en-GB', timezoneId: 'UTC' },
});
