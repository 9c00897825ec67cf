import { defineConfig, devices } from '@playwright/test';
import { launchOptions } from './support/browser';

// One worker: the tests encode and decode real video, and a second broadcast would take the first one's processor.
// No retries: a test that passes the second time has found something.
export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: '../target/test-reports/browser.json' }]],
  use: {
    launchOptions,
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    // Dates and numbers as one language writes them, whatever the machine's is.
    locale: 'en-GB',
    timezoneId: 'UTC',
  },
  projects: [
    { name: 'desktop', testIgnore: /\.(nojs|phone)\.spec\.ts$/, use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      testMatch: /(\.phone|pages)\.spec\.ts$/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, userAgent: devices['Pixel 7'].userAgent },
    },
    { name: 'nojs', testMatch: /\.nojs\.spec\.ts$/, use: { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false } },
  ],
});
