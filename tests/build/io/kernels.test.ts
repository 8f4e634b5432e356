import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../../helpers/print-towers.ts')

/** What two towers learn where V8 compiles all kernels by one of its compilers. */
function learnedWith(flag: '--liftoff-only' | '--no-liftoff'): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [flag, SCRIPT], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

test('kernels give the same bits where V8 joins lanes of four into lanes of eight', { timeout: 60_000 }, () => {
  // its baseline compiler joins none, its optimizing one does where the machine has AVX2
  const learned = learnedWith('--liftoff-only')
  expect(learned).toMatch(/^[0-9a-f]{64}$/)
  expect(learnedWith('--no-liftoff')).toBe(learned)
})
