import { parseArgs } from 'node:util'
import { METRIC_AT_K, METRICS } from '#core/metrics.ts'
import { type RandomSource, randomSource } from '#core/random.ts'
import { estimate, resampleUsers } from '../../build/evaluate/bootstrap.ts'
import { worseByChance } from '../../build/evaluate/published/worse-by-chance.ts'
import { table } from '../../build/io/table.ts'

const USAGE = `How often the gate of a rebuild would refuse a model, of drawn lists: one that is as good as the served one, and worse ones.

  node scripts/bench/gate.ts [options]
    --users 200     that both models are judged on
    --pairs 100     of models
    --seed 1`

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    users: { type: 'string', default: '200' },
    pairs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
})
const CUTOFFS = [5, 10, 20]
const CATALOGUE = 1000
const REFUSED_BELOW = 0.05
const BOOTSTRAP_SAMPLES = 400
/** What is to be found lies so many times further down in the candidate's lists. */
const FURTHER_DOWN = [1, 1.3, 1.6]

if (options.help) {
  console.log(USAGE)
  process.exit(0)
}
const [users, pairs] = [Number(options.users), Number(options.pairs)]
const resamples = resampleUsers(users, BOOTSTRAP_SAMPLES, 1)
const rows = FURTHER_DOWN.map((further) => {
  const random = randomSource(Number(options.seed))
  let [below, refused] = [0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    const losses = drawnLosses(further, random)
    if (losses.some((values) => estimate(values, resamples).low > 0)) below++
    if (Math.min(...worseByChance([losses], pair + 1)[0]!) < REFUSED_BELOW) refused++
  }
  const percent = (count: number) => `${((100 * count) / pairs).toFixed(1)} %`
  return [further.toFixed(1), percent(below), percent(refused)]
})
console.log(
  `${users} users, ${METRICS.length * CUTOFFS.length} metrics, ${pairs} pairs of models, seed ${options.seed}`,
)
console.log(table(['times further down', 'a 95 % interval below 0', 'refused'], rows))

/** Of each metric how much worse the candidate's lists are, a value a user: each has one to ten movies, some easier to find. */
function drawnLosses(further: number, { uniform }: RandomSource): Float64Array[] {
  const drawn = Array.from({ length: users }, () => {
    const relevant = new Set(Array.from({ length: 1 + Math.floor(10 * uniform()) }, (_, item) => item))
    const ease = 1 + 2 * uniform()
    const list = (times: number) => {
      // −1 is nothing that is to be found
      const items = new Array<number>(Math.max(...CUTOFFS)).fill(-1)
      for (const item of relevant) {
        const place = Math.floor(times * CATALOGUE * uniform() ** ease)
        if (place < items.length) items[place] = item
      }
      return items
    }
    return { relevant, served: list(1), candidate: list(further) }
  })
  return CUTOFFS.flatMap((cutoff) =>
    METRICS.map((metric) =>
      Float64Array.from(
        drawn,
        ({ relevant, served, candidate }) =>
          METRIC_AT_K[metric](served, relevant, cutoff) - METRIC_AT_K[metric](candidate, relevant, cutoff),
      ),
    ),
  )
}
