import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import { Config, SourceConfig } from '#core/schemas/config.ts'
import { show } from '#core/schemas/problem.ts'
import { describeProblem } from './config-problems.ts'

const ROOT = join(import.meta.dirname, '../..')
const DEFAULT_FILE = join(ROOT, 'config', 'config.yml')
export const PRESETS = ['tiny', 'small', 'large'] as const

/** The configuration cannot be used. One line for each problem: file, line, key, what was found, what is allowed. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export interface ConfigOptions {
  /** YAML file; config/config.yml when left out */
  path?: string | undefined
  /** one of PRESETS, or a YAML file, laid over the file */
  preset?: string | undefined
  /** laid over both, from the command line */
  overrides?: Overrides
}

export interface Overrides {
  seed?: number
  logLevel?: string
  logFile?: string
  /** read these instead of data.sources, each in the format that its files show */
  inputs?: string[]
  /** split.strategy */
  split?: string
  /** model.cf.imported, and model.cf.type for it */
  imported?: { path: string; itemIds: string | null }
}

type Path = readonly PropertyKey[]
type Tree = Record<string, unknown>

/** One source of values; a later one wins. */
interface Layer {
  name: string
  values: Tree
  /** line of the key at `path`, where this source has lines and the key */
  lineOf(path: Path): number | null
}

/**
 * Read the configuration: the file, a preset over it, options over both.
 * @throws {ConfigError} naming every unknown key, wrong type and impossible combination at once
 */
export function loadConfig(options: ConfigOptions = {}): Config {
  const layers = [readLayer(options.path ?? DEFAULT_FILE)]
  if (options.preset !== undefined) layers.push(readPreset(options.preset))
  layers.push(optionLayer(options.overrides ?? {}))

  const merged = layers.reduce<Tree>((below, layer) => merge(below, layer.values), {})
  const parsed = Config.safeParse(merged)
  if (parsed.success) return parsed.data
  const surroundings = {
    where: (path: Path) => where(path, layers),
    found: (path: Path) => valueAt(merged, path),
    known: [...knownKeys(), ...Object.keys(SourceConfig.shape).map((key) => `data.sources.0.${key}`)],
  }
  throw new ConfigError(parsed.error.issues.flatMap((issue) => describeProblem(issue, surroundings)).join('\n'))
}

/** Path of every key that may be set, sections included: `model`, `model.cf`, `model.cf.factors`. */
export function knownKeys(): string[] {
  const keys: string[] = []
  const visit = (tree: Tree, prefix: string) => {
    for (const [key, value] of Object.entries(tree)) {
      keys.push(prefix + key)
      if (isTree(value)) visit(value, `${prefix + key}.`)
    }
  }
  visit(Config.parse({}), '')
  return keys
}

function readLayer(file: string): Layer {
  const name = displayName(file)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (cause) {
    throw new ConfigError(`${name}: ${whyUnreadable(cause)}`, { cause })
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) throw new ConfigError(`${name}:${lines.linePos(error.pos[0]).line}: not valid YAML: ${error.message}`)

  const values: unknown = document.toJS() ?? {}
  if (!isTree(values)) throw new ConfigError(`${name}: found ${show(values)}; must be sections with keys`)
  return {
    name,
    values,
    lineOf(path) {
      const offset = keyOffset(document.contents, path)
      return offset === null ? null : lines.linePos(offset).line
    },
  }
}

/** Whether a preset is a file, such as `marquee tune` writes, and not one of PRESETS. */
export function isPresetFile(preset: string): boolean {
  return /\.ya?ml$/i.test(preset)
}

function readPreset(preset: string): Layer {
  if (isPresetFile(preset)) return readLayer(preset)
  if (!PRESETS.some((name) => name === preset))
    throw new ConfigError(`--preset: found ${show(preset)}; must be one of ${PRESETS.join(', ')}, or a .yml file`)
  return readLayer(join(ROOT, 'config', 'presets', `${preset}.yml`))
}

function optionLayer({ seed, logLevel, logFile, inputs, split, imported }: Overrides): Layer {
  const values: Tree = {}
  if (seed !== undefined) values.project = { seed }
  if (logLevel !== undefined || logFile !== undefined)
    values.logging = {
      ...(logLevel !== undefined && { level: logLevel }),
      ...(logFile !== undefined && { file: logFile }),
    }
  if (inputs !== undefined) values.data = { sources: inputs.map((path) => ({ path, format: 'auto' })) }
  if (split !== undefined) values.split = { strategy: split }
  if (imported !== undefined) values.model = { cf: { type: 'imported', imported } }
  return { name: 'command line', values, lineOf: () => null }
}

/** Sections merge key by key; anything else is replaced whole. */
function merge(below: Tree, above: Tree): Tree {
  const keys = new Set([...Object.keys(below), ...Object.keys(above)])
  return Object.fromEntries(
    [...keys].map((key) => {
      if (!Object.hasOwn(above, key)) return [key, below[key]]
      const [from, to] = [Object.hasOwn(below, key) ? below[key] : undefined, above[key]]
      return [key, isTree(from) && isTree(to) ? merge(from, to) : to]
    }),
  )
}

/** `config/config.yml:12: model.cf.factors`, in the last source that has the key. */
function where(path: Path, layers: Layer[]): string {
  const layer = layers.findLast(({ values }) => valueAt(values, path) !== undefined) ?? layers[0]!
  const line = layer.lineOf(path)
  return `${layer.name}${line === null ? '' : `:${line}`}${path.length > 0 ? `: ${path.join('.')}` : ''}`
}

/** Offset of the key at `path` in the YAML text; the nearest key above it where there is none. */
function keyOffset(contents: ParsedNode | null, path: Path): number | null {
  let node: unknown = contents
  let offset: number | null = null
  for (const step of path) {
    if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      continue
    }
    if (!isMap(node)) break
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
    if (!pair) return offset
    offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
    node = pair.value
  }
  return offset
}

function valueAt(tree: unknown, path: Path): unknown {
  let value = tree
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

/** Of an error on reading a file as UTF-8. */
export function whyUnreadable(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : ''
  if (code === 'ENOENT') return 'no such file'
  if (code === 'EISDIR') return 'found a folder, expected a file'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'not UTF-8 text'
  return cause instanceof Error ? cause.message : String(cause)
}

function displayName(file: string): string {
  const fromHere = relative(process.cwd(), file)
  return fromHere.startsWith('..') || isAbsolute(fromHere) ? file : fromHere
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
