import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// What is awaited by asking again has the time that a busy machine may need; the default of a second is for quick ones.
const patient = { poll: { timeout: 10_000 } };

// Much of the time a test file waits: for a process, a disk, a time-out. So two at least, also on a machine of two processors.
const maxWorkers = Math.max(2, availableParallelism() - 1);

// Set-up of the suites: `unit` needs nothing, `integration` a real PostgreSQL, `console` a DOM, `e2e` a real browser and server.
export default defineConfig({
  test: {
    // At the end of a run its databases are searched for texts of tokens, and a search that is cut off would find none.
    teardownTimeout: 120_000,
    maxWorkers,
    projects: [
      {
        test: {
          name: 'unit',
          expect: patient,
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/{server,sample-api,cli,bench}/src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'docs/**/*.test.ts',
          ],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
          // Property tests on a busy machine.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          expect: patient,
          include: [
            'packages/*/src/**/*.integration.test.ts',
            'apps/{server,cli,bench}/src/**/*.integration.test.ts',
            'docs/**/*.integration.test.ts',
          ],
          globalSetup: ['./packages/database/src/testing/global-postgres.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'console',
          expect: patient,
          environment: 'jsdom',
          include: ['apps/console/src/**/*.test.{ts,tsx}', 'packages/portal/src/**/*.test.tsx'],
          setupFiles: ['./apps/console/src/testing/setup.ts'],
          // The first test of a file pays for loading its page.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          expect: patient,
          include: ['apps/console/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
