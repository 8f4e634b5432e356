import { openNeighbours } from '#core/format/neighbours.ts'
import type { Config } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type ArtifactFiles, type Examination, PART, type PreparedRatings } from '../../nouns.ts'
import { resampleUsers } from '../bootstrap.ts'
import { differences, judge, type Ranker, rankers, SERVED } from '../judge.ts'
import { type JudgedUser, judgedUsers } from '../judged-users.ts'
import { traitsOf } from '../list-traits.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { sampleOf } from '../sample-of.ts'
import { servingSettings } from '../serving-settings.ts'
import { compressionCosts, type Uncompressed } from './compression.ts'
import { metricCurves } from './curves.ts'
import { diversityCurve } from './diversity-curve.ts'
import { CUTOFF, type Lists } from './lists.ts'
import { mapOfMovies } from './movie-map.ts'
import { popularityBias } from './popularity-bias.ts'
import { similarExamples } from './similar-examples.ts'
import { slicesOf } from './slices.ts'

export type { Uncompressed } from './compression.ts'

/** The longest list of the curves. */
const LONGEST = 50
/** For what ranks every user again and again: more would change little and cost time. */
const MAX_USERS = 500

/** What is examined: bytes, and what they are compared with. */
export interface Examined {
  files: ArtifactFiles
  blend: BlendTable
  prepared: PreparedRatings
  config: Config
  /** the neighbours.arrow of item-kNN; null where it is a source of the blend itself */
  itemKnn: Uint8Array | null
  uncompressed: Uncompressed
}

/**
 * Look into what the leaderboard averages: every row's lists of the test users once more, longer, and what can be read
 * off them. All by the served code on the exported bytes; what is compared with these says so. Rankings a user: one a row,
 * three more of cold users, one for diversity, up to four for compression.
 */
export function examine(
  { files, blend, prepared, config, itemKnn, uncompressed }: Examined,
  handles: StepHandles,
): Examination {
  const { project, evaluation } = config
  const { interactions } = prepared
  const model = openArtifacts(files, servingSettings(config, blend))
  const { judged: users } = judgedUsers(interactions, PART.test, evaluation.relevantFrom)
  const fewUsers = sampleOf(users, MAX_USERS, project.seed)
  const named = rankers(model, config, itemKnn && openNeighbours(itemKnn))
  const steps = named.length + 4
  const step = (what: string, done: number) => {
    handles.signal.throwIfAborted()
    handles.progress.update('examine', done, steps, what)
  }

  const milliseconds: Examination['milliseconds'] = []
  const rows = named.map(([name, ranker], index): Lists['rows'][number] => {
    step(`lists of ${name}`, index)
    const { lists, median } = timedLists(users, ranker)
    milliseconds.push({ name, median })
    return { name, ranker, lists }
  })
  const { bootstrapSamples } = evaluation
  const lists: Lists = { users, fewUsers, model, interactions, rows, bootstrapSamples, seed: project.seed }

  step('slices', named.length)
  const slices = slicesOf(lists)
  step('diversity', named.length + 1)
  const diversity = diversityCurve(lists)
  step('compression', named.length + 2)
  const compression = compressionCosts(lists, config, uncompressed)
  step('curves', named.length + 3)
  const examination: Examination = {
    curves: metricCurves(lists),
    slices,
    differences: servedDifferences(lists),
    popularityBias: popularityBias(lists),
    diversity,
    compression,
    map: mapOfMovies(lists),
    similar: similarExamples(lists),
    milliseconds,
  }
  handles.progress.update('examine', steps, steps)
  return examination
}

/** A ranking a user, and the median of what one took. */
function timedLists(users: JudgedUser[], ranker: Ranker): { lists: Int32Array[]; median: number } {
  const took = new Float64Array(users.length)
  const lists = users.map((user, index) => {
    const start = performance.now()
    const list = ranker(user, LONGEST)
    took[index] = performance.now() - start
    return Int32Array.from(list)
  })
  return { lists, median: took.sort()[took.length >> 1] ?? 0 }
}

function servedDifferences({
  users,
  rows,
  model,
  interactions,
  bootstrapSamples,
  seed,
}: Lists): Examination['differences'] {
  const traits = traitsOf(model, interactions)
  const resamples = resampleUsers(users.length, bootstrapSamples, seed)
  const judgements = new Map(
    rows.map(({ name, lists }) => [name, judge(users, lists, [CUTOFF], traits, model.catalog.numItems)]),
  )
  const served = judgements.get(SERVED)!
  return [...judgements]
    .filter(([name]) => name !== SERVED)
    .map(([other, judgement]) => ({ other, metrics: differences(served, judgement, resamples) }))
}
