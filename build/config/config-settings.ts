import { randomSource } from '#core/random.ts'
import { Config } from '#core/schemas/config.ts'
import { examplesOf, type Settings, type Space } from '../tuning/index.ts'
import { describeProblem } from './config-problems.ts'
import { ConfigError, knownKeys } from './load-config.ts'

/** What trials may differ in: all that is learned and how it is served, but for the stars, which no list depends on. */
const TUNABLE = /^(model\.(?!stars\.)|project\.seed$)/

/** The configuration with some values laid over it; not yet checked. Steps of a path that are numbers count in lists. */
function laidOver(config: Config, settings: Settings): unknown {
  const tree: unknown = structuredClone(config)
  for (const [key, value] of Object.entries(settings)) {
    const path = key.split('.')
    const last = path.pop()!
    let section = tree as Record<string, unknown>
    for (const step of path) {
      const inner = section[step]
      if (typeof inner !== 'object' || inner === null) section[step] = {}
      section = section[step] as Record<string, unknown>
    }
    section[last] = value
  }
  return tree
}

/** @throws {ConfigError} when the configuration does not allow the settings, or not together */
export function withSettings(config: Config, settings: Settings): Config {
  const parsed = Config.safeParse(laidOver(config, settings))
  if (parsed.success) return parsed.data
  const where = (path: readonly PropertyKey[]) => path.join('.')
  const found = (path: readonly PropertyKey[]) => valueAt(laidOver(config, settings), path)
  throw new ConfigError(
    parsed.error.issues.flatMap((issue) => describeProblem(issue, { where, found, known: knownKeys() })).join('\n'),
  )
}

export function allows(config: Config, settings: Settings): boolean {
  return Config.safeParse(laidOver(config, settings)).success
}

/**
 * Every key is one that trials may differ in, and may have each of its values; what values may not stand together is for
 * `allows` to say of each draw.
 * @throws {ConfigError} naming every key or value that cannot be
 */
export function checkSpace(space: Space, config: Config): void {
  const random = randomSource(config.project.seed)
  const problems = Object.entries(space).flatMap(([key, values]) => {
    if (settingOf(config, key) !== undefined && !TUNABLE.test(key))
      return [
        `${key}: not to be searched; must be a key of model but stars, or project.seed: others say what is judged`,
      ]
    const found = examplesOf(values, random).map((value) => problemsOf(key, value, config))
    return found.find((lines) => lines.length > 0) ?? []
  })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
}

/** What is wrong with one value of one key, whatever else is configured. */
function problemsOf(key: string, value: unknown, config: Config): string[] {
  const parsed = Config.safeParse(laidOver(config, { [key]: value }))
  if (parsed.success) return []
  const isOwn = (path: readonly PropertyKey[]) =>
    `${key}.`.startsWith(`${path.join('.')}.`) || path.join('.').startsWith(`${key}.`)
  return parsed.error.issues
    .filter((issue) =>
      issue.code === 'unrecognized_keys' ? isOwn([...issue.path, issue.keys[0]!]) : isOwn(issue.path),
    )
    .flatMap((issue) =>
      describeProblem(issue, { where: (path) => path.join('.'), found: () => value, known: knownKeys() }),
    )
    .slice(0, 1)
}

/**
 * What lays chosen values over a configuration: the sections of the keys, and nothing else in them. A list is there
 * whole, as it is replaced whole.
 * @param chosen with the settings in it
 */
export function presetOf(chosen: Config, keys: string[]): Record<string, unknown> {
  const preset: Record<string, unknown> = {}
  for (const key of keys) {
    let from: unknown = chosen
    let to = preset
    const path = key.split('.')
    for (const [depth, step] of path.entries()) {
      from = (from as Record<string, unknown>)[step]
      if (depth === path.length - 1 || Array.isArray(from)) {
        to[step] = from
        break
      }
      to[step] ??= {}
      to = to[step] as Record<string, unknown>
    }
  }
  return preset
}

/** What a configuration has at a dotted path; undefined where it has nothing. */
export function settingOf(config: Config, key: string): unknown {
  return valueAt(config, key.split('.'))
}

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], tree)
}
