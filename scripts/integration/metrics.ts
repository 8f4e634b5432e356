import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { METRIC_AT_K, METRICS, type Metric } from '#core/metrics.ts'
import { randomSource } from '#core/random.ts'
import { table } from '../../build/io/table.ts'
import { pythonWith } from '../python-environment.ts'

/**
 * Our metrics against those of trec_eval, NIST's own program (by pytrec_eval): seeded users, lists shorter and longer than
 * k, one relevant item or many, every user and cutoff compared. Fails where any value is off by more than rounding.
 *   node scripts/integration/metrics.ts [--venv DIR] [--users 2000] [--seed 42]
 * --venv is a Python environment to use and, where there is none yet, to make (about 100 MB, from PyPI); without it, one
 * is made in the system's temporary folder and removed.
 */
const PACKAGES = ['numpy==2.4.6', 'pytrec-eval-terrier==0.5.11']
const CUTOFFS = [1, 5, 10, 20, 50, 100]
const NUM_ITEMS = 300
const MAX_LIST = 120
const MAX_RELEVANT = 60
/** trec_eval computes in 64 bits, and so do we: sums of at most 100 terms in another order. */
const TOLERANCE = 1e-12

/** A user's list, best first, and what a good one holds. */
interface User {
  ranked: number[]
  relevant: number[]
}

/** What each of ours is called there, and what it must be multiplied with where the conventions differ. */
const THEIRS: Record<Metric, { name(k: number): string; factor(relevant: number, k: number): number }> = {
  ndcg: { name: (k) => `ndcg_cut_${k}`, factor: () => 1 },
  recall: { name: (k) => `recall_${k}`, factor: () => 1 },
  // theirs divide by all relevant items
  cappedRecall: { name: (k) => `recall_${k}`, factor: (relevant, k) => relevant / Math.min(k, relevant) },
  precision: { name: (k) => `P_${k}`, factor: () => 1 },
  hitRate: { name: (k) => `success_${k}`, factor: () => 1 },
  map: { name: (k) => `map_cut_${k}`, factor: (relevant, k) => relevant / Math.min(k, relevant) },
}

const { values: options } = parseArgs({
  options: {
    venv: { type: 'string' },
    users: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '42' },
  },
})

const scratch = mkdtempSync(join(tmpdir(), 'integration-metrics-'))
try {
  const users = drawUsers(Number(options.users), Number(options.seed))
  const python = pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES)
  const theirs = judgedByTrec(python, users)
  const rows = METRICS.flatMap((metric) =>
    CUTOFFS.map((cutoff) => {
      const { name, factor } = THEIRS[metric]
      let mean = 0
      let farthest = 0
      for (const [user, { ranked, relevant }] of users.entries()) {
        const ours = METRIC_AT_K[metric](ranked, new Set(relevant), cutoff)
        const expected = theirs[user]![name(cutoff)]! * factor(relevant.length, cutoff)
        mean += ours / users.length
        farthest = Math.max(farthest, Math.abs(ours - expected))
      }
      return { metric, cutoff, mean, farthest }
    }),
  )
  console.log(
    table(
      ['metric', 'mean', 'largest difference'],
      rows.map(({ metric, cutoff, mean, farthest }) => [
        `${metric}@${cutoff}`,
        mean.toFixed(6),
        farthest.toExponential(1),
      ]),
    ),
  )
  const worst = rows.reduce((a, b) => (b.farthest > a.farthest ? b : a))
  if (!(worst.farthest <= TOLERANCE))
    throw new Error(
      `${worst.metric}@${worst.cutoff}: off by ${worst.farthest} for one of ${users.length} users, expected at most ${TOLERANCE}`,
    )
  console.log(`${users.length} users, ${rows.length} metrics: all as trec_eval has them`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** Lists of 0 to MAX_LIST items and 1 to MAX_RELEVANT relevant ones, which stand in the list as often as chance has it. */
function drawUsers(count: number, seed: number): User[] {
  const { uniform } = randomSource(seed)
  const draw = (length: number) => {
    const items = new Set<number>()
    while (items.size < length) items.add(Math.floor(uniform() * NUM_ITEMS))
    return [...items]
  }
  return Array.from({ length: count }, () => ({
    ranked: draw(Math.floor(uniform() * (MAX_LIST + 1))),
    relevant: draw(1 + Math.floor(uniform() ** 2 * MAX_RELEVANT)),
  }))
}

/** @throws {Error} with the end of what Python wrote, when it fails */
function judgedByTrec(python: string, users: User[]): Record<string, number>[] {
  const [input, output] = [join(scratch, 'users.json'), join(scratch, 'metrics.json')]
  writeFileSync(input, JSON.stringify({ users, cutoffs: CUTOFFS }))
  const script = join(import.meta.dirname, 'metrics.trec.py')
  const { status, stdout, stderr, error } = spawnSync(python, [script, input, output], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script}: ${error ?? `${stdout}${stderr}`.slice(-2000)}`)
  return JSON.parse(readFileSync(output, 'utf8')) as Record<string, number>[]
}
