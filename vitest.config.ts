import { defineConfig } from 'vitest/config';

// Two cores are the smallest machine we promise: real processes, git and pty share them with the tests.
export default defineConfig({
  // Tests run with the production React, as the product does; its JSX runtime has no development half.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // On a shared machine a real process may get no time at all once; what fails twice is broken. A repeat is reported.
    retry: process.env.CI ? 1 : 0,
    env: { NODE_ENV: 'production' },
  },
});
