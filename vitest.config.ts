import { configDefaults, defineConfig } from 'vitest/config'
import { CountReporter } from './tests/helpers/count-reporter.ts'

/** What these hold is pure, so their files may share a process: it starts and compiles once, in half the time. */
const PURE = ['tests/core/**/*.test.ts', 'tests/recommend/**/*.test.ts']

export default defineConfig({
  test: {
    environment: 'node',
    // most tests take milliseconds; those that start workerd or the CLI wait for a loaded machine
    testTimeout: 30_000,
    // a file a core: many wait for a server or a deadline
    maxWorkers: '100%',
    hookTimeout: 30_000,
    reporters: ['default', new CountReporter()],
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: { name: 'whole', include: ['tests/**/*.test.ts'], exclude: [...configDefaults.exclude, ...PURE] },
      },
    ],
  },
})
