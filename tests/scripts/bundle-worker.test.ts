import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundleWorker } from '../../scripts/bundle-worker.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')

test('a bundle is one module, with WebAssembly beside it under the name that the module imports', async () => {
  const { modules, inputs, external, gzippedBytes } = await bundleWorker('index.js', { root: join(FIXTURES, 'worker') })
  expect(modules.map(({ type, path }) => [type, path])).toEqual([
    ['ESModule', 'index.js'],
    ['CompiledWasm', 'add.wasm'],
  ])
  expect(new TextDecoder().decode(modules[0]!.contents)).toContain('from "./add.wasm"')
  expect(inputs).toEqual(['index.js'])
  expect(external).toEqual([])
  expect(gzippedBytes).toBeGreaterThan(100)
})

test('a bundle with a node: import is refused', async () => {
  await expect(bundleWorker('imports-node.js', { root: join(FIXTURES, 'bundle') })).rejects.toThrow(
    /Could not resolve "node:fs"/,
  )
})
