import { residentFiles } from '#core/model.ts'
import type { GateConfig } from '#core/schemas/config.ts'
import type { Estimate, Manifest } from '#core/schemas/manifest.ts'
import type { PairedJudgement, SmokeCheck } from '../nouns.ts'

/** One rule of the gate, and how the candidate stands by it. */
export interface Verdict {
  rule: string
  ok: boolean
  found: string
  expected: string
}

/** What the gate looks at. */
export interface GateEvidence {
  manifest: Manifest
  /** null where no model is served yet, or nobody could be judged */
  pair: PairedJudgement | null
  smoke: SmokeCheck[]
}

/**
 * Whether a candidate may take the served model's place. No metric may be below the served model's by more than is tolerated
 * and chance explains, of all of them together: a model that is worse in none by more than `toleratedLoss` is refused in
 * `refusedByChance` of the cases. Coverage, of which no interval can be told, has a bound of its own. NDCG must be above popularity's, the interval too. The files must fit, and the questions be answered.
 * @returns a verdict a rule; the candidate may be served when all are ok
 */
export function judgeGate({ manifest, pair, smoke }: GateEvidence, config: GateConfig): Verdict[] {
  return [
    ...(pair ? [...pair.metrics.map(metricVerdict(config)), ...pair.coverage.map(coverageVerdict(config))] : []),
    ...popularityVerdicts(manifest),
    ...budgetVerdicts(manifest, config),
    ...smoke.map(({ question, ok, found, expected }) => ({ rule: question, ok, found, expected })),
  ]
}

function metricVerdict({ toleratedLoss, refusedByChance }: GateConfig) {
  return ({ name, difference, byChance }: PairedJudgement['metrics'][number]): Verdict => ({
    rule: `${name} against the served model`,
    ok: byChance >= refusedByChance,
    found: `${interval(difference, '+')}, as bad by chance: ${byChance.toFixed(3)}`,
    expected: `as bad by chance in one of the metrics: ${refusedByChance} or more, were each worse by ${Number((100 * toleratedLoss).toFixed(3))} %`,
  })
}

function coverageVerdict({ maxCoverageLoss }: GateConfig) {
  return ({ name, served, candidate }: PairedJudgement['coverage'][number]): Verdict => {
    const least = served * (1 - maxCoverageLoss)
    return {
      rule: `${name} against the served model`,
      ok: candidate >= least,
      found: candidate.toFixed(4),
      expected: `at least ${least.toFixed(4)}, the served model having ${served.toFixed(4)}`,
    }
  }
}

function popularityVerdicts({ card }: Manifest): Verdict[] {
  return Object.entries(card.evaluation.overPopularity)
    .filter(([name]) => name.startsWith('ndcg@'))
    .map(([name, difference]) => ({
      rule: `${name} against popularity`,
      ok: difference.low > 0,
      found: interval(difference, '+'),
      expected: 'an interval above 0',
    }))
}

function budgetVerdicts(manifest: Manifest, { residentMb, totalMb, fileMb }: GateConfig): Verdict[] {
  const sizeOf = (name: string) => manifest.files[name]?.sizeBytes ?? 0
  const names = Object.keys(manifest.files)
  const [largest = ''] = names.toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const sum = (files: readonly string[]) => files.reduce((bytes, name) => bytes + sizeOf(name), 0)
  return [
    budget('memory of an isolate', sum(residentFiles(manifest.card.model)), residentMb),
    budget('all files', sum(names), totalMb),
    budget(`the largest file, ${largest}`, sizeOf(largest), fileMb),
  ]
}

function budget(rule: string, bytes: number, megabytes: number): Verdict {
  return {
    rule,
    ok: bytes <= megabytes * 1e6,
    found: `${(bytes / 1e6).toFixed(1)} MB`,
    expected: `at most ${megabytes} MB`,
  }
}

/** `+0.0123 (95 % −0.0010 to 0.0200)` */
export function interval({ mean, low, high }: Estimate, plus: '+' | '' = ''): string {
  const text = (value: number) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(4)}`
  return `${mean > 0 ? plus : ''}${text(mean)} (95 % ${text(low)} to ${text(high)})`
}
