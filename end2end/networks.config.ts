import { defineConfig } from '@playwright/test';
import type { LabSettings } from './networks/lab';
import { launchOptions } from './support/browser';

/** `make networks`: browsers that are not all the same, over networks that are not all good. */
export default defineConfig<object, LabSettings>({
  testDir: './networks',
  outputDir: './test-results/networks',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../target/test-reports/networks.json' }]],
  use: { launchOptions, actionTimeout: 20_000, trace: 'retain-on-failure', locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 1440, height: 900 } },
  projects: [
    { name: 'direct', testMatch: /firefox\.spec\.ts$/, use: { settings: { MEDIA: 'p2p' } } },
    { name: 'served', use: { settings: { MEDIA: 'sfu' } } },
  ],
});
