import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Most tests wait for processes that they started; by itself vitest would run one file at a time on two cores.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'instrumentation/**/*.ts'],
      reporter: ['text-summary', 'html'],
    },
  },
});
