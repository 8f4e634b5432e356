import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pointer } from '#core/schemas/manifest.ts'
import { loadConfig } from '../../../build/config/load-config.ts'
import { build } from '../../../build/index.ts'
import type { StepHandles } from '../../../build/io/handles.ts'
import { folderStore } from '../../../build/publish/folder-store.ts'
import { movePointer, POINTER_KEY, readPointer } from '../../../build/publish/pointer.ts'
import { drawModel } from './draw-model.ts'

export const EDGE_SHAPES = ['sample', 'ml-32m'] as const
export type EdgeShape = (typeof EDGE_SHAPES)[number]

const ROOT = join(import.meta.dirname, '../../..')
/** What the bytes of a drawn model depend on. */
const DRAWN_BY = [
  'scripts/bench/edge/draw-model.ts',
  'scripts/bench/movielens-shape.ts',
  'build/export',
  'functions/core/format',
]

/** A bucket with a model of that shape that is current; made where there is none. @returns the folder */
export function publishedModel(shape: EdgeShape): Promise<string> {
  return shape === 'sample' ? builtSample() : drawnModel(shape)
}

/** Files of the model that is current in a bucket. */
export function currentModelFolder(modelsDir: string): string {
  const { buildId } = Pointer.parse(JSON.parse(readFileSync(join(modelsDir, POINTER_KEY), 'utf8')))
  return join(modelsDir, 'models', buildId)
}

/** The bundled sample, trained as `npm start` does; minutes where it was not before. */
async function builtSample(): Promise<string> {
  const folder = join(tmpdir(), 'marquee-bench-edge', 'sample')
  const openStore = async () => ({ ...folderStore(folder), close: async () => {} })
  await build({ config: loadConfig({}), until: 'publish', handles: QUIET, openStore })
  return folder
}

/** Drawn in a minute and a half; kept among the temporary files. */
async function drawnModel(shape: Exclude<EdgeShape, 'sample'>): Promise<string> {
  const buildId = hashOf(DRAWN_BY).slice(0, 16)
  const folder = join(tmpdir(), 'marquee-bench-edge', `${shape}-${buildId}`)
  if (existsSync(join(folder, POINTER_KEY))) return folder
  console.error(`drawing a model of the shape of ${shape} into ${folder}`)
  const store = folderStore(folder)
  const { files, manifest } = drawModel(shape, buildId)
  for (const [name, bytes] of files) await store.put(`models/${buildId}/${name}`, bytes)
  await store.put(`models/${buildId}/manifest.json`, new TextEncoder().encode(JSON.stringify(manifest)))
  await movePointer(store, await readPointer(store), buildId, new Date())
  return folder
}

function hashOf(paths: string[]): string {
  const hash = createHash('sha256')
  for (const path of paths) {
    const names = path.endsWith('.ts') ? [path] : readdirSync(join(ROOT, path)).map((name) => `${path}/${name}`)
    for (const name of names.filter((each) => each.endsWith('.ts')).sort()) hash.update(readFileSync(join(ROOT, name)))
  }
  return hash.digest('hex')
}

const QUIET: StepHandles = {
  log: { error: console.error, warn: console.error, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}
