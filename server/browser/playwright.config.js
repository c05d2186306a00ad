import {defineConfig} from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: '../../.tools/browser',
  workers: 1,
  forbidOnly: true,
  timeout: 180_000, // for slow machines
  expect: {timeout: 30_000},
  reporter: 'line',
  use: {
    baseURL: process.env.ENLIST,
    launchOptions: {executablePath: process.env.CHROMIUM, args: ['--no-sandbox']}, // root has no sandbox
    screenshot: 'only-on-failure',
  },
});
