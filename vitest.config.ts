import { defineConfig } from 'vitest/config'
import { CountReporter } from './tests/helpers/count-reporter.ts'

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    // most tests take milliseconds; those that start workerd or the CLI wait for a loaded machine
    testTimeout: 30_000,
    // a file a core: many wait for a server or a deadline
    maxWorkers: '100%',
    hookTimeout: 30_000,
    reporters: ['default', new CountReporter()],
  },
})
