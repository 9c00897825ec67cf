import type { LaunchOptions } from '@playwright/test';

/** How Chromium is started: headless, with a pretended camera and microphone, and silent towards the outside. */
export const launchOptions: LaunchOptions = {
  executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-fake-device-for-media-stream=fps=30',
    '--use-fake-ui-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    '--no-pings',
    '--metrics-recording-only',
  ],
};
