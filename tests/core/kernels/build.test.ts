import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildKernels } from '../../../scripts/build-kernels.ts'

test('the committed kernels are what their sources compile to', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'))
  try {
    buildKernels(folder)
    for (const name of ['train.wasm', 'train-relaxed.wasm', 'serve.wasm', 'serve-relaxed.wasm']) {
      const committed = readFileSync(new URL(`../../../functions/core/kernels/${name}`, import.meta.url))
      expect(readFileSync(join(folder, name)).equals(committed), `${name}: run node scripts/build-kernels.ts`).toBe(
        true,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the serving kernel stays under 7 KiB of the Worker', () => {
  expect(readFileSync(new URL('../../../functions/core/kernels/serve.wasm', import.meta.url)).length).toBeLessThan(7168)
})
