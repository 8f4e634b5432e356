import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ArtifactFiles } from '../../../build/nouns.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { tinyFiles, tinyManifest } from '../../helpers/tiny-model.ts'
import { tinyTower } from '../../helpers/tiny-tower.ts'
import { temporaryFolder } from '../ingest/workspace.ts'

const BUILD = 'a'.repeat(16)

/** A working folder with a configuration and one built model. */
function workplace(files: ArtifactFiles): string {
  const cwd = temporaryFolder()
  const folder = join(cwd, 'artifacts', BUILD, 'model')
  mkdirSync(folder, { recursive: true })
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes)
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(tinyManifest(BUILD, files)))
  writeFileSync(join(cwd, 'config.yml'), `project: { artifacts: ${JSON.stringify(join(cwd, 'artifacts'))} }\n`)
  return cwd
}

const exportOnnx = (cwd: string, file: string) => marqueeIn(cwd)(`export-onnx ${file} --config config.yml`)

test('writes the towers of the newest model, and which movie each row is', async () => {
  const cwd = workplace(tinyFiles({ tower: tinyTower() }))
  const { code, stdout } = await exportOnnx(cwd, 'out/towers.onnx')
  expect(code).toBe(0)
  const graph = readFileSync(join(cwd, 'out/towers.onnx'))
  expect(stdout).toBe(`out/towers.onnx: ${graph.length} bytes, 10 movies\n`)
  for (const name of ['marquee', 'items', 'stars', 'user', 'scores']) expect(graph.includes(name)).toBe(true)
  // without a layer norm, and with one layer
  for (const name of ['LayerNormalization', 'Relu']) expect(graph.includes(name)).toBe(false)
  const rows = readFileSync(join(cwd, 'out/towers.onnx.movies.csv'), 'utf8').split('\n')
  expect(rows).toHaveLength(12)
  expect(rows.slice(0, 2)).toEqual(['row,movieId,saysSomething', '0,10,1'])
  // new movies say nothing
  expect(rows[10]).toMatch(/^9,\d+,0$/)
})

test('refuses a model that folds histories in', async () => {
  const { code, stderr } = await exportOnnx(workplace(tinyFiles()), 'towers.onnx')
  expect(code).toBe(2)
  expect(stderr).toContain('found a model without towers, expected one of model.cf.type two_tower')
})

test('says that there is no model yet', async () => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'config.yml'), `project: { artifacts: ${JSON.stringify(join(cwd, 'artifacts'))} }\n`)
  const { code, stderr } = await exportOnnx(cwd, 'towers.onnx')
  expect(code).toBe(2)
  expect(stderr).toContain('found no model; "marquee build" makes one')
})
