/** One metric family as a scraper sees it. */
export interface Family {
  type: string
  help: string
  /** `name{label="value"}` → value */
  samples: Map<string, number>
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const SAMPLE = new RegExp(`^(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{${LABEL}(?:,${LABEL})*\\})?) (\\S+)$`)

/**
 * Prometheus' text format 0.0.4, read strictly: every line must be HELP, TYPE or a sample of the family before it, no
 * family or sample may come twice, and the buckets of a histogram must rise to its count.
 * @throws {Error} naming the line
 */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, Family>()
  let name = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, helped, help] = HELP.exec(line) ?? []
    if (helped !== undefined) {
      if (families.has(helped)) throw new Error(`twice: ${line}`)
      name = helped
      families.set(name, { type: '', help: help!, samples: new Map() })
      continue
    }
    const family = families.get(name)
    const [, typed, type] = TYPE.exec(line) ?? []
    if (typed !== undefined && typed === name && family && family.samples.size === 0) {
      family.type = type!
      continue
    }
    const [, sample, of, value] = SAMPLE.exec(line) ?? []
    const suffixes = family?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    if (!family || sample === undefined || !suffixes.some((suffix) => of === name + suffix))
      throw new Error(`no sample of ${name}: ${line}`)
    if (family.samples.has(sample)) throw new Error(`twice: ${line}`)
    if (!Number.isFinite(Number(value))) throw new Error(`no number: ${line}`)
    family.samples.set(sample, Number(value))
  }
  for (const [family, { type, samples }] of families) if (type === 'histogram') checkBuckets(family, samples)
  return families
}

function checkBuckets(name: string, samples: Map<string, number>): void {
  let before = 0
  for (const [sample, value] of samples) {
    if (sample.startsWith(`${name}_bucket`)) {
      if (value < before) throw new Error(`falls: ${sample}`)
      before = value
    } else if (sample.startsWith(`${name}_count`)) {
      if (value !== before) throw new Error(`${sample}: ${value}, but its buckets hold ${before}`)
      before = 0
    }
  }
}
