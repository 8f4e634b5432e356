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
    --tolerated 0   share of the served model's value by which a metric may be worse (rebuild.gate.toleratedLoss)
    --seed 1`

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    users: { type: 'string', default: '200' },
    pairs: { type: 'string', default: '100' },
    tolerated: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
})
const CUTOFFS = [5, 10, 20]
const CATALOGUE = 1000
const REFUSED_BELOW = 0.05
/** of the metrics, cutoff by cutoff */
const NDCG_AT_10 = METRICS.length + METRICS.indexOf('ndcg')
const BOOTSTRAP_SAMPLES = 400
/** What is to be found lies so many times further down in the candidate's lists. */
const FURTHER_DOWN = [1, 1.05, 1.1, 1.3, 1.6]

if (options.help) {
  console.log(USAGE)
  process.exit(0)
}
const [users, pairs, tolerated] = [Number(options.users), Number(options.pairs), Number(options.tolerated)]
const resamples = resampleUsers(users, BOOTSTRAP_SAMPLES, 1)
const rows = FURTHER_DOWN.map((further) => {
  const random = randomSource(Number(options.seed))
  let [below, refused, lost] = [0, 0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    const drawn = drawnLosses(further, random)
    lost += drawn[NDCG_AT_10]!.loss / drawn[NDCG_AT_10]!.served / pairs
    if (drawn.some(({ losses }) => estimate(losses, resamples).low > 0)) below++
    const untolerated = drawn.map(({ losses, served }) => losses.map((loss) => loss - tolerated * served))
    if (Math.min(...worseByChance([untolerated], pair + 1)[0]!) < REFUSED_BELOW) refused++
  }
  const percent = (count: number) => `${((100 * count) / pairs).toFixed(1)} %`
  return [further.toFixed(2), `${(100 * lost).toFixed(1)} %`, percent(below), percent(refused)]
})
console.log(
  `${users} users, ${METRICS.length * CUTOFFS.length} metrics, ${pairs} pairs of models, ${100 * tolerated} % tolerated, seed ${options.seed}`,
)
console.log(table(['times further down', 'NDCG@10 lost', 'a 95 % interval below 0', 'refused'], rows))

/**
 * Of each metric how much worse the candidate's lists are, a value a user: each has one to ten movies, some easier to find; its
 * mean, and that of the metric of the served lists.
 */
function drawnLosses(
  further: number,
  { uniform }: RandomSource,
): { losses: Float64Array; loss: number; served: number }[] {
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
    METRICS.map((metric) => {
      const valuesOf = (list: 'served' | 'candidate') =>
        Float64Array.from(drawn, (user) => METRIC_AT_K[metric](user[list], user.relevant, cutoff))
      const [served, candidate] = [valuesOf('served'), valuesOf('candidate')]
      const losses = served.map((value, user) => value - candidate[user]!)
      return { losses, loss: mean(losses), served: mean(served) }
    }),
  )
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
