import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the line `N passed, N failed`. A file that does not load counts as one failure. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      passed += tests.filter((test) => test.result().state === 'passed').length
      const failures = tests.filter((test) => test.result().state === 'failed').length
      failed += failures === 0 && module.state() === 'failed' ? 1 : failures
    }
    // after what the other reporters have to say
    process.once('exit', () => process.stdout.write(`\n${passed} passed, ${failed} failed\n`))
  }
}
