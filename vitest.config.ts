import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // What tests start keeps nothing in the home of who runs them.
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
  },
});
