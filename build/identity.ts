import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import type { BuildIdentity } from './nouns.ts'

const ROOT = join(import.meta.dirname, '..')

/** What the bytes of a model are computed by. Versions of libraries stand in the lockfile. */
const CODE = ['build', 'functions/core', 'functions/recommend', 'package-lock.json']
const CODE_FILE = /\.(ts|wasm|wgsl)$|^package-lock\.json$/

/** One input file, as the sources report it. */
export interface Input {
  file: string
  sha256: string
}

/**
 * Which build this is: 16 hex digits of the SHA-256 over inputs, configuration and code, all of which go
 * into the bytes of a model. Left out is what does not: where files are read from and written to (the
 * inputs count by content, in the order of the sources, as the first is trusted most) and logging. Names and notes of the project and the experiment stand in the model card, so
 * they count. The number of threads and the clock are no part of it: the steps must not depend on them.
 * @param codeHash of `hashCode`
 */
export function buildIdentity(config: Config, inputs: Input[], codeHash: string): BuildIdentity {
  const { logging: _logging, llm: _counted, rebuild: _afterwards, project, data, model, ...rest } = config
  const { artifacts: _artifacts, ...countedProject } = project
  const { imported: _imported, ...countedCf } = model.cf
  const countedModel = { ...model, cf: countedCf }
  const countedData = {
    ...data,
    sources: data.sources.map(({ path: _path, ...source }) => source),
    idsFrom: data.idsFrom !== null,
    feedback: data.feedback !== null,
  }
  const files = inputs.map(({ file, sha256 }) => `${basename(file)} ${sha256}`)
  const counted = { ...rest, project: countedProject, data: countedData, model: countedModel, files, code: codeHash }
  return { buildId: sha256(canonicalJson(counted)).slice(0, 16), config }
}

/**
 * SHA-256 over the code that makes a model: paths and contents, in the order of the path. The same in every
 * checkout: paths count from `root`, and CRLF of a Windows checkout counts as LF.
 */
export function hashCode(root: string = ROOT): string {
  const lines = CODE.flatMap((start) => codeFiles(root, start))
    .sort()
    .map((path) => `${path} ${sha256(withoutCr(path, readFileSync(join(root, path))))}`)
  return sha256(lines.join('\n'))
}

/** Paths under `start` from `root`, with `/`, hidden folders left out. */
function codeFiles(root: string, start: string): string[] {
  if (start.endsWith('.json')) return [start]
  return readdirSync(join(root, start), { withFileTypes: true }).flatMap((entry) => {
    const path = `${start}/${entry.name}`
    if (entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return codeFiles(root, path)
    return CODE_FILE.test(entry.name) ? [path] : []
  })
}

function withoutCr(path: string, bytes: Buffer): Buffer | string {
  return path.endsWith('.wasm') ? bytes : bytes.toString('utf8').replaceAll('\r\n', '\n')
}

/** JSON with the keys of every object in order, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}
