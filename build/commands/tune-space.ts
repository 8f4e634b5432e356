import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { rule, show } from '#core/schemas/problem.ts'
import { ConfigError } from '../config/load-config.ts'
import { Space } from '../tuning/index.ts'

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`
/** `log:0.5..100`, `8..128:8` */
const RANGE = new RegExp(String.raw`^(?:(log|linear):)?(${NUMBER})\.\.(${NUMBER})(?::(${NUMBER}))?$`, 'i')

/**
 * What is searched, from a file and from options as `key=a,b,c` or `key=log:0.5..100`; an option goes over the file.
 * @throws {ConfigError} naming what is not a space, or when there is nothing to search
 */
export function readSpace(file: string | null, tries: string[]): Space {
  const fromFile = file === null ? {} : readFile(file)
  const fromOptions = tries.map((text): [string, unknown] => {
    const [, key, values] = /^([^=]+)=(.+)$/s.exec(text) ?? []
    if (key === undefined || values === undefined)
      throw new ConfigError(`--try: found ${show(text)}; must be as key=a,b,c or key=log:0.5..100 or key=8..128:8`)
    return [key.trim(), readValues(key, values.trim())]
  })
  const twice = fromOptions.find(([key], at) => fromOptions.findIndex(([other]) => other === key) < at)
  if (twice) throw new ConfigError(`--try: found ${twice[0]} twice; each key may stand once`)
  const parsed = Space.safeParse({ ...fromFile, ...Object.fromEntries(fromOptions) })
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'the space' : issue.path.join('.')
    return `${where}: ${issue.path.length === 0 ? 'found nothing to search; give --space or --try' : rule(issue)}`
  })
  throw new ConfigError(lines.join('\n'))
}

function readFile(file: string): Record<string, unknown> {
  let values: unknown
  try {
    values = parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const message = isMissing ? 'no such file' : `not valid YAML: ${(cause as Error).message}`
    throw new ConfigError(`${file}: ${message}`, { cause })
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new ConfigError(`${file}: found ${show(values)}; must be dotted keys with lists or ranges`)
  return values as Record<string, unknown>
}

function readValues(key: string, text: string): unknown {
  const [, scale, low, high, step] = RANGE.exec(text) ?? []
  if (low !== undefined)
    return {
      ...{ low: Number(low), high: Number(high) },
      ...(scale !== undefined && { scale: scale.toLowerCase() }),
      ...(step !== undefined && { step: Number(step) }),
    }
  try {
    // the list of a flow in YAML: null, numbers and words are what they are in the configuration
    return parse(`[${text}]`)
  } catch (cause) {
    throw new ConfigError(`--try: ${key}: found ${show(text)}; must be values separated by commas, or a range`, {
      cause,
    })
  }
}
