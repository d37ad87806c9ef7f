import { defineConfig } from 'vitest/config';

/** Makes the pictures of the documentation, on request alone: `npm run screenshot`. */
export default defineConfig({
  test: {
    env: { NODE_ENV: 'test' },
    include: ['test/screenshots/*.picture.ts'],
    testTimeout: 60_000,
  },
});
